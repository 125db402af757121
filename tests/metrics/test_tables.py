"""What the warehouse reads is exactly what the owners wrote."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from metrics.engine.tables import Table, catalogue_tables


@contextmanager
def written(tables: list[Table]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for table in tables:
            columns = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
            marks = ", ".join("?" for _ in table.columns)
            connection.execute(f"create table {table.name} ({columns})")
            if table.rows:
                connection.executemany(f"insert into {table.name} values ({marks})", table.rows)
        yield connection


@pytest.fixture
def catalogue(shipped: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with written(catalogue_tables(shipped)) as connection:
        yield connection


def test_the_tables_are_those_the_models_read(shipped: Path) -> None:
    assert [table.name for table in catalogue_tables(shipped)] == [
        "metric",
        "metric_version",
        "metric_term",
        "metric_comparison",
        "measure",
        "measure_refinement",
        "measure_parameter",
        "metric_target",
        "scorecard",
        "scorecard_weight",
        "attribution_rule",
        "tenure_band",
        "declared_period",
    ]


def test_the_same_files_give_the_same_rows(shipped: Path, copied: Path) -> None:
    assert catalogue_tables(shipped) == catalogue_tables(copied)


def test_every_version_has_a_numerator_a_denominator_and_a_sample(
    catalogue: duckdb.DuckDBPyConnection,
) -> None:
    incomplete = catalogue.sql("""
        select metric_version.metric from metric_version
        left outer join metric_term using (metric, version)
        group by all having count(distinct side) <> 3
    """).fetchall()
    assert incomplete == []


def test_every_term_is_a_known_measure(catalogue: duckdb.DuckDBPyConnection) -> None:
    assert catalogue.sql("from metric_term anti join measure using (measure)").fetchall() == []


def test_weights_still_sum_to_one_as_decimals(catalogue: duckdb.DuckDBPyConnection) -> None:
    metric_sums = catalogue.sql(
        "select distinct sum(metric_share) from scorecard_weight group by scorecard, perspective"
    ).fetchall()
    perspective_sums = catalogue.sql(
        "select sum(share) from (select distinct perspective, perspective_share as share "
        "from scorecard_weight)"
    ).fetchall()
    assert metric_sums == perspective_sums == [(Decimal(1),)]


def test_a_target_is_a_band_or_three_points_and_never_both(
    catalogue: duckdb.DuckDBPyConnection,
) -> None:
    kinds = catalogue.sql("""
        select distinct better = 'within_band' as is_band, band_low is null, outer_high is null,
            floor is null, stretch is null, points_at_floor, points_at_target, points_at_stretch
        from metric_target inner join metric using (metric) order by all
    """).fetchall()
    one_sided = (False, True, True, False, False, Decimal(0), Decimal(100), Decimal(120))
    two_sided = (True, False, False, True, True, Decimal(0), Decimal(100), None)
    assert kinds == [one_sided, two_sided]


def test_a_later_version_ends_the_earlier_one_on_the_day_it_begins(copied: Path) -> None:
    path = copied / "measures.yml"
    text = path.read_text(encoding="utf-8")
    later = "\n      - {effective_from: 2027-01-01, value: 14, because: Two weeks.}"
    because = "longer windows collect new problems."
    path.write_text(text.replace(because, because + later), encoding="utf-8")
    with written(catalogue_tables(copied)) as connection:
        rows = connection.sql("""
            select effective_from_date::varchar, effective_to_date::varchar, value::integer
            from measure_parameter where parameter = 'repeat_window_days' order by all
        """).fetchall()
    assert rows == [("1990-01-01", "2027-01-01", 7), ("2027-01-01", "9999-12-31", 14)]


def test_a_band_of_tenure_ends_where_the_next_begins_and_a_period_after_its_last_day(
    copied: Path,
) -> None:
    (copied / "periods.yml").write_text(
        "calendars:\n  half: {owner: hr, periods: ["
        "{period_id: H1, first_date: 2026-04-01, last_date: 2026-09-30}]}",
        encoding="utf-8",
    )
    with written(catalogue_tables(copied)) as connection:
        bands = connection.sql("select from_days, to_days from tenure_band").fetchall()
        periods = connection.sql("select period_id, end_date::varchar from declared_period")
        assert periods.fetchall() == [("H1", "2026-10-01")]
    assert bands == [(0, 90), (90, 365), (365, None)]


def test_a_new_metric_is_one_file(copied: Path) -> None:
    (copied / "definitions" / "hold_share.yml").write_text(
        """\
metric: hold_share
label: Hold share
asks: How much of the handle time did the customer wait on hold?
owner: cx-operations
perspective: handling
lens: behaviour
evidence_class: system_measured
unit: share
better: lower
compare_within: [role, queue_family]
reads: {what_it_is: Hold divided by handle time., what_is_left_out: Short contacts.}
versions:
  - effective_from: 2026-01-01
    numerator: hold_seconds
    denominator: handle_seconds
    sample: handled_contacts
examples:
  - day: 2026-02-02
    because: One second of ten.
    given: {hold_seconds: 1, handle_seconds: 10, handled_contacts: 1}
    expect: 0.1
""",
        encoding="utf-8",
    )
    with written(catalogue_tables(copied)) as connection:
        terms = connection.sql(
            "select side, measure from metric_term where metric = 'hold_share' order by all"
        ).fetchall()
    assert terms == [
        ("denominator", "handle_seconds"),
        ("numerator", "hold_seconds"),
        ("sample", "handled_contacts"),
    ]
