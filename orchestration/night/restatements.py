"""What a run changes in business days that were final when readers last saw them.

Belongs here: comparing its facts with those that were kept, value by value, and the causes.
Does not belong here: keeping them (`kept_facts`), what becomes of the changes (`restated`).
"""

from collections.abc import Callable
from pathlib import Path

import duckdb

from orchestration.landing.expressions import text_literal
from orchestration.night.kept_facts import DIFFERING, FACTS, columns_of, find_differing_days

FEED = "restatement"
_KEY = ("agent_id", "activity_date", "channel", "queue_family")
_KEYS = {"fct_agent_day": _KEY[:2], "fct_agent_day_queue": _KEY}
# Who supervises moves nobody's number, and would put a second person into the row.
_NOT_COMPARED = {*_KEY, "final_from_date", "supervisor_agent_id"}
_INTEGER = {"BIGINT", "HUGEINT", "INTEGER"}


def write_restatements(
    connection: duckdb.DuckDBPyConnection, file: Path, *, code_changed: Callable[[], bool]
) -> int:
    """Write what the run in the warehouse restates of the kept facts; answers how many values.

    Nothing is written where there is nothing to say, and whether code changed is not asked.
    """
    differing_days = [find_differing_days(connection, fact) for fact in FACTS]
    if not any(differing_days):
        return 0
    changes = " union all ".join(_changes(connection, fact) for fact in FACTS)
    connection.execute(f"create or replace temp table change as {changes}")
    (values,) = connection.execute("select count(*) from change").fetchall()[0]
    if values:
        rows = _WITH_CAUSES.format(code="'code_or_definitions'" if code_changed() else "null")
        connection.execute(f"copy ({rows}) to {text_literal(str(file))} (format parquet)")
    return int(values)


def _changes(connection: duckdb.DuckDBPyConnection, fact: str) -> str:
    """Select the changed values of the differing days of a fact, one per row.

    A column that the kept facts do not have, or no longer exists, is new or gone, not restated.
    """
    before, after = (columns_of(connection, f"{place}.{fact}") for place in ("published", "facts"))
    compared = {n: kind for n, kind in after.items() if n in before and n not in _NOT_COMPARED}
    key = _KEYS[fact]
    keys = ", ".join(
        f"coalesce(before.{name}, after.{name}) as {name}" if name in key else f"'all' as {name}"
        for name in _KEY
    )
    on_key = " and ".join(f"before.{name} is not distinct from after.{name}" for name in key)
    rows = [f"row({', '.join(f'{side}.{n}' for n in compared)})" for side in ("before", "after")]
    values = ", ".join(_both_sides(name, kind) for name, kind in compared.items())
    final = f"semi join {DIFFERING.format(fact=fact)} using (activity_date)"
    return (
        f"select * from (select {keys}, unnest([{values}], recursive := true)"
        f" from (from published.{fact} {final}) as before"
        f" full outer join (from facts.{fact} {final}) as after on {on_key}"
        f" where {' is distinct from '.join(rows)})"
        " where (before_value, before_text) is distinct from (after_value, after_text)"
    )


def _both_sides(name: str, kind: str) -> str:
    """Write what a column said and says: a number as one, anything else as text."""
    is_number = kind in _INTEGER or kind.startswith("DECIMAL")
    sides = {
        f"{side}_{form}": f"{side}.{name}::{sql_type}" if use else f"null::{sql_type}"
        for side in ("before", "after")
        for form, sql_type, use in (
            ("value", "decimal(18, 6)", is_number),
            ("text", "varchar", not is_number),
        )
    }
    listed = ", ".join(f"{key}: {sql}" for key, sql in sides.items())
    return f"{{measure: {text_literal(name)}, {listed}}}"


# A batch reaches the business days on either side of the dates it changed, and those before them
# for which a measure looks ahead, as for a repeat.
_WITH_CAUSES = """
    with delivered as (
        select batch_id, feed, first_date, last_date
        from raw.changed_day
        where feed <> 'restatement' and batch_id not in (select batch_id from published.batch)
    ),
    looks_ahead as (
        select coalesce(max(value), 0)::integer as days
        from catalogue.measure_parameter
        where parameter like '%_window_days'
    ),
    caused as (
        select
            changed_day.activity_date,
            string_agg(distinct feed, ', ' order by feed) as feeds,
            string_agg(distinct batch_id, ' ' order by batch_id) as batches
        from (select distinct activity_date from change) as changed_day
        cross join looks_ahead
        inner join delivered
            on delivered.first_date - 1 - looks_ahead.days <= changed_day.activity_date
            and delivered.last_date + 1 >= changed_day.activity_date
        group by changed_day.activity_date
    )
    select
        context.run_id,
        replaced.run_id as replaces_run_id,
        change.*,
        coalesce(nullif(concat_ws(', ', caused.feeds, {code}), ''), 'another_day') as cause,
        caused.batches
    from change
    cross join run.context as context
    cross join published.run as replaced
    left outer join caused on change.activity_date = caused.activity_date
    order by all
"""
