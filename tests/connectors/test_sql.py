"""SQL databases are walked by (stamp, id), and what is written is what they hold."""

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from orchestration.connectors import sql
from tests.connectors.conftest import NOW, FetchingSite
from tests.connectors.postgresql_server import PASSWORD, Server

KEYSET = "keyset: {stamp: changed_at, id: case_id, overlap_minutes: 60}\n"
TABLE = f"table: cases\ncolumns: [case_id, amount, changed_at]\n{KEYSET}"


@pytest.fixture
def cases(postgresql: Server, site: FetchingSite) -> Server:
    site.environ["CRM_PASSWORD"] = PASSWORD
    postgresql.run(
        "drop table if exists cases",
        "create table cases (case_id text, amount numeric(40, 20), changed_at timestamptz,"
        " local_at timestamp, ratio float8, payload bytea)",
        "insert into cases select 'c' || n, n + 0.12345678901234567890,"
        " timestamptz '2026-10-31 10:00:00+02' + n * interval '1 minute',"
        " timestamp '2026-10-31 10:00:00.5', 0.1, '\\x00ff' from generate_series(1, 25) n",
    )
    return postgresql


def test_numbers_ids_and_times_are_written_as_they_are(site: FetchingSite, cases: Server) -> None:
    source_set = site.declare(cases.declaration(f"query: select * from cases\n{KEYSET}"))
    outcome = site.fetch(source_set)
    assert outcome.problem is None
    assert outcome.rows == 25
    assert site.rows(outcome.extract_ids[0])[0] == {
        "case_id": "c1",
        "amount": "1.12345678901234567890",
        "changed_at": "2026-10-31 08:01:00+00",
        "local_at": "2026-10-31 10:00:00.5",
        "ratio": "0.1",
        "payload": "\\x00ff",
    }


def test_an_extract_is_one_delivery_with_a_manifest(site: FetchingSite, cases: Server) -> None:
    source_set = site.declare(cases.declaration(f"{TABLE}batch_rows: 10\n"))
    site.fetch(source_set)
    (delivery,) = site.deliveries(source_set)
    assert (delivery.has_manifest, delivery.is_complete, delivery.refusal) == (True, True, None)
    assert [rows for _, rows, _ in delivery.promised] == [10, 10, 5]
    (manifest,) = site.manifests()
    assert manifest["cursor"] == "2026-10-31T08:25:00Z"
    assert manifest["contract_version"] == 1


def test_a_late_row_inside_the_overlap_is_found(site: FetchingSite, cases: Server) -> None:
    source_set = site.declare(cases.declaration(TABLE))
    site.fetch(source_set)
    cases.run("insert into cases values ('late', 1, '2026-10-31 07:30:00+00')")
    again = site.fetch(source_set, now=NOW + timedelta(days=1))
    found = {row["case_id"] for row in site.rows(again.extract_ids[0])}
    assert "late" in found
    assert again.cursor == "2026-10-31T08:25:00Z"


def test_the_second_extract_leaves_out_what_is_older_than_the_overlap(
    site: FetchingSite, cases: Server
) -> None:
    source_set = site.declare(cases.declaration(TABLE.replace("60", "5")))
    site.fetch(source_set)
    again = site.fetch(source_set, now=NOW + timedelta(days=1))
    assert again.rows == 6


def test_a_day_that_is_fetched_again_is_that_day_and_its_overlap(
    site: FetchingSite, cases: Server
) -> None:
    cases.run(
        "update cases set changed_at = timestamptz '2026-10-28 22:30:00+00'"
        " + substr(case_id, 2)::int * interval '1 hour'"
    )
    source_set = site.declare(cases.declaration(f"{TABLE}batch_rows: 10\n"))
    ordinary = site.fetch(source_set)
    again = site.fetch(source_set, now=NOW + timedelta(hours=1), day=date(2026, 10, 29))
    found = [row["changed_at"] for row in site.rows(again.extract_ids[0])]
    assert (found[0], found[-1]) == ("2026-10-28 23:30:00+00", "2026-10-29 23:30:00+00")
    assert (again.rows, again.cursor) == (25, None)
    assert site.fetch(source_set, now=NOW + timedelta(days=1)).cursor == ordinary.cursor


