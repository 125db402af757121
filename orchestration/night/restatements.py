"""What a run changes in business days that were final when readers last saw them.

Belongs here: keeping the facts of the published run, and comparing those of the next with them.
Does not belong here: from when a day is final (the facts say it), what becomes of the changes
(`restated`).
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.landing.expressions import text_literal

FEED = "restatement"
_KEY = ("agent_id", "activity_date", "channel", "queue_family")
_FACTS = {"fct_agent_day": _KEY[:2], "fct_agent_day_queue": _KEY}
# Who supervises moves nobody's number, and would put a second person into the row.
_NOT_COMPARED = {*_KEY, "final_from_date", "supervisor_agent_id"}
_INTEGER = {"BIGINT", "HUGEINT", "INTEGER"}


@dataclass(frozen=True, kw_only=True)
class PublishedFacts:
    """The run whose facts are kept in schema `published`, and the batches it was built from."""

    run_id: str
    as_of: datetime
    batch_ids: frozenset[str]


def keep_published(connection: duckdb.DuckDBPyConnection, *, current_run_id: str | None) -> None:
    """Keep the facts of the run that readers see, if they are the ones that the warehouse holds.

    A killed build leaves old and new models side by side, and a held one what nobody saw: what was
    kept stays until readers see another run.
    """
    held = _run_in(connection, "run.context")
    if held is None or held != current_run_id or held == _run_in(connection, "published.run"):
        return
    connection.begin()
    connection.execute("create schema if not exists published")
    for fact in _FACTS:
        connection.execute(
            f"create or replace table published.{fact} as select * from facts.{fact}"
        )
    connection.execute(
        "create or replace table published.batch as select batch_id from raw.loaded_batch"
    )
    connection.execute(
        "create or replace table published.run as select run_id, as_of from run.context"
    )
    connection.commit()


def published_facts(connection: duckdb.DuckDBPyConnection) -> PublishedFacts | None:
    """Say whose facts were kept; nothing before the first publication, or in a new warehouse."""
    if _run_in(connection, "published.run") is None:
        return None
    run_id, as_of = connection.execute("select run_id, as_of from published.run").fetchall()[0]
    batches = connection.execute("select batch_id from published.batch").fetchall()
    return PublishedFacts(
        run_id=run_id, as_of=as_of, batch_ids=frozenset(batch_id for (batch_id,) in batches)
    )


def write_restatements(
    connection: duckdb.DuckDBPyConnection, file: Path, *, code_changed: bool
) -> int:
    """Write what the run in the warehouse restates of the kept facts; answers how many values.

    Nothing is written where there is nothing to say.
    """
    changes = " union all ".join(_changes(connection, fact) for fact in _FACTS)
    connection.execute(f"create or replace temp table change as {changes}")
    (values,) = connection.execute("select count(*) from change").fetchall()[0]
    if values:
        rows = _WITH_CAUSES.format(code="'code_or_definitions'" if code_changed else "null")
        connection.execute(f"copy ({rows}) to {text_literal(str(file))} (format parquet)")
    return int(values)


def _changes(connection: duckdb.DuckDBPyConnection, fact: str) -> str:
    """Select the changed values of the final days of a fact, one per row.

    A column that the kept facts do not have, or no longer exists, is new or gone, not restated.
    """
    before, after = (_columns(connection, f"{place}.{fact}") for place in ("published", "facts"))
    compared = {n: kind for n, kind in after.items() if n in before and n not in _NOT_COMPARED}
    key = _FACTS[fact]
    keys = ", ".join(
        f"coalesce(before.{name}, after.{name}) as {name}" if name in key else f"'all' as {name}"
        for name in _KEY
    )
    on_key = " and ".join(f"before.{name} is not distinct from after.{name}" for name in key)
    rows = [f"row({', '.join(f'{side}.{n}' for n in compared)})" for side in ("before", "after")]
    values = ", ".join(_both_sides(name, kind) for name, kind in compared.items())
    return (
        f"select * from (select {keys}, unnest([{values}], recursive := true)"
        f" from published.{fact} as before full outer join facts.{fact} as after on {on_key}"
        " where coalesce(before.final_from_date, after.final_from_date)"
        " <= (select as_of::date from published.run)"
        f" and {' is distinct from '.join(rows)})"
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


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in connection.execute(f"describe {table}").fetchall()}


def _run_in(connection: duckdb.DuckDBPyConnection, table: str) -> str | None:
    try:
        found = connection.execute(f"select run_id from {table}").fetchall()
    except duckdb.CatalogException:
        return None
    return str(found[0][0]) if found else None
