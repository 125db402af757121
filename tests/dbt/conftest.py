"""A tiny centre written by hand, row by row, and what dbt makes of it.

Belongs here: raw tables from the contracts, the declarations as tables, one dbt build a session.
Does not belong here: a generated centre, or a whole night; those are the tests of the night.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from metrics.engine.tables import Table, catalogue_tables
from quality_checks.engine.policy import policy_tables

ROOT = Path(__file__).parents[2]
DBT_PROJECT = ROOT / "dbt_project"
FAR_FUTURE = "9999-12-31"
TYPES = {
    "string": "varchar",
    "zone": "varchar",
    "integer": "bigint",
    "decimal": "decimal(18, 6)",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
STAMPS = {
    "source_system": "varchar",
    "batch_id": "varchar",
    "known_at": "timestamp",
    "superseded_at": "timestamp",
    "row_digest": "varchar",
}


def contracts() -> dict[str, dict[str, str]]:
    """Answer the columns of the raw table of each feed of the warehouse, with their types."""
    feeds = {}
    for path in sorted((ROOT / "orchestration/contracts").glob("*.yml")):
        contract = yaml.safe_load(path.read_text())
        if "feed" in contract and "store" not in contract:
            columns = {name: TYPES[column["type"]] for name, column in contract["columns"].items()}
            feeds[contract["feed"]] = columns | STAMPS
    return feeds


@dataclass
class Warehouse:
    """One private warehouse and the folder it lies in."""

    home: Path

    @property
    def path(self) -> Path:
        return self.home / "warehouse.duckdb"

    def make(self, *, as_of: str, undeclared: tuple[str, ...] = ()) -> None:
        """Create the empty raw tables, what the night knows, and the declarations."""
        self.home.mkdir(parents=True, exist_ok=True)
        feeds = contracts()
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("create schema raw; create schema run; create schema catalogue")
            for feed, columns in feeds.items():
                spelt = ", ".join(f"{name} {kind}" for name, kind in columns.items())
                connection.execute(f"create table raw.{feed} ({spelt})")
            connection.execute(
                "create table run.context as select 'r1' as run_id, cast(? as timestamp) as as_of,"
                " as_of as days_known_until, 'by_hand' as source_set,"
                " 'By hand' as source_set_label",
                [as_of],
            )
            connection.execute(
                "create table run.feed (feed varchar, is_declared boolean, is_derived boolean,"
                " final_after_days integer, left_out_because varchar);"
                " create table run.kept_apart (row_id varchar, feed varchar,"
                " source_system varchar, agent_external_id varchar, event_at timestamp,"
                " contact_id varchar, case_id varchar, reason varchar)"
            )
            connection.execute(
                "create table run.stopped_column"
                " (feed varchar, batch_id varchar, column_name varchar)"
            )
            connection.execute(
                "create table run.changed_date as select 'everything' as feed,"
                " date '0001-01-01' as first_date, date '9999-12-31' as last_date;"
                " create table run.delivered (feed varchar, column_name varchar);"
                " create table run.queue"
                " (queue_id varchar, queue_family varchar, valid_from_date date)"
            )
            connection.executemany(
                "insert into run.delivered values (?, ?)",
                [(feed, column) for feed, columns in feeds.items() for column in columns]
                + [("actual_activity", "category")],
            )
            connection.executemany(
                "insert into run.feed values (?, ?, false, null, null)",
                [(feed, feed not in undeclared) for feed in feeds],
            )
            for table in [
                *catalogue_tables(ROOT / "metrics"),
                *policy_tables(ROOT / "quality_checks/policy"),
            ]:
                _write(connection, table)

    def put(self, feed: str, *rows: dict[str, Any]) -> None:
        """Add raw rows: what the test does not say is empty, and believed from the start."""
        stamps = {
            "source_system": "acd",
            "batch_id": "b1",
            "known_at": "2026-01-01",
            "superseded_at": FAR_FUTURE,
        }
        with duckdb.connect(str(self.path)) as connection:
            for row in rows:
                filled = stamps | row
                names, places = ", ".join(filled), ", ".join("?" * len(filled))
                connection.execute(
                    f"insert into raw.{feed} ({names}) values ({places})", list(filled.values())
                )

    def build(self, *arguments: str) -> dict[str, Any]:
        """Run `dbt build` in a process of its own and answer what it said about each node."""
        finished = subprocess.run(
            [sys.executable, "-m", "dbt.cli.main", "build", *arguments],
            cwd=DBT_PROJECT,
            env={
                **{name: value for name, value in os.environ.items() if "EVENHAND" not in name},
                "EVENHAND_HOME": str(self.home),
                "DBT_LOG_PATH": str(self.home),
                "DBT_PROFILES_DIR": str(DBT_PROJECT),
                "DO_NOT_TRACK": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout[-6000:]
        answered: dict[str, Any] = json.loads(
            (self.home / "dbt/target/run_results.json").read_text()
        )
        return answered

    def read(self, query: str) -> list[tuple[Any, ...]]:
        """Answer the rows of a query."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(query).fetchall()


def _write(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    spelt = ", ".join(f'"{name}" {kind}' for name, kind in table.columns.items())
    connection.execute(f"create table catalogue.{table.name} ({spelt})")
    if table.rows:
        places = ", ".join("?" * len(table.columns))
        connection.executemany(f"insert into catalogue.{table.name} values ({places})", table.rows)
