"""The final days of the two agent-day facts as readers last saw them: what a restatement restates.

Belongs here: keeping them in schema `published`, and finding the days that differ from them.
Does not belong here: what differs in those days, and why (`restatements`).
"""

from dataclasses import dataclass
from datetime import datetime

import duckdb

FACTS = ("fct_agent_day", "fct_agent_day_queue")
DIFFERING = "{fact}_differing"


@dataclass(frozen=True, kw_only=True)
class PublishedFacts:
    """The run whose facts are kept in schema `published`, and the batches it was built from."""

    run_id: str
    as_of: datetime
    batch_ids: frozenset[str]


def keep_published(connection: duckdb.DuckDBPyConnection, *, current_run_id: str | None) -> None:
    """Keep the final days of the run that readers see, if the warehouse holds that run.

    A killed build leaves old and new models side by side, and a held one what nobody saw: what was
    kept stays until readers see another run.
    """
    held = _run_in(connection, "run.context")
    if held is None or held != current_run_id or held == _run_in(connection, "published.run"):
        return
    connection.begin()
    connection.execute("create schema if not exists published")
    for fact in FACTS:
        _keep_final_days(connection, fact)
    final_until = ", ".join(f"{_final_until(fact)} as {fact}_final_until" for fact in FACTS)
    connection.execute(
        f"create or replace table published.run as select run_id, as_of, {final_until}"
        " from run.context"
    )
    connection.execute(
        "create or replace table published.batch as select batch_id from raw.loaded_batch"
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


def find_differing_days(connection: duckdb.DuckDBPyConnection, fact: str) -> int:
    """List the kept days of which not every row is as it was, in a table of `DIFFERING`."""
    until = f"(select {fact}_final_until from published.run)"
    return _find_differing_days(connection, fact, until=until)


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Name the columns of a table and their types; none where there is no such table."""
    return dict(
        connection.execute(
            "select column_name, data_type from duckdb_columns()"
            " where database_name = current_database() and schema_name || '.' || table_name = ?",
            [table],
        ).fetchall()
    )


def _final_until(fact: str) -> str:
    """Write the last day of a fact that is final in the run that the warehouse holds."""
    return (
        "(select max(as_of)::date - max(final_from_date - activity_date)::integer"
        f" from facts.{fact} cross join run.context)"
    )


def _keep_final_days(connection: duckdb.DuckDBPyConnection, fact: str) -> None:
    """Bring the kept days of a fact to what they are now: mostly one day that has become final.

    A copy of 250 days of 5,000 agents takes five times the CPU, and rewrites 300 MB.
    """
    if columns_of(connection, f"published.{fact}") != columns_of(connection, f"facts.{fact}"):
        connection.execute(
            f"create or replace table published.{fact} as select * from facts.{fact} limit 0;"
            f" create or replace table published.{fact}_digest"
            " (activity_date date, digest ubigint)"
        )
    _find_differing_days(connection, fact, until=_final_until(fact))
    differing = DIFFERING.format(fact=fact)
    for table, now in (
        (fact, f"from facts.{fact} semi join {differing} using (activity_date)"),
        (f"{fact}_digest", f"from {differing} where digest is not null"),
    ):
        connection.execute(
            f"delete from published.{table}"
            f" where activity_date in (select activity_date from {differing})"
        )
        connection.execute(f"insert into published.{table} by name {now}")


def _find_differing_days(connection: duckdb.DuckDBPyConnection, fact: str, *, until: str) -> int:
    """Find the days up to `until` of which not every row is as it was kept."""
    listed = connection.execute(
        f"create or replace temp table {DIFFERING.format(fact=fact)} as"
        " select coalesce(now.activity_date, kept.activity_date) as activity_date, now.digest"
        " from (select activity_date, bit_xor(hash(one_row)) as digest"
        f" from facts.{fact} as one_row where activity_date <= {until} group by all) as now"
        f" full outer join (from published.{fact}_digest where activity_date <= {until}) as kept"
        " on now.activity_date = kept.activity_date"
        " where now.digest is distinct from kept.digest"
    ).fetchall()
    return int(listed[0][0])


def _run_in(connection: duckdb.DuckDBPyConnection, table: str) -> str | None:
    try:
        found = connection.execute(f"select run_id from {table}").fetchall()
    except duckdb.CatalogException:
        return None
    return str(found[0][0]) if found else None
