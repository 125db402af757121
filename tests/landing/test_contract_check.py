"""What the contract check lets in, what it keeps apart, and what it sends back."""

import pytest

from metrics.engine.plain_yaml import DefinitionError
from orchestration.landing.refusal import DeliveryRefused
from tests.landing.conftest import Site

CASES = "case_id,created_at,status_native,status,resolved_at,reopen_count,source_updated_at\n"
ROOMY = 199  # enough good rows for one bad one to stay under the contract's limit of 0.5 %


def cases(bad: str, good: int = ROOMY) -> str:
    rows = (f"g{n},2026-06-01T08:00:00Z,open,open,,0,2026-06-01T08:00:00Z\n" for n in range(good))
    return CASES + "".join(rows) + bad


BAD_ROWS = [
    (",2026-06-01T08:00:00Z,o,open,,0,2026-06-01T08:00:00Z\n", "col:required:case_id"),
    ("k,2026-06-01T08:00:00Z,o,lost,,0,2026-06-01T08:00:00Z\n", "col:enum:status"),
    ("k,2026-06-01T08:00:00Z,o,open,,1.5,2026-06-01T08:00:00Z\n", "col:integer:reopen_count"),
    ("k,2026-06-01T08:00:00Z,o,open,,0x1F,2026-06-01T08:00:00Z\n", "col:integer:reopen_count"),
    ("k,2026-06-01T08:00:00Z,o,open,,1001,2026-06-01T08:00:00Z\n", "col:range:reopen_count"),
    ("k,2026-06-01T08:00:00,o,open,,0,2026-06-01T08:00:00Z\n", "col:timestamp:created_at"),
    ("k,2026-6-1T08:00:00Z,o,open,,0,2026-06-01T08:00:00Z\n", "col:timestamp:created_at"),
    ("k,2999-06-01T08:00:00Z,o,open,,0,2026-06-01T08:00:00Z\n", "col:year:created_at"),
    ("k,2026-02-30T08:00:00Z,o,open,,0,2026-06-01T08:00:00Z\n", "col:timestamp:created_at"),
    ("k\x07,2026-06-01T08:00:00Z,o,open,,0,2026-06-01T08:00:00Z\n",
     "structure:control character:case_id"),
    (f"{'k' * 201},2026-06-01T08:00:00Z,o,open,,0,2026-06-01T08:00:00Z\n",
     "col:length:case_id"),
    ("k,2026-06-02T08:00:00Z,o,open,2026-06-01T08:00:00Z,0,2026-06-01T08:00:00Z\n",
     "rule:resolved_after_created"),
    ("k,2026-06-01T08:00:00Z,o,resolved,,0,2026-06-01T08:00:00Z\n", "rule:resolved_has_time"),
    ("k,2026-06-01T08:00:00Z,o\n", "structure:missing columns"),
    ("k,2026-06-01T08:00:00Z,o,open,,0,2026-06-01T08:00:00Z,more\n",
     "structure:too many columns"),
]  # fmt: skip


def test_every_bad_row_is_kept_apart_with_its_reason(site: Site) -> None:
    good = len(BAD_ROWS) * ROOMY
    site.write("cases.csv", cases("".join(bad for bad, _ in BAD_ROWS), good=good))
    (batch,) = site.land("case_record")
    found = [reason for _, reasons in site.quarantined(batch) for reason in reasons]
    assert sorted(found) == sorted(reason for _, reason in BAD_ROWS)
    assert (batch.accounting.read, batch.accounting.accepted) == (good + len(BAD_ROWS), good)


def test_every_reason_of_a_row_is_named(site: Site) -> None:
    site.write("cases.csv", cases("k,yesterday,o,lost,,-1,2026-06-01T08:00:00Z\n"))
    (batch,) = site.land("case_record")
    assert site.quarantined(batch) == [
        (
            ROOMY + 1,
            ["col:timestamp:created_at", "col:enum:status", "col:range:reopen_count"],
        )
    ]


