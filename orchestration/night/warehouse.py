"""The private warehouse, opened for one phase at a time.

Belongs here: opening it, applying raw, writing what a night knows about itself and its definitions.
Does not belong here: the models (dbt), the load modes (`landing.apply`).
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import duckdb

from metrics.engine.tables import Table
from orchestration.landing.apply import Applied, apply_batches, mark_built, refused_feeds
from orchestration.landing.batches import BatchStore
from orchestration.landing.contract import Contract
from orchestration.landing.data_gaps import open_rows
from orchestration.landing.source_set import SourceSet
from orchestration.night.run_identity import Run

Phase = Literal["apply", "read", "export"]


class RawRefused(Exception):  # noqa: N818 - it is what happened, and reads so in a message
    """The newest batch of a feed contradicts what we hold; the text says which and why."""


def open_warehouse(path: Path, phase: Phase) -> duckdb.DuckDBPyConnection:
    """Open the warehouse: `apply` reads raw files, `export` writes files, `read` does neither.

    DuckDB refuses a second connection with other settings, so a phase closes before the next opens.
    """
    connection = duckdb.connect(
        str(path),
        read_only=phase == "read",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "enable_external_access": "false" if phase == "read" else "true",
            "threads": os.environ["EVENHAND_THREADS"],
        },
    )
    connection.execute("set TimeZone = 'UTC'")
    return connection


def apply_raw(
    path: Path,
    *,
    store: BatchStore,
    contracts: dict[str, Contract],
    source_set: SourceSet,
    run: Run,
    catalogue: Iterable[Table],
) -> list[Applied]:
    """Bring the warehouse to what was known at the run's `as_of`, and say which run it serves."""
    path.parent.mkdir(parents=True, exist_ok=True)
    run_tables = [
        *_run_tables(run, source_set, contracts),
        _kept_apart(run, source_set, contracts, home=store.home),
    ]
    with open_warehouse(path, "apply") as connection:
        applied = apply_batches(connection, store, contracts=contracts, batches=run.batches)
        _write_tables(connection, "catalogue", catalogue)
        _write_tables(connection, "run", run_tables)
        connection.execute("checkpoint")
        refused = refused_feeds(connection)
    if refused:
        raise RawRefused("\n".join(refused))
    return applied


def mark_run_built(path: Path) -> None:
    """Note that the loaded batches have reached the models, after a green build."""
    with open_warehouse(path, "apply") as connection:
        mark_built(connection)


def _run_tables(run: Run, source_set: SourceSet, contracts: dict[str, Contract]) -> list[Table]:
    feeds = [feed for feed, contract in contracts.items() if contract.store == "warehouse"]
    derived = {"agent_roster", "agent_identity"} if source_set.derive_roster else set()
    return [
        Table(
            name="context",
            columns={
                "run_id": "VARCHAR",
                "as_of": "TIMESTAMP",
                "source_set": "VARCHAR",
                "source_set_label": "VARCHAR",
            },
            rows=[(run.run_id, run.as_of, source_set.source_set, source_set.label)],
        ),
        Table(
            name="feed",
            columns={
                "feed": "VARCHAR",
                "is_declared": "BOOLEAN",
                "is_derived": "BOOLEAN",
                "final_after_days": "INTEGER",
            },
            rows=[
                (
                    feed,
                    feed in source_set.declared,
                    feed in derived,
                    contracts[feed].final_after_days,
                )
                for feed in feeds
            ],
        ),
    ]


def _kept_apart(
    run: Run, source_set: SourceSet, contracts: dict[str, Contract], *, home: Path
) -> Table:
    found = open_rows(
        run.batches, contracts=contracts, source_set=source_set, home=home, as_of=run.as_of
    )
    return Table(
        name="kept_apart",
        columns={
            "row_id": "VARCHAR",
            "feed": "VARCHAR",
            "source_system": "VARCHAR",
            "agent_external_id": "VARCHAR",
            "event_at": "TIMESTAMP",
            "contact_id": "VARCHAR",
            "case_id": "VARCHAR",
            "reason": "VARCHAR",
        },
        rows=list(found),
    )


def _write_tables(
    connection: duckdb.DuckDBPyConnection, schema: str, tables: Iterable[Table]
) -> None:
    connection.execute(f"create schema if not exists {schema}")
    for table in tables:
        typed = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
        connection.execute(f"create or replace table {schema}.{table.name} ({typed})")
        if table.rows:
            # One statement a table: a statement a row would cost a bad week minutes.
            listed = ", ".join(f"unnest(?::{kind}[])" for kind in table.columns.values())
            connection.execute(
                f"insert into {schema}.{table.name} select {listed}",
                [list(column) for column in zip(*table.rows, strict=True)],
            )
