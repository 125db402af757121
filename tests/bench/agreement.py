"""Whether two ways of building the same tables agree, row by row and column by column.

Belongs here: the tables that are compared, their keys, and where two of them differ.
Does not belong here: building them; what a difference means.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

# Where the night keeps a table, and what one row of it is. Compared is what the other way counts
# too; whether a KPI may be shown, and from when a day is final, is the night's alone.
KEYS = {
    "facts.fct_agent_day": ("agent_id", "activity_date"),
    "facts.fct_agent_day_queue": ("agent_id", "activity_date", "channel", "queue_family"),
    "kpis.kpi_agent_period": ("agent_id", "period_id", "metric"),
}
KPI_COLUMNS = ("numerator", "denominator", "n", "value")
SHOWN_ROWS = 5


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One column of one table in which two ways do not agree, with the first rows that show it."""

    table: str
    column: str
    rows: int
    shown: tuple[str, ...]

    def in_words(self) -> str:
        """Say how many rows differ, and show the first of them."""
        head = f"{self.table}.{self.column}: {self.rows} rows differ (key | night | other)"
        return "\n".join([head, *(f"    {row}" for row in self.shown)])


def differences(warehouse: Path, other: Path) -> list[Difference]:
    """List the columns in which the tables of `other` are not those of the night's warehouse."""
    found = []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse}' as night (read_only)")
        connection.execute(f"attach '{other}' as other (read_only)")
        for table, key in KEYS.items():
            theirs = f"other.main.{table.split('.')[1]}"
            columns = _compared_columns(connection, table, theirs=theirs)
            for column in columns:
                found += _difference(connection, table, theirs=theirs, key=key, column=column)
            found += _missing_rows(connection, table, theirs=theirs, key=key)
    return found


def compared_rows(warehouse: Path) -> dict[str, int]:
    """Count the rows of each compared table."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {
            table: connection.execute(f"select count(*) from {table}").fetchall()[0][0]
            for table in KEYS
        }


def raw_rows(raw: Path) -> dict[str, int]:
    """Count the rows of each feed's raw batches."""
    with duckdb.connect() as connection:
        return {
            folder.name: connection.execute(
                f"select count(*) from read_parquet('{folder}/*.parquet')"
            ).fetchall()[0][0]
            for folder in sorted(raw.iterdir())
        }


def _compared_columns(
    connection: duckdb.DuckDBPyConnection, table: str, *, theirs: str
) -> list[str]:
    """Name the columns of the script's table: a script counts what it can count cheaply."""
    if table == "kpis.kpi_agent_period":
        return list(KPI_COLUMNS)
    described = connection.execute(f"describe {theirs}").fetchall()
    return [str(row[0]) for row in described if row[0] not in KEYS[table]]


def _difference(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    *,
    theirs: str,
    key: tuple[str, ...],
    column: str,
) -> list[Difference]:
    """Compare a column on the rows that both have."""
    return _found(
        connection,
        table,
        column=column,
        rows_sql=f"select concat_ws(' ', {', '.join(f'mine.{name}' for name in key)}),"
        f" mine.{column}, theirs.{column} from night.{table} as mine"
        f" inner join {theirs} as theirs using ({', '.join(key)})"
        f" where mine.{column} is distinct from theirs.{column}",
    )


def _missing_rows(
    connection: duckdb.DuckDBPyConnection, table: str, *, theirs: str, key: tuple[str, ...]
) -> list[Difference]:
    """Find the rows that only one of the two has, or has more than once."""
    names = ", ".join(key)
    return _found(
        connection,
        table,
        column="(row)",
        rows_sql=f"select concat_ws(' ', {names}), mine, theirs from (select {names},"
        " count(*) filter (is_mine) as mine, count(*) filter (not is_mine) as theirs from"
        f" (select {names}, true as is_mine from night.{table}"
        f" union all select {names}, false from {theirs}) group by all)"
        " where mine <> 1 or theirs <> 1",
    )


def _found(
    connection: duckdb.DuckDBPyConnection, table: str, *, column: str, rows_sql: str
) -> list[Difference]:
    rows = connection.execute(f"select count(*) from ({rows_sql})").fetchall()[0][0]
    if not rows:
        return []
    first = connection.execute(f"{rows_sql} order by all limit {SHOWN_ROWS}").fetchall()
    shown = tuple(" | ".join(str(value) for value in row) for row in first)
    return [Difference(table=table, column=column, rows=rows, shown=shown)]
