"""Reading a delivered file as text, without letting the reader decide anything.

Belongs here: header by name, structure, encodings; every column arrives as text.
Does not belong here: types, ranges, rules (`check`).

DuckDB's reader matches columns by position and reads an HTML page as zero rows without an error,
so the header is read here first and the column list follows the file's own order.
"""

import csv
import gzip
from pathlib import Path

import duckdb

from orchestration.landing.expressions import quoted, text_literal
from orchestration.landing.refusal import DeliveryRefused

SENDER = "ask the sender for the export itself, and deliver it again"


def read_part(
    connection: duckdb.DuckDBPyConnection, path: Path, *, feed: str, delimiter: str
) -> tuple[str, ...]:
    """Load one file into `text_rows` and `unreadable_lines`; answer its column names.

    `text_rows`: one row per readable line, all columns text, `_row` counting them from 1.
    Raises DeliveryRefused where the file as a whole is not what it should be.
    """
    if path.stat().st_size == 0:
        raise _refused(feed, path, "is empty: not even a header", SENDER)
    if path.name.endswith(".parquet"):
        return _read_parquet(connection, path, feed=feed)
    names = _header(path, feed=feed, delimiter=delimiter)
    listed = ", ".join(f"{text_literal(name)}: 'varchar'" for name in names)
    connection.execute("drop table if exists reject_scans; drop table if exists reject_errors")
    try:
        connection.execute(
            f"create or replace table text_rows as select row_number() over () as _row, *"
            f" from read_csv({text_literal(str(path))}, columns={{{listed}}}, header=true,"
            f" auto_detect=false, delim={text_literal(delimiter)}, quote='\"', escape='\"',"
            f" allow_quoted_nulls=false, store_rejects=true, rejects_limit=0)"
        )
    except duckdb.Error as problem:
        reason = f"cannot be read as CSV: {str(problem).splitlines()[0]}"
        raise _refused(feed, path, reason, SENDER) from problem
    connection.execute(
        "create or replace table unreadable_lines as"
        " select min(line) as line, min(lower(error_type::varchar)) as problem from reject_errors"
        " group by file_id, line_byte_position order by min(line_byte_position)"
    )
    return names


def _read_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, *, feed: str
) -> tuple[str, ...]:
    try:
        connection.execute(
            "create or replace table text_rows as select row_number() over () as _row, *"
            f" from (select columns(*)::varchar from read_parquet({text_literal(str(path))}))"
        )
    except duckdb.Error as problem:
        reason = f"cannot be read as Parquet: {str(problem).splitlines()[0]}"
        raise _refused(feed, path, reason, SENDER) from problem
    connection.execute(
        "create or replace table unreadable_lines (line bigint, problem varchar)"
    )
    described = connection.execute("describe text_rows").fetchall()
    return tuple(str(row[0]) for row in described if row[0] != "_row")


def _header(path: Path, *, feed: str, delimiter: str) -> tuple[str, ...]:
    opened = gzip.open if path.name.endswith(".gz") else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            names = next(csv.reader(file, delimiter=delimiter), [])
    except (UnicodeDecodeError, OSError, EOFError, csv.Error) as problem:
        raise _refused(feed, path, f"cannot be read: {problem}", SENDER) from problem
    if names and names[0].lstrip().startswith("<"):
        reason = "is a web page, not a CSV file; most likely a log-in page was saved in its place"
        raise _refused(feed, path, reason, "log in at the source, export again, deliver again")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _refused(feed, path, f"has the column {', '.join(twice)} more than once", SENDER)
    if not any(name.strip() for name in names) or "" in names:
        raise _refused(feed, path, "has a column without a name in its header", SENDER)
    return tuple(names)


def missing_columns(
    feed: str, path: Path, *, missing: frozenset[str], names: tuple[str, ...]
) -> DeliveryRefused:
    """Say which columns a file lacks, beside the ones it has."""
    lacking = ", ".join(quoted(name) for name in sorted(missing))
    has = ", ".join(quoted(name) for name in names)
    return _refused(
        feed,
        path,
        f"has no column {lacking}; it has {has}",
        "export it with that column, or map it in the source set's YAML",
    )


def _refused(feed: str, path: Path, reason: str, next_step: str) -> DeliveryRefused:
    return DeliveryRefused(
        feed=feed, file=path.name, where="line 1", reason=reason, next_step=next_step
    )
