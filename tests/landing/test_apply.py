"""What we believe after each batch, and since when."""

import duckdb
import pytest

from tests.landing.conftest import Site

CASES = "case_id,created_at,status_native,status,source_updated_at\n"
PLAN = "agent_external_id,activity_code,start_at,end_at,is_published,schedule_version\n"


def case(case_id: str, status: str, updated: str) -> str:
    return f"{case_id},2026-06-01T08:00:00Z,{status},{status},{updated}\n"


def planned(agent: str, start: str) -> str:
    return f"{agent},phone,{start},{start[:10]}T23:00:00Z,true,0\n"


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def believed(
    warehouse: duckdb.DuckDBPyConnection, table: str, columns: str, *, as_of: str
) -> list[tuple[object, ...]]:
    return warehouse.execute(
        f"select {columns} from raw.{table} where known_at <= timestamp '{as_of}'"
        f" and superseded_at > timestamp '{as_of}' order by all"
    ).fetchall()


def test_a_corrected_delivery_changes_what_is_known_from_its_own_moment_on(
    site: Site, warehouse: duckdb.DuckDBPyConnection
) -> None:
    site.extract("e1", CASES + case("a", "open", "2026-06-01T09:00:00Z"), at="2026-06-02T00:00:00Z")
    site.extract(
        "e2", CASES + case("a", "pending_internal", "2026-06-02T09:00:00Z"),
        at="2026-06-03T00:00:00Z",
    )  # fmt: skip
    site.land("case_record")
    site.apply(warehouse)
    assert believed(warehouse, "case_record", "status", as_of="2026-06-02 12:00") == [("open",)]
    assert believed(warehouse, "case_record", "status", as_of="2026-06-03 00:00") == [
        ("pending_internal",)
    ]


def test_a_stale_row_does_not_undo_a_newer_one(
    site: Site, warehouse: duckdb.DuckDBPyConnection
) -> None:
    site.extract(
        "e1", CASES + case("a", "pending_internal", "2026-06-02T09:00:00Z"),
        at="2026-06-02T00:00:00Z",
    )  # fmt: skip
    site.extract("e2", CASES + case("a", "open", "2026-06-01T09:00:00Z"), at="2026-06-03T00:00:00Z")
    site.land("case_record")
    (first, second) = site.apply(warehouse)
    assert second.stale == 1  # type: ignore[attr-defined]
    assert believed(warehouse, "case_record", "status", as_of="2026-06-04") == [
        ("pending_internal",)
    ]
    assert first.opened == 1  # type: ignore[attr-defined]


def test_a_second_delivery_of_the_same_rows_changes_nothing(
    site: Site, warehouse: duckdb.DuckDBPyConnection
) -> None:
    rows = CASES + case("a", "open", "2026-06-01T09:00:00Z")
    site.extract("e1", rows, at="2026-06-02T00:00:00Z")
    site.extract("e2", rows, at="2026-06-03T00:00:00Z")
    site.land("case_record")
    (_, second) = site.apply(warehouse)
    assert (second.opened, second.closed, second.unchanged) == (0, 0, 1)  # type: ignore[attr-defined]
    assert warehouse.execute("select count(*) from raw.case_record").fetchall() == [(1,)]


def test_what_a_complete_window_no_longer_contains_was_deleted(
    site: Site, warehouse: duckdb.DuckDBPyConnection
) -> None:
    window = ("2026-06-01T00:00:00Z", "2026-06-03T00:00:00Z")
    kept = "".join(planned(f"a{n}", "2026-06-02T08:00:00Z") for n in range(9))
    outside = planned("late", "2026-06-05T08:00:00Z")
    site.extract(
        "e1", PLAN + kept + outside + planned("gone", "2026-06-02T08:00:00Z"),
        at="2026-06-02T00:00:00Z", window=("2026-06-01T00:00:00Z", "2026-06-09T00:00:00Z"),
    )  # fmt: skip
    site.extract("e2", PLAN + kept, at="2026-06-03T00:00:00Z", window=window)
    site.land("planned_activity")
    site.apply(warehouse)
    agents = {row[0] for row in believed(
        warehouse, "planned_activity", "agent_external_id", as_of="2026-06-04"
    )}  # fmt: skip
    assert agents == {*(f"a{n}" for n in range(9)), "late"}


def test_a_snapshot_that_lost_its_history_is_refused_and_nothing_is_deleted(
    site: Site, warehouse: duckdb.DuckDBPyConnection
) -> None:
    window = ("2026-06-01T00:00:00Z", "2026-06-03T00:00:00Z")
    rows = [planned(f"a{n}", "2026-06-02T08:00:00Z") for n in range(10)]
    site.extract("e1", PLAN + "".join(rows), at="2026-06-02T00:00:00Z", window=window)
    site.extract("e2", PLAN + rows[0], at="2026-06-03T00:00:00Z", window=window)
    site.land("planned_activity")
    (_, second) = site.apply(warehouse)
    assert "is a snapshot of 1 rows where 10 are believed" in second.refused_because  # type: ignore[attr-defined]
    assert len(believed(warehouse, "planned_activity", "1", as_of="2026-06-04")) == 10


def test_batches_that_arrive_out_of_order_end_in_the_same_belief(site: Site) -> None:
    first, second = duckdb.connect(), duckdb.connect()
    site.extract(
        "e2", CASES + case("a", "pending_internal", "2026-06-02T09:00:00Z"),
        at="2026-06-03T00:00:00Z",
    )  # fmt: skip
    site.land("case_record")
    site.apply(first)
    site.extract("e1", CASES + case("a", "open", "2026-06-01T09:00:00Z"), at="2026-06-02T00:00:00Z")
    site.land("case_record")
    site.apply(first)
    site.apply(second)
    query = "select * from raw.case_record order by known_at"
    assert first.execute(query).fetchall() == second.execute(query).fetchall()
    assert len(first.execute(query).fetchall()) == 2


def test_changed_days_hold_the_dates_of_what_was_opened_and_of_what_was_closed(
    site: Site, warehouse: duckdb.DuckDBPyConnection
) -> None:
    window = ("2026-06-01T00:00:00Z", "2026-06-09T00:00:00Z")
    kept = "".join(planned(f"a{n}", "2026-06-02T08:00:00Z") for n in range(9))
    moved = [planned("b", f"2026-06-0{day}T08:00:00Z") for day in (4, 6)]
    site.extract("e1", PLAN + kept + moved[0], at="2026-06-02T00:00:00Z", window=window)
    site.extract("e2", PLAN + kept + moved[1], at="2026-06-03T00:00:00Z", window=window)
    site.land("planned_activity")
    (_, second) = site.apply(warehouse)
    assert warehouse.execute(
        "select first_date::varchar from raw.changed_day where batch_id = ? order by all",
        [second.batch.batch_id],  # type: ignore[attr-defined]
    ).fetchall() == [("2026-06-04",), ("2026-06-06",)]
