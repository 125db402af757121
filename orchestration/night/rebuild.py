"""The warehouse made anew from raw, beside the one that grew night by night, and compared with it.

Belongs here: which tables must be equal, and where they are not.
Does not belong here: building (`models`), what a warehouse is built from (`night`).
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.landing.expressions import text_literal
from orchestration.night.models import ModelsNotBuilt
from orchestration.night.night import Night
from orchestration.night.warehouse import open_warehouse

# What is in an `int_` table is what tonight needed of it; everything else is for readers.
_COMPARED = (
    "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'anew'"
    " and schema_name in ('conformed', 'facts', 'kpis', 'scorecards')"
    " and not starts_with(table_name, 'int_') order by all"
)


class NothingBuilt(Exception):  # noqa: N818 - it is what is so, and reads so in a message
    """There is no warehouse to compare with or to replace; the text says what to do next."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One table that differs: rows that only one of the two warehouses has, and on which days.

    `days` are the business days of those rows, the first ten; empty where a table has none.
    """

    table: str
    grown_rows: int
    anew_rows: int
    days: tuple[str, ...]

    def in_words(self) -> str:
        """Say what differs, for whoever has to look for the reason."""
        where = f", on {', '.join(self.days)}" if self.days else ""
        return (
            f"{self.table}: {self.grown_rows} rows only in the warehouse that grew,"
            f" {self.anew_rows} only in the one made anew{where}"
        )


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """What making the warehouse anew came to: the tables compared, and those that differ."""

    tables: int
    differences: tuple[Difference, ...]
    is_replaced: bool


def rebuild(night: Night, *, is_check: bool) -> Rebuilt:
    """Make the warehouse of the run it holds anew, compare, and put it in place unless `is_check`.

    Raises NothingBuilt before the first night, ModelsNotBuilt where a model or promise fails.
    """
    grown = night.home.warehouse
    beside = night.home.scratch / "rebuild" / grown.name
    shutil.rmtree(beside.parent, ignore_errors=True)
    anew = replace(night, as_of=_as_of(grown), beside=beside)
    anew.apply()
    broken = [answer for answer in anew.build() if not answer.is_good]
    if broken:
        raise ModelsNotBuilt("; ".join(answer.message or answer.in_words() for answer in broken))
    tables, differences = compare(grown, beside)
    if not is_check:
        beside.replace(grown)
    shutil.rmtree(beside.parent, ignore_errors=True)
    return Rebuilt(tables=tables, differences=differences, is_replaced=not is_check)


def compare(grown: Path, anew: Path) -> tuple[int, tuple[Difference, ...]]:
    """Compare two warehouses row by row; answers how many tables, and those that differ."""
    with duckdb.connect() as connection:
        for name, path in (("grown", grown), ("anew", anew)):
            connection.execute(f"attach {text_literal(str(path))} as {name} (read_only)")
        tables = [str(table) for (table,) in connection.execute(_COMPARED).fetchall()]
        return len(tables), tuple(_differences(connection, tables))


def _differences(connection: duckdb.DuckDBPyConnection, tables: list[str]) -> Iterator[Difference]:
    for table in tables:
        digests = {_digest(connection, f"{side}.{table}") for side in ("grown", "anew")}
        if len(digests) > 1:
            yield _difference(connection, table)


def _digest(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[object, ...]:
    """Digest the rows of a table in any order; a table that is not there has none."""
    try:
        found = connection.execute(
            f"select count(*), sum(hash(one_row)::hugeint) from {table} as one_row"
        ).fetchall()
    except duckdb.CatalogException:
        return ()
    return tuple(found[0])


def _difference(connection: duckdb.DuckDBPyConnection, table: str) -> Difference:
    only = {
        side: f"(from {side}.{table} except all from {other}.{table})"
        for side, other in (("grown", "anew"), ("anew", "grown"))
    }
    rows: dict[str, int] = {}
    days: set[str] = set()
    for side, query in only.items():
        found = connection.execute(query)
        columns = [column[0] for column in found.description or ()]
        listed = found.fetchall()
        rows[side] = len(listed)
        if "activity_date" in columns:
            days |= {str(row[columns.index("activity_date")]) for row in listed}
    return Difference(
        table=table,
        grown_rows=rows["grown"],
        anew_rows=rows["anew"],
        days=tuple(sorted(days)[:10]),
    )


def _as_of(warehouse: Path) -> datetime:
    if not warehouse.is_file():
        raise NothingBuilt("no night has been built yet. Next: evenhand nightly")
    with open_warehouse(warehouse, "read") as connection:
        try:
            found = connection.execute("select as_of from run.context").fetchall()
        except duckdb.CatalogException as problem:
            raise NothingBuilt("no run is built yet. Next: evenhand nightly") from problem
    as_of: datetime = found[0][0]
    return as_of