def test_columns_are_found_by_name_in_any_order(site: Site) -> None:
    header, *rows = cases("", good=1).splitlines()
    swapped = [",".join(reversed(line.split(","))) for line in [header, *rows]]
    site.write("cases.csv", "\n".join(swapped) + "\n")
    (batch,) = site.land("case_record")
    assert site.accepted(batch, "case_id, status") == [("g0", "open")]


def test_swapped_content_sends_the_file_back(site: Site) -> None:
    rows = "".join(
        f"open,2026-06-01T08:00:00Z,open,g{n},,0,2026-06-01T08:00:00Z\n" for n in range(40)
    )
    site.write("cases.csv", CASES + rows)
    with pytest.raises(DeliveryRefused) as refusal:
        site.land("case_record")
    assert str(refusal.value) == (
        "case_record: cases.csv, line 2: 40 of 40 rows cannot be used and 0 may be; most often"
        " col:enum:status, in 40 rows. Next: have it corrected at the source, and deliver it again."
    )
    assert not list((site.home / "raw").rglob("*.json"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty: not even a header"),
        (CASES, "has a header and no rows"),
        ("<!doctype html><html><body>Log in</body></html>", "is a web page, not a CSV file"),
        ("case_id,case_id\n1,2\n", "has the column case_id more than once"),
        ("case_id,created_at\n1,2\n", 'has no column "source_updated_at", "status"'),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"PAR1\x00\x00", "has no column"),
    ],
)
def test_a_file_that_is_none_is_sent_back_with_the_next_step(
    site: Site, content: str | bytes, says: str
) -> None:
    site.write("cases.csv", content)
    with pytest.raises(DeliveryRefused) as refusal:
        site.land("case_record")
    assert str(refusal.value).startswith("case_record: cases.csv, line ")
    assert says in str(refusal.value)
    assert "Next: " in str(refusal.value)


def test_a_snapshot_that_says_it_is_empty_is_believed(site: Site) -> None:
    site.extract("e1", CASES, at="2026-06-02T00:00:00Z")
    (batch,) = site.land("case_record")
    assert batch.accounting.read == 0


def test_gzip_and_parquet_are_read_like_csv(site: Site, gz) -> None:  # type: ignore[no-untyped-def]
    import duckdb

    site.write("cases.csv.gz", gz(cases("", good=3)))
    site.write("plain.csv", cases("", good=3))
    (site.drop / "copied").mkdir()
    duckdb.sql(f"copy (from '{site.drop}/plain.csv') to '{site.drop}/copied/cases.parquet'")
    rows = [
        site.accepted(batch, "case_id, created_at, status")
        for batch in site.land("case_record", files="**/*.*")
    ]
    assert len(rows) == 3
    assert rows[0] == rows[1] == rows[2]


def test_identical_and_older_rows_of_a_key_count_as_duplicates(site: Site) -> None:
    older = "k,2026-06-01T08:00:00Z,o,open,,0,2026-06-01T08:00:00Z\n"
    newer = "k,2026-06-01T08:00:00Z,o,open,,1,2026-06-02T08:00:00Z\n"
    site.write("cases.csv", CASES + older + newer + newer)
    (batch,) = site.land("case_record")
    counts = batch.accounting
    assert (counts.read, counts.accepted, counts.quarantined, counts.duplicates) == (3, 1, 0, 2)
    assert site.accepted(batch, "reopen_count") == [(1,)]


def test_rows_of_a_key_that_contradict_each_other_are_both_kept_apart(site: Site) -> None:
    one = "k,2026-06-01T08:00:00Z,o,open,,0,2026-06-01T08:00:00Z\n"
    other = "k,2026-06-01T08:00:00Z,o,open,,1,2026-06-01T08:00:00Z\n"
    site.write("cases.csv", cases(one + other, good=400))
    (batch,) = site.land("case_record")
    assert batch.accounting.reasons == {"key:conflict": 2}
    assert batch.accounting.accepted == 400