def test_local_stamps_of_a_day_lose_none_to_the_repeated_hour(
    site: FetchingSite, cases: Server
) -> None:
    local = TABLE.replace("changed_at", "local_at").replace("60", "0")
    cases.run(
        "update cases set local_at = timestamp '2026-10-24 20:30:00'"
        " + substr(case_id, 2)::int * interval '1 hour'"
    )
    source_set = site.declare(cases.declaration(local), more="zone: Europe/Lisbon\n")
    again = site.fetch(source_set, day=date(2026, 10, 25))
    found = {row["local_at"] for row in site.rows(again.extract_ids[0])}
    assert {f"2026-10-25 {hour:02}:30:00" for hour in range(21)} <= found


def test_a_window_of_a_day_in_the_past_is_that_days(site: FetchingSite, cases: Server) -> None:
    source_set = site.declare(
        cases.declaration(
            "query: select * from cases where changed_at >= :window_start::timestamptz\n"
            "  and changed_at < :window_end::timestamptz\n"
            "keyset: {id: case_id}\nwindow: {days_back: 7}\n"
        )
    )
    site.fetch(source_set, day=date(2026, 9, 8))
    (manifest,) = site.manifests()
    assert manifest["window_start"] == "2026-09-01T00:00:00Z"
    assert manifest["window_end"] == "2026-09-08T00:00:00Z"
    assert (manifest["extract_day"], manifest["extracted_at"]) == (
        "2026-09-08",
        "2026-11-01T04:00:00Z",
    )


