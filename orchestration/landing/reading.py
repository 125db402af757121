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
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.landing.expressions import quoted, text_literal
from orchestration.landing.headers import WrongHeader, header, named
from orchestration.landing.readers.json_lines import copy_json_lines
from orchestration.landing.readers.physical_lines import Survey, survey
from orchestration.landing.readers.text_copy import (
    NotAWorkbook,
    NotInEncoding,
    TextCopy,
    copy_as_utf8,
)
from orchestration.landing.refusal import DeliveryRefused
from orchestration.landing.source_set import FeedMapping

SENDER = "ask the sender for the export itself, and deliver it again"
FILE_NAME = "file_name"
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
    with readable(path, feed=feed, header_line=mapping.header_line):
        if path.name.endswith(".parquet"):
            part = _parquet(connection, path)
        elif path.name.endswith(".xlsx"):
            part = _workbook(path, copy, feed=feed, mapping=mapping)
        elif path.name.endswith(_JSON_LINES):
            copied = copy_json_lines(path, copy, wanted=wanted)
            part = _copied(path, copied, feed=feed, mapping=mapping)
        else:
            part = _text_file(path, copy, mapping=mapping)
    return _completed(part, mapping=mapping, wanted=wanted)


def unreadable_lines(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    """Answer byte position and problem of every record the last read could not take apart."""
    try:
        found = connection.execute(
            # One bad line gives several rows; its byte position tells lines apart.
            "select line_byte_position, min(lower(error_type::varchar)) from reject_errors"
            " group by file_id, line_byte_position order by line_byte_position"
        ).fetchall()
    except duckdb.CatalogException:  # DuckDB has not taken lines apart: not a text file
        return []
    connection.execute("drop table reject_scans; drop table reject_errors")
    return [(int(position), str(problem)) for position, problem in found]


@contextmanager
def readable(path: Path, *, feed: str, header_line: int = 1) -> Iterator[None]:
    """Turn a reader's word that a file cannot be read into a refusal of the delivery."""
    try:
        yield
    except NotInEncoding as problem:
        raise refused(feed, path, str(problem), SENDER, line=problem.line) from problem
    except NotAWorkbook as problem:
        raise refused(feed, path, str(problem), SENDER) from problem
    except WrongHeader as problem:
        next_step = problem.next_step or SENDER
        raise refused(feed, path, str(problem), next_step, line=header_line) from problem
    except (duckdb.Error, OSError, EOFError, UnicodeError, csv.Error) as problem:
        said = (str(problem) or type(problem).__name__).splitlines()[0]
        raise refused(feed, path, f"cannot be read: {said}", SENDER) from problem


def missing_columns(
    feed: str, path: Path, missing: frozenset[str], names: tuple[str, ...], *, line: int
) -> DeliveryRefused:
    """Say which columns a file lacks, beside the ones it has."""
    lacking = ", ".join(quoted(name) for name in sorted(missing))
    has = ", ".join(quoted(name) for name in names)
    return refused(
        feed,
        path,
        f"has no column {lacking}; it has {has}",
        "export it with that column, or map it in the source set's YAML",
        line=line,
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


def _completed(part: Part, *, mapping: FeedMapping, wanted: frozenset[str]) -> Part:
    """Add what a mapping may ask of any file: its name, and null for optional columns it lacks."""
    added = dict.fromkeys(mapping.optional_columns, "null::varchar")
    added[FILE_NAME] = text_literal(part.path.name)
    added = {name: sql for name, sql in added.items() if name in wanted - set(part.names)}
    if not added:
        return part
    listed = ", ".join(f"{sql} as {quoted(name)}" for name, sql in added.items())
    # A copy of NDJSON has a column for every key that was asked for, whether it occurs or not.
    others = f"columns(lambda name: name not in ({', '.join(map(text_literal, added))}))"
    rows = f"(select {others}, {listed} from {part.text_rows})"
    return replace(part, names=(*part.names, *added), text_rows=rows)


def _workbook(path: Path, copy: Path, *, feed: str, mapping: FeedMapping) -> Part:
    # Imported here: openpyxl takes 0.25 s, and most nights read no workbook.
    from orchestration.landing.readers.workbook import copy_workbook

    least = max(mapping.unnamed_columns.values(), default=0)
    line = mapping.header_line
    copied = copy_workbook(path, copy, sheet=mapping.sheet, header_line=line, at_least=least)
    return _copied(path, copied, feed=feed, mapping=mapping)


def _copied(path: Path, copy: TextCopy, *, feed: str, mapping: FeedMapping) -> Part:
    if copy.unreadable and not copy.names:
        line, problem = copy.unreadable[0]
        raise refused(feed, path, f"holds no record: {problem}", SENDER, line=line)
    names = named(copy.names, mapping=mapping)
    columns = names if copy.columns == copy.names else copy.columns
    return Part(
        path=path,
        names=names,
        text_rows=_read_csv(copy.path, columns, delimiter=","),
        places=copy.places,
        unreadable=tuple(copy.unreadable),
    )


def _text_file(path: Path, copy: Path, *, mapping: FeedMapping) -> Part:
    source, look = path, survey(path)
    delimiter, encoding = mapping.delimiter, mapping.encoding
    line = mapping.header_line
    if encoding != "utf-8" or look.has_mixed_ends or line > 1:
        source = copy_as_utf8(path, copy, encoding=encoding, delimiter=delimiter, header_line=line)
        look = survey(source)
    names = named(header(source, mapping=mapping), mapping=mapping)
    rows = _read_csv(source, names, delimiter=delimiter)
    return Part(path=path, names=names, text_rows=rows, surveyed=(source, look))


def _read_csv(path: Path, names: tuple[str, ...], *, delimiter: str) -> str:
    listed = ", ".join(f"{text_literal(name)}: 'varchar'" for name in names)
    return (
        f"read_csv({text_literal(str(path))}, columns={{{listed}}}, header=true,"
        f" auto_detect=false, delim={text_literal(delimiter)}, quote='\"', escape='\"',"
        " allow_quoted_nulls=false, store_rejects=true, rejects_limit=0)"
    )
