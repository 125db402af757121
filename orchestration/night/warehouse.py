"""The private warehouse, opened for one phase at a time.

Belongs here: opening it, applying raw, writing what a night knows about itself and its definitions.
Does not belong here: the models (dbt), the load modes (`landing.apply`).
"""

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb

from metrics.engine.tables import Table
from orchestration.landing.apply import Applied, apply_batches, mark_built, refused_feeds
from orchestration.landing.batches import BatchStore
from orchestration.landing.contract import Contract
from orchestration.landing.feed_extracts import stopped_columns
from orchestration.landing.source_set import SourceSet
from orchestration.night.run_identity import Run

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
) -> list[Applied]:
    """Bring the warehouse to what was known at the run's `as_of`, and say which run it serves."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_warehouse(path, "apply") as connection:
        applied = apply_batches(connection, store, contracts=contracts, batches=run.batches)
        refused = refused_feeds(connection)
        left_out = {
            feed: because
            for feed, because in refused.items()
            if source_set.feeds[feed].when_incomplete == "publish_without"
        }
        run = replace(run, left_out={**run.left_out, **left_out})
        _write_tables(connection, "catalogue", catalogue)
        _write_tables(connection, "run", _run_tables(run, source_set, contracts))
        connection.execute("checkpoint")
    held = [because for feed, because in refused.items() if feed not in left_out]
    if held:
        raise RawRefused("\n".join(held))
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
                "days_known_until": "TIMESTAMP",
                "source_set": "VARCHAR",
                "source_set_label": "VARCHAR",
            },
            rows=[
                (
                    run.run_id,
                    run.as_of,
                    _days_known_until(run, source_set, contracts),
                    source_set.source_set,
                    source_set.label,
                )
            ],
        ),
        Table(
            name="feed",
            columns={
                "feed": "VARCHAR",
                "is_declared": "BOOLEAN",
                "is_derived": "BOOLEAN",
                "left_out_because": "VARCHAR",
            },
            rows=[
                (
                    feed,
                    feed in source_set.declared and feed not in run.left_out,
                    feed in derived,
                    run.left_out.get(feed),
                )
                for feed in feeds
            ],
        ),
        *_tables_of_breaks(run, source_set, contracts),
    ]


def _tables_of_breaks(
    run: Run, source_set: SourceSet, contracts: dict[str, Contract]
) -> list[Table]:
    return [
        Table(
            name="stopped_column",
            columns={"feed": "VARCHAR", "batch_id": "VARCHAR", "column_name": "VARCHAR"},
            rows=[
                (feed, batch_id, name)
                for feed, mapping in source_set.feeds.items()
                for batch_id, name in stopped_columns(
                    contracts[feed], mapping, [b for b in run.batches if b.feed == feed]
                )
            ],
        ),
        Table(
            name="quiet_day",
            columns={"quiet_date": "DATE"},
            rows=[(day,) for day in source_set.quiet_days],
        ),
    ]


def _days_known_until(run: Run, source_set: SourceSet, contracts: dict[str, Contract]) -> datetime:
    """Answer until when every feed has told what happened in a day, the ones left out aside.

    A day that an extract saw half of would count the other half as time away.
    """
    newest: dict[str, datetime] = {}
    for batch in run.batches:  # in order of known_at
        newest[batch.feed] = batch.known_at
    told = [
        newest.get(feed, datetime.min)  # noqa: DTZ901 - naive UTC, as everywhere
        for feed in source_set.feeds
        if contracts[feed].completes_days and feed not in run.left_out
    ]
    return min([run.as_of, *told])


def _write_tables(
    connection: duckdb.DuckDBPyConnection, schema: str, tables: Iterable[Table]
) -> None:
    connection.execute(f"create schema if not exists {schema}")
    for table in tables:
        typed = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
        connection.execute(f"create or replace table {schema}.{table.name} ({typed})")
        if table.rows:
            places = ", ".join("?" for _ in table.columns)
            connection.executemany(
                f"insert into {schema}.{table.name} values ({places})",
                [list(row) for row in table.rows],
            )
