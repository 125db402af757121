"""The made-up centre as tables of an in-memory DuckDB, a stretch of days at a time.

Belongs here: the connection, and which SQL file follows which.
Does not belong here: files that leave the centre (`drop`), numbers (`centre.yml`).
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from orchestration.synthetic_centre.engine.declarations import Declarations, Row

SQL = Path(__file__).parent
TYPES = {bool: "boolean", int: "bigint", float: "double", str: "varchar"}
BORN = (
    "draws",
    "tables",
    "people",
    "habits",
    "incidents",
    "assignment_as_known",
    "case_as_known",
)
LIVED = (
    "contacts",
    "cases",
    "evaluations",
    "evaluation_as_known",
    "surveys",
    "explained",
    "vendor_day",
)


def open_world(
    declarations: Declarations,
    *,
    agents: int,
    seed: int,
    first_day: date,
    worlds: tuple[str, ...],
    scratch: Path,
) -> duckdb.DuckDBPyConnection:
    """Open a connection in which the people of the centre exist, and not one day is lived yet."""
    connection = duckdb.connect(config={"temp_directory": str(scratch)})
    connection.execute("set timezone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    switches = {f"has_{name}": name in worlds for name in declarations.worlds}
    given = {"agents": agents, "seed": str(seed), "first_day": first_day.isoformat()}
    set_variables(connection, declarations.numbers | switches | given)
    for name, rows in declarations.tables.items():
        _create_table(connection, name, rows)
    for name in BORN:
        run(connection, f"world/{name}")
    return connection


def live(
    connection: duckdb.DuckDBPyConnection, *, from_day: int, lived_to_day: int, planned_to_day: int
) -> None:
    """Draw the days from `from_day` up to `lived_to_day`, and the plan up to `planned_to_day`."""
    days = {"from_day": from_day, "lived_to_day": lived_to_day, "to_day": planned_to_day}
    set_variables(connection, days)
    run(connection, "world/shifts")
    for name in LIVED:
        run(connection, f"world/{name}")


def stretches_of_days(
    numbers: Row, *, agents: int, from_day: int, to_day: int
) -> Iterator[tuple[int, int]]:
    """Cut days into stretches that fit into memory; what a day holds does not depend on the cut."""
    length = max(1, numbers["delivery_chunk_agent_days"] // agents)
    for begun in range(from_day, to_day, length):
        yield begun, min(begun + length, to_day)


def set_variables(connection: duckdb.DuckDBPyConnection, values: Row) -> None:
    """Make values readable in SQL by name; decimal numbers arrive as doubles."""
    for name, value in values.items():
        connection.execute(f"set variable {name} = (select ?)", [value])


def run(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Run one file of SQL."""
    connection.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"))


def _create_table(connection: duckdb.DuckDBPyConnection, name: str, rows: list[Row]) -> None:
    columns = {
        column: "double"
        if isinstance(value, int | float)
        and not isinstance(value, bool)
        and any(isinstance(row[column], float) for row in rows)
        else TYPES[type(value)]
        for column, value in rows[0].items()
    }
    declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    connection.execute(f"create or replace table {name} ({declared})")
    marks = ", ".join("?" for _ in columns)
    connection.executemany(
        f"insert into {name} values ({marks})",
        [[row[column] for column in columns] for row in rows],
    )
