"""Where in its file each record was, and the proof that none is missing.

Belongs here: the count that is independent of the reader, record numbers, lines.
Does not belong here: how lines are counted (`readers`), what is wrong with a record (`check`).
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.landing.readers.physical_lines import (
    UnterminatedQuote,
    open_bytes,
    record_lines,
)
from orchestration.landing.reading import SENDER, Part, refused


@dataclass(frozen=True, kw_only=True)
class Places:
    """The line of every record of a part, and problems by line; a Parquet file has no lines."""

    records: Sequence[int] | None
    unreadable: tuple[tuple[int, str], ...] = ()

    def surviving(self) -> tuple["array[int]", "array[int]"]:
        """Answer record number and line of each record that could be taken apart, in order."""
        gone = {line for line, _ in self.unreadable}
        numbers, lines = array("q"), array("q")
        for number, line in enumerate(self.records or (), 1):
            if line not in gone:
                numbers.append(number)
                lines.append(line)
        return numbers, lines

    def number_of(self, line: int) -> int:
        """Answer which record begins on a line."""
        return 1 + (self.records or ()).index(line)


def find_places(
    part: Part, *, feed: str, delimiter: str, rows: int, rejected: list[tuple[int, str]]
) -> Places:
    """Hold what a reader answered against a count of its own; raises DeliveryRefused.

    `rows` were read and `rejected` (byte position, problem) were not: together they are the file.
    """
    if part.surveyed:
        return _in_text(part, feed=feed, delimiter=delimiter, rows=rows, rejected=rejected)
    if part.places is None:
        return Places(records=None)
    if rejected or rows != len(part.places):
        raise _not_told_apart(feed, part.path, counted=len(part.places), read=rows)
    lines = sorted([*part.places, *(line for line, _ in part.unreadable)])
    return Places(records=lines, unreadable=part.unreadable)


def write_places(connection: duckdb.DuckDBPyConnection, part: int, places: Places) -> None:
    """Give the quarantined rows of a part their record number and line.

    Until then their `row_number` counts the records that could be taken apart.
    """
    waiting = connection.execute(
        "select row_number from quarantined where part = ? and line is null", [part]
    ).fetchall()
    if places.records is None or not waiting:
        return
    numbers, lines = places.surviving()
    held = [int(row[0]) for row in waiting]
    connection.execute(
        "update quarantined set row_number = known.number, line = known.found"
        " from (select unnest($held) as place, unnest($numbers) as number, unnest($lines) as found)"
        " as known where part = $part and line is null and row_number = known.place",
        {
            "part": part,
            "held": held,
            "numbers": [numbers[place - 1] for place in held],
            "lines": [lines[place - 1] for place in held],
        },
    )


def _in_text(
    part: Part, *, feed: str, delimiter: str, rows: int, rejected: list[tuple[int, str]]
) -> Places:
    assert part.surveyed is not None
    path, look = part.surveyed
    records: Sequence[int] = range(2, look.lines + 1)
    if len(records) != rows + len(rejected):  # values that span lines, empty lines, or a loss
        try:
            records = record_lines(path, delimiter=delimiter, columns=len(part.names))
        except UnterminatedQuote as problem:
            reason = "has a quoted value that never ends: the records after it cannot be told apart"
            raise refused(feed, part.path, reason, SENDER, line=problem.line) from problem
    lines = _lines_at(path, [position for position, _ in rejected])
    unreadable = tuple(zip(lines, (problem for _, problem in rejected), strict=True))
    if len(records) != rows + len(rejected) or not set(lines) <= set(records):
        raise _not_told_apart(feed, part.path, counted=len(records), read=rows + len(rejected))
    return Places(records=records, unreadable=unreadable)


def _not_told_apart(feed: str, path: Path, *, counted: int, read: int) -> Exception:
    reason = f"holds {counted} records by its quotes and line ends, and {read} could be read"
    return refused(feed, path, reason, SENDER, line=2)


def _lines_at(path: Path, positions: list[int]) -> list[int]:
    """Answer the line at each byte position, in ascending order."""
    lines: list[int] = []
    begin, line = 0, 1
    with open_bytes(path) as file:
        while len(lines) < len(positions) and (chunk := file.read(1 << 20)):
            within = [at for at in positions[len(lines) :] if at - 1 - begin < len(chunk)]
            lines += [line + chunk.count(b"\n", 0, max(at - 1 - begin, 0)) for at in within]
            begin += len(chunk)
            line += chunk.count(b"\n")
    return lines + [line] * (len(positions) - len(lines))
