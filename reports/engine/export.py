"""Tables for people who calculate: one Parquet file per published table, and a mart of them all.

Belongs here: writing the same bytes for the same rows, whatever the number of threads.
Does not belong here: which tables are published (`reports/published_tables.yml`).
"""

import shutil
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection
from pydantic import BaseModel, ConfigDict, Field

from reports.engine.declared import read_declared
from reports.engine.run_facts import RunFacts

TABLES = Path(__file__).parents[1] / "published_tables.yml"
TABLE_FOLDER = "tables"
MART = "evenhand.duckdb"


class ExportError(RuntimeError):
    """A published table cannot be written."""


class PublishedTable(BaseModel):
    """One table that is published, and the order of its rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str = Field(pattern=r"^[a-z_]+\.[a-z_]+$")
    sorted_by: tuple[str, ...] = Field(min_length=1)
    only_this_run: bool = False

    @property
    def file(self) -> str:
        """Where its Parquet file stands inside the run's folder."""
        return f"{TABLE_FOLDER}/{self.table.replace('.', '/')}.parquet"


def published_tables(path: Path = TABLES) -> list[PublishedTable]:
    """Load the list of published tables."""
    entries = read_declared(path)["tables"]
    return [PublishedTable.model_validate(entry) for entry in entries]


def export_tables(
    connection: DuckDBPyConnection, folder: Path, *, run: RunFacts, scratch: Path
) -> dict[str, int]:
    """Write every published table under `folder` by way of `scratch`; return rows per file.

    The connection of this phase may write to the scratch folder and nowhere else.
    """
    waiting = scratch / f"{run.run_id}.export"
    shutil.rmtree(waiting, ignore_errors=True)
    waiting.mkdir(mode=0o700, parents=True)
    rows = {}
    try:
        for table in published_tables():
            written = waiting / f"{table.table}.parquet"
            rows[table.file] = _write(connection, table, written, run_id=run.run_id)
            (folder / table.file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(written, folder / table.file)
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
    return rows


def build_mart(folder: Path) -> None:
    """Build the mart from the Parquet files, so that both hold the same rows in the same order."""
    mart = folder / MART
    with duckdb.connect(str(mart), config={"threads": 1}) as connection:
        connection.execute("begin")  # one commit: each alone waits for the disk
        for table in published_tables():
            schema, _ = table.table.split(".")
            connection.execute(f"create schema if not exists {schema}")
            source = _quoted(folder / table.file)
            connection.execute(
                f"create table {table.table} as select * from read_parquet({source})"
            )
        connection.execute("commit")
        connection.execute("checkpoint")
    # A log beside the file means that what we hash is not what a reader would see.
    if mart.with_name(f"{MART}.wal").exists():
        raise ExportError(f"{MART} was closed and has a write-ahead log; it is not published")


def _write(
    connection: DuckDBPyConnection, table: PublishedTable, target: Path, *, run_id: str
) -> int:
    columns = _columns(connection, table)
    if missing := [column for column in table.sorted_by if column not in columns]:
        raise ExportError(f"{table.table} has no column {missing[0]} to sort by")
    # A total order: equal keys would let the number of threads decide.
    order = [*table.sorted_by, *(column for column in columns if column not in table.sorted_by)]
    where = f"where run_id = '{run_id}'" if table.only_this_run else ""
    query = f"select * from {table.table} {where} order by {', '.join(map(_name, order))}"
    connection.execute(f"copy ({query}) to {_quoted(target)} (format parquet, compression zstd)")
    counted = connection.execute(f"select count(*) from {table.table} {where}").fetchone()
    return int(counted[0]) if counted else 0


def _columns(connection: DuckDBPyConnection, table: PublishedTable) -> list[str]:
    try:
        found = connection.execute(f"select * from {table.table} limit 0")
    except duckdb.CatalogException:
        raise ExportError(
            f"the warehouse has no table {table.table}, which is to be published"
        ) from None
    return [column[0] for column in found.description or []]


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