def test_rows_deleted_between_pages_do_not_shift_the_rest(
    site: FetchingSite, cases: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = sql._order
    pages = 0

    def delete_meanwhile(rows: object) -> list[list[str]]:
        nonlocal pages
        pages += 1
        if pages == 1:
            cases.run("delete from cases where case_id in ('c2', 'c3', 'c4')")
        return written(rows)

    monkeypatch.setattr(sql, "_order", delete_meanwhile)
    outcome = site.fetch(site.declare(cases.declaration(f"{TABLE}batch_rows: 5\n")))
    found = [row["case_id"] for row in site.rows(outcome.extract_ids[0])]
    assert found == [f"c{number}" for number in range(1, 26)]


def test_a_query_of_another_wording_starts_from_the_beginning(
    site: FetchingSite, cases: Server
) -> None:
    few = f"query: select * from cases where amount < 5\n{KEYSET.replace('60', '0')}"
    site.fetch(site.declare(cases.declaration(few)))
    cases.run("update cases set changed_at = '2026-11-01 03:00:00+00' where case_id = 'c1'")
    all_of_them = few.replace("where amount < 5", "")
    again = site.fetch(site.declare(cases.declaration(all_of_them)), now=NOW + timedelta(days=1))
    assert again.rows == 25


def test_a_stamp_in_the_future_does_not_move_the_cursor(site: FetchingSite, cases: Server) -> None:
    cases.run("insert into cases values ('future', 1, '2099-01-01+00'), ('never', 1, 'infinity')")
    outcome = site.fetch(site.declare(cases.declaration(TABLE)))
    assert outcome.rows == 27
    assert outcome.cursor == "2026-10-31T08:25:00Z"


def test_local_stamps_need_the_zone_of_the_mapping(site: FetchingSite, cases: Server) -> None:
    local = TABLE.replace("changed_at", "local_at")
    refused = site.fetch(site.declare(cases.declaration(local)))
    assert refused.problem is not None
    assert "local_at has no zone" in refused.problem
    known = site.declare(cases.declaration(local), more="zone: Europe/Lisbon\n")
    first = site.fetch(known)
    assert first.cursor == "2026-10-31T10:00:00.500000Z"
    assert site.fetch(known, now=NOW + timedelta(days=1)).rows == 25


def test_rows_without_a_stamp_are_refused_rather_than_lost(
    site: FetchingSite, cases: Server
) -> None:
    cases.run("insert into cases values ('unstamped', 1, null)")
    outcome = site.fetch(site.declare(cases.declaration(TABLE)))
    assert outcome.problem is not None
    assert "null" in outcome.problem
    assert not site.manifests()


def test_an_id_that_repeats_at_the_end_of_a_page_is_refused(
    site: FetchingSite, cases: Server
) -> None:
    cases.run("update cases set case_id = 'same', changed_at = '2026-10-31 09:00:00+00'")
    outcome = site.fetch(site.declare(cases.declaration(f"{TABLE}batch_rows: 5\n")))
    assert outcome.problem is not None
    assert "tells every two rows apart" in outcome.problem


def test_the_database_is_only_read_and_statements_end_in_time(
    site: FetchingSite, cases: Server
) -> None:
    cases.run(
        "create or replace function writes() returns int language sql as"
        " $$ insert into cases (case_id) values ('x') returning 1 $$"
    )
    writing = f"query: select *, writes() from cases\n{KEYSET}"
    refused = site.fetch(site.declare(cases.declaration(writing)))
    assert "read-only transaction" in str(refused.problem)
    slow = f"query: select *, pg_sleep(1)::text as s from cases\n{KEYSET}timeout_seconds: 1\n"
    late = site.fetch(site.declare(cases.declaration(slow)))
    assert "statement timeout" in str(late.problem)
    assert not site.deliveries(site.declare(cases.declaration(slow)))


def test_an_interrupted_walk_goes_on_where_it_stopped(
    site: FetchingSite, cases: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    source_set = site.declare(cases.declaration(f"{TABLE}batch_rows: 10\ntimeout_seconds: 1\n"))
    order = sql._order
    calls = 0

    def fail_on_the_second(rows: object) -> list[list[str]]:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError("the line is cut")
        return order(rows)

    monkeypatch.setattr(sql, "_order", fail_on_the_second)
    failed = site.fetch(source_set)
    assert failed.problem == "the line is cut"
    assert not site.deliveries(source_set)
    again = site.fetch(source_set, now=NOW + timedelta(hours=1))
    assert again.is_continued
    assert again.rows == 25
    assert [row["case_id"] for row in site.rows(again.extract_ids[0])] == [
        f"c{number}" for number in range(1, 26)
    ]


def test_no_rows_are_a_complete_extract_that_says_so(site: FetchingSite, cases: Server) -> None:
    cases.run("delete from cases")
    source_set = site.declare(cases.declaration(TABLE))
    outcome = site.fetch(source_set)
    assert "complete and empty" in outcome.in_words()
    (delivery,) = site.deliveries(source_set)
    assert [rows for _, rows, _ in delivery.promised] == [0]


def test_a_window_is_asked_for_and_promised(site: FetchingSite, cases: Server) -> None:
    source_set = site.declare(
        cases.declaration(
            "query: select * from cases where changed_at >= :window_start::timestamptz\n"
            "  and changed_at < :window_end::timestamptz\n"
            "keyset: {id: case_id}\nwindow: {days_back: 7}\n"
        )
    )
    outcome = site.fetch(source_set)
    assert outcome.rows == 25
    (manifest,) = site.manifests()
    assert manifest["window_start"] == "2026-10-25T00:00:00Z"
    assert manifest["window_end"] == "2026-11-01T00:00:00Z"


SQLITE = "connector: sql\ndatabase: {kind: sqlite, file: crm.db}\n"


def _sqlite(site: FetchingSite, rows: list[tuple[object, ...]]) -> Path:
    path = site.root / "crm.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table if not exists cases (case_id integer, amount, changed_at)")
        connection.executemany("insert into cases values (?, ?, ?)", rows)
    connection.close()
    return path


def test_sqlite_is_walked_the_same_way(site: FetchingSite) -> None:
    _sqlite(site, [(n, 0.1 * n, f"2026-10-31 10:{n:02}:00+02:00") for n in range(1, 26)])
    declared = f"{SQLITE}{TABLE}batch_rows: 4\n"
    source_set = site.declare(declared.replace("crm.db", str(site.root / "crm.db")))
    outcome = site.fetch(source_set)
    assert outcome.problem is None
    rows = site.rows(outcome.extract_ids[0])
    assert [row["case_id"] for row in rows] == [str(number) for number in range(1, 26)]
    assert rows[2]["amount"] == repr(0.1 * 3)
    assert outcome.cursor == "2026-10-31T08:25:00Z"
    _sqlite(site, [(99, 1, "2026-10-31 09:30:00+02:00")])
    again = site.fetch(source_set, now=NOW + timedelta(days=1))
    assert "99" in {row["case_id"] for row in site.rows(again.extract_ids[0])}


def test_sqlite_stamps_that_are_no_iso_text_are_refused(site: FetchingSite) -> None:
    _sqlite(site, [(1, 1, 1793440800)])
    source_set = site.declare(f"{SQLITE}{TABLE}".replace("crm.db", str(site.root / "crm.db")))
    assert "not ISO 8601 text" in str(site.fetch(source_set).problem)
