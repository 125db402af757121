"""A file that is read by several threads: the row that is kept apart is the one that is wrong."""

import duckdb

from tests.landing.conftest import Site

HEAD = "contact_id,leg_id,channel,direction,contact_started_at,leg_started_at,source_updated_at,"
HEAD += "was_handled,was_abandoned\n"
# DuckDB hands a thread eight megabytes at a time; this file has three such pieces.
ROWS, LENGTH = 100_000, 110
BAD = {7: "fax", 50_000: "telex", 99_999: "pager"}


def row(number: int, channel: str) -> str:
    at = "2026-03-02T08:00:00Z"
    return f"{number:0{LENGTH}},1,{channel},inbound,{at},{at},{at},false,true\n"


def test_bad_rows_of_a_large_file_are_kept_apart_with_their_own_text_and_place(site: Site) -> None:
    site.write("a.csv", HEAD + "".join(row(n, BAD.get(n, "voice")) for n in range(1, ROWS + 1)))
    (batch,) = site.land("contact_leg")
    assert site.quarantined(batch) == [(number, ["col:enum:channel"]) for number in BAD]
    path = site.home / "quarantine" / "contact_leg" / f"{batch.batch_id}.parquet"
    kept = duckdb.sql(f"select contact_id::bigint, channel from '{path}' order by 1").fetchall()
    assert kept == list(BAD.items())
