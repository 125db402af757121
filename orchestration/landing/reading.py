"""Reading a delivered file as text, without letting the reader decide anything.

Belongs here: which form a file has, header by name, structure; every column arrives as text.
Does not belong here: the forms themselves (`readers`), types, ranges, rules (`check`).

DuckDB's reader matches columns by position and reads an HTML page as zero rows without an error,
so the header is read here first and the column list follows the file's own order.
"""

import csv
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

import duckdb

from orchestration.landing.expressions import quoted, text_literal
from orchestration.landing.readers.json_lines import copy_json_lines
from orchestration.landing.readers.physical_lines import Survey, open_bytes, survey
from orchestration.landing.readers.text_copy import (
    NotAWorkbook,
    NotInEncoding,
    TextCopy,
    copy_as_utf8,
)
from orchestration.landing.refusal import DeliveryRefused
from orchestration.landing.source_set import FeedMapping

SENDER = "ask the sender for the export itself, and deliver it again"
_JSON_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file that can be read: its column names, and the SQL that reads it as text.

    `places` are the lines (of a workbook: the rows) of the records that `text_rows` answers, where
    a copy is read; `unreadable` are places and problems found while copying. `surveyed` is the
    text file that DuckDB reads itself, which has to be counted.
    """

    path: Path
    names: tuple[str, ...]
    text_rows: str
    places: "array[int] | None" = None
    unreadable: tuple[tuple[int, str], ...] = ()
    surveyed: tuple[Path, Survey] | None = None


def open_part(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    feed: str,
    mapping: FeedMapping,
    wanted: frozenset[str],
    scratch: Path,
) -> Part:
    """Look at a file's form and header; raises DeliveryRefused where either is not right.

    `wanted` are the columns that may be asked of it; a copy in `scratch` need hold no others.
    """
    if path.stat().st_size == 0:
        raise refused(feed, path, "is empty: not even a header", SENDER)
    copy = scratch / f"{path.name}.text.csv"
    with readable(path, feed=feed):
        if path.name.endswith(".parquet"):
            return _parquet(connection, path)
        if path.name.endswith(".xlsx"):
            # Imported here: openpyxl takes 0.25 s, and most nights read no workbook.
            from orchestration.landing.readers.workbook import copy_workbook

            return _copied(path, copy_workbook(path, copy, sheet=mapping.sheet), feed=feed)
        if path.name.endswith(_JSON_LINES):
            return _copied(path, copy_json_lines(path, copy, wanted=wanted), feed=feed)
        return _text_file(path, copy, feed=feed, mapping=mapping)


def unreadable_lines(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    """Answer byte position and problem of every record the last read could not take apart."""
    tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    if ("reject_errors",) not in tables:
        return []
    found = connection.execute(
        # One bad line gives several rows; its byte position tells lines apart.
        "select line_byte_position, min(lower(error_type::varchar)) from reject_errors"
        " group by file_id, line_byte_position order by line_byte_position"
    ).fetchall()
    connection.execute("drop table reject_scans; drop table reject_errors")
    return [(int(position), str(problem)) for position, problem in found]


@contextmanager
def readable(path: Path, *, feed: str) -> Iterator[None]:
    """Turn a reader's word that a file cannot be read into a refusal of the delivery."""
    try:
        yield
    except NotInEncoding as problem:
        raise refused(feed, path, str(problem), SENDER, line=problem.line) from problem
    except NotAWorkbook as problem:
        raise refused(feed, path, str(problem), SENDER) from problem
    except (duckdb.Error, OSError, EOFError, UnicodeError, csv.Error) as problem:
        said = (str(problem) or type(problem).__name__).splitlines()[0]
        raise refused(feed, path, f"cannot be read: {said}", SENDER) from problem


def missing_columns(
    feed: str, path: Path, *, missing: frozenset[str], names: tuple[str, ...]
) -> DeliveryRefused:
    """Say which columns a file lacks, beside the ones it has."""
    lacking = ", ".join(quoted(name) for name in sorted(missing))
    has = ", ".join(quoted(name) for name in names)
    return refused(
        feed,
        path,
        f"has no column {lacking}; it has {has}",
        "export it with that column, or map it in the source set's YAML",
    )


def refused(
    feed: str, path: Path, reason: str, next_step: str, *, line: int = 1
) -> DeliveryRefused:
    """Refuse a file as it arrived, at a line of it."""
    return DeliveryRefused(
        feed=feed, file=path.name, where=f"line {line}", reason=reason, next_step=next_step
    )


def _parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> Part:
    file = text_literal(str(path))
    described = connection.execute(f"describe from read_parquet({file})").fetchall()
    rows = f"(select columns(*)::varchar from read_parquet({file}))"
    return Part(path=path, names=tuple(str(row[0]) for row in described), text_rows=rows)


def _copied(path: Path, copy: TextCopy, *, feed: str) -> Part:
    if copy.unreadable and not copy.names:
        line, problem = copy.unreadable[0]
        raise refused(feed, path, f"holds no record: {problem}", SENDER, line=line)
    _check_names(copy.names, path, feed=feed)
    return Part(
        path=path,
        names=copy.names,
        text_rows=_read_csv(copy.path, copy.columns, delimiter=","),
        places=copy.places,
        unreadable=tuple(copy.unreadable),
    )


def _text_file(path: Path, copy: Path, *, feed: str, mapping: FeedMapping) -> Part:
    source, look = path, survey(path)
    delimiter, encoding = mapping.delimiter, mapping.encoding
    if encoding != "utf-8" or look.has_mixed_ends:
        source = copy_as_utf8(path, copy, encoding=encoding, delimiter=delimiter)
        look = survey(source)
    names = _header(source, delimiter=delimiter)
    if names and names[0].lstrip().startswith("<"):
        reason = "is a web page, not a CSV file; most likely a log-in page was saved in its place"
        raise refused(feed, path, reason, "log in at the source, export again, deliver again")
    _check_names(names, path, feed=feed)
    rows = _read_csv(source, names, delimiter=delimiter)
    return Part(path=path, names=names, text_rows=rows, surveyed=(source, look))


def _read_csv(path: Path, names: tuple[str, ...], *, delimiter: str) -> str:
    listed = ", ".join(f"{text_literal(name)}: 'varchar'" for name in names)
    return (
        f"read_csv({text_literal(str(path))}, columns={{{listed}}}, header=true,"
        f" auto_detect=false, delim={text_literal(delimiter)}, quote='\"', escape='\"',"
        " allow_quoted_nulls=false, store_rejects=true, rejects_limit=0)"
    )


def _header(path: Path, *, delimiter: str) -> tuple[str, ...]:
    # What is wrong with the bytes of a later line is that line's matter, so they are let through.
    with TextIOWrapper(
        open_bytes(path), encoding="utf-8-sig", errors="surrogateescape", newline=""
    ) as file:
        names = tuple(next(csv.reader(file, delimiter=delimiter), []))
    "".join(names).encode()
    return names


def _check_names(names: tuple[str, ...], path: Path, *, feed: str) -> None:
    folded = [name.casefold() for name in names]
    twice = sorted({name for name in names if folded.count(name.casefold()) > 1})
    if twice:
        raise refused(feed, path, f"has the column {', '.join(twice)} more than once", SENDER)
    if not any(name.strip() for name in names) or "" in names:
        raise refused(feed, path, "has a column without a name in its header", SENDER)