def test_what_the_mapping_refuses_does_not_count_against_the_sender(site: Site) -> None:
    site.write("cases.csv", cases("", good=3) + "".join(
        f"phantom{n},,,,,,\n" for n in range(3)
    ))  # fmt: skip
    (batch,) = site.land(
        "case_record", more="    refuse_when: {phantom: case_id like 'phantom%'}\n"
    )
    assert batch.accounting.reasons["refused:phantom"] == 3
    assert batch.accounting.accepted == 3


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-07-01T12:00:00", "2026-07-01 11:00:00"),
        ("2026-12-01T12:00:00", "2026-12-01 12:00:00"),
        ("2026-07-01T12:00:00+02:00", "2026-07-01 10:00:00"),
    ],
)
def test_a_declared_zone_turns_local_times_into_utc(site: Site, local: str, expected: str) -> None:
    site.write("cases.csv", CASES + f"k,{local},o,open,,0,2026-12-31T08:00:00Z\n")
    (batch,) = site.land("case_record", more="    zone: Europe/Lisbon\n")
    assert site.accepted(batch, "created_at::varchar") == [(expected,)]


@pytest.mark.parametrize(
    ("local", "reason"),
    [
        ("2026-03-29T01:30:00", "time:nonexistent:created_at"),
        ("2026-10-25T01:30:00", "time:ambiguous:created_at"),
    ],
)
def test_a_local_time_that_a_clock_change_skips_or_repeats_is_kept_apart(
    site: Site, local: str, reason: str
) -> None:
    site.write("cases.csv", cases(f"k,{local},o,open,,0,2026-12-31T08:00:00Z\n"))
    (batch,) = site.land("case_record", more="    zone: Europe/Lisbon\n")
    assert site.quarantined(batch) == [(ROOMY + 1, [reason])]


def test_a_manifest_is_held_to_its_word(site: Site) -> None:
    site.extract("e1", cases("", good=3), at="2026-06-02T00:00:00Z")
    (site.drop / "e1" / "part-000.csv").write_text(cases("", good=2))
    with pytest.raises(DeliveryRefused, match="is not the file of 3 rows"):
        site.land("case_record")


def test_an_extract_from_the_future_is_sent_back(site: Site) -> None:
    site.extract("e1", cases("", good=3), at="2031-01-01T00:00:00Z")
    with pytest.raises(DeliveryRefused, match="which is still to come"):
        site.land("case_record")


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/passwd", "a\\\\b.csv", ""])
def test_a_manifest_cannot_point_outside_its_folder(site: Site, name: str) -> None:
    site.extract("e1", cases("", good=3), at="2026-06-02T00:00:00Z")
    manifest = site.drop / "e1" / "manifest.json"
    manifest.write_text(manifest.read_text().replace("part-000.csv", name))
    with pytest.raises(DeliveryRefused, match="cannot be used"):
        site.land("case_record")


def test_the_same_delivery_is_never_a_second_batch(site: Site) -> None:
    site.write("cases.csv", cases("", good=3))
    assert len(site.land("case_record")) == 1
    assert site.land("case_record") == []


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("    colums: {}\n", "sources.yml:7: "),
        ("    columns: {lost: case_id}\n", "lost is no column of the contract case_record"),
        ("    columns: {status: (select 1)}\n", "uses subquery"),
        ("    columns: {status: read_text('/etc/hostname')}\n", "uses read_text"),
        ("    columns: {status: \"lower(status); drop table x\"}\n", "is not one expression"),
        ("    refuse_when: {odd: getenv('HOME') = ''}\n", "uses getenv"),
        ("    zone: Europe/Atlantis\n", "Europe/Atlantis is no time zone"),
    ],
)  # fmt: skip
def test_a_source_set_that_cannot_be_followed_is_refused_with_its_line(
    site: Site, more: str, says: str
) -> None:
    site.write("cases.csv", cases("", good=1))
    with pytest.raises(DefinitionError) as refused:
        site.land("case_record", more=more)
    assert says in str(refused.value)
    assert "What to do: " in str(refused.value)
