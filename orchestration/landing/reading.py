"""Reading a delivered file as text, without letting the reader decide anything.

Belongs here: header by name, structure, encodings; every column arrives as text.
Does not belong here: types, ranges, rules (`check`).

DuckDB's reader matches columns by position and reads an HTML page as zero rows without an error,
so the header is read here first and the column list follows the file's own order.
"""

import csv
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.landing.expressions import quoted, text_literal
from orchestration.landing.refusal import DeliveryRefused

SENDER = "ask the sender for the export itself, and deliver it again"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file that can be read: its column names, and the SQL that reads it as text."""

    path: Path
    names: tuple[str, ...]
    text_rows: str


def open_part(
    connection: duckdb.DuckDBPyConnection, path: Path, *, feed: str, delimiter: str
) -> Part:
    """Look at a file's form and header; raises DeliveryRefused where either is not right."""
    if path.stat().st_size == 0:
        raise _refused(feed, path, "is empty: not even a header", SENDER)
    file = text_literal(str(path))
    if path.name.endswith(".parquet"):
        with readable(path, feed=feed):
            described = connection.execute(f"describe from read_parquet({file})").fetchall()
        names = tuple(str(row[0]) for row in described)
        return Part(
            path=path,
            names=names,
            text_rows=f"(select columns(*)::varchar from read_parquet({file}))",
        )
    names = _header(path, feed=feed, delimiter=delimiter)
    listed = ", ".join(f"{text_literal(name)}: 'varchar'" for name in names)
    return Part(
        path=path,
        names=names,
        text_rows=f"read_csv({file}, columns={{{listed}}}, header=true, auto_detect=false,"
        f" delim={text_literal(delimiter)}, quote='\"', escape='\"', allow_quoted_nulls=false,"
        " store_rejects=true, rejects_limit=0)",
    )


def unreadable_lines(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    """Answer line and problem of every line the last read of a CSV could not take apart."""
    tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    if ("reject_errors",) not in tables:
        return []
    found = connection.execute(
        # One bad line gives several rows; its byte position tells lines apart.
        "select min(line), min(lower(error_type::varchar)) from reject_errors"
        " group by file_id, line_byte_position order by min(line_byte_position)"
    ).fetchall()
    connection.execute("drop table reject_scans; drop table reject_errors")
    return [(int(line), str(problem)) for line, problem in found]


@contextmanager
def readable(path: Path, *, feed: str) -> Iterator[None]:
    """Turn DuckDB's word that a file cannot be read into a refusal of the delivery."""
    try:
        yield
    except (duckdb.InvalidInputException, duckdb.IOException) as problem:
        reason = f"cannot be read: {str(problem).splitlines()[0]}"
        raise _refused(feed, path, reason, SENDER) from problem


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
