"""The private warehouse, opened for one phase at a time.

Belongs here: opening it, applying raw, writing what a night knows about itself and its definitions.
Does not belong here: the models (dbt), the load modes (`landing.apply`).
"""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import duckdb

from metrics.engine.tables import Table
from orchestration.landing.apply import Applied, apply_batches, mark_built, refused_feeds
from orchestration.landing.batches import BatchStore
from orchestration.landing.contract import Contract
from orchestration.landing.source_set import SourceSet
from orchestration.night.days_to_build import note_built, write_changed_dates
from orchestration.night.delivered import write_delivered
from orchestration.night.kept_facts import keep_published
from orchestration.night.run_identity import Run
from orchestration.night.run_tables import run_tables

Phase = Literal["apply", "read", "export"]


class RawRefused(Exception):  # noqa: N818 - it is what happened, and reads so in a message
    """What arrived of a feed may not be built on; the text says of which and why."""


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
    current_run_id: str | None = None,
) -> list[Applied]:
    """Bring the warehouse to what was known at the run's `as_of`, and say which run it serves.

    What readers see of `current_run_id` is kept first, to be compared with.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_warehouse(path, "apply") as connection:
        keep_published(connection, current_run_id=current_run_id)
        applied = apply_batches(connection, store, contracts=contracts, batches=run.batches)
        refused = refused_feeds(connection)
        left_out = {
            feed: because
            for feed, because in refused.items()
            if source_set.feeds[feed].when_incomplete == "publish_without"
        }
        run = replace(run, left_out={**run.left_out, **left_out})
        _write_tables(connection, "catalogue", catalogue)
        tables = run_tables(run, source_set, contracts, home=store.home)
        _write_tables(connection, "run", tables)
        write_delivered(connection, contracts)
        write_changed_dates(connection)
        connection.execute("checkpoint")
    held = [because for feed, because in refused.items() if feed not in left_out]
    if held:
        raise RawRefused("\n".join(held))
    return applied


def mark_run_built(path: Path) -> None:
    """Note, after a green build, which batches have reached the models, and what they knew."""
    with open_warehouse(path, "apply") as connection:
        connection.begin()
        mark_built(connection)
        note_built(connection)
        connection.commit()


def _write_tables(
    connection: duckdb.DuckDBPyConnection, schema: str, tables: Iterable[Table]
) -> None:
    connection.begin()  # a night killed here is still the one before
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
    connection.commit()
