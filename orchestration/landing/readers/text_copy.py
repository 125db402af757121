"""A copy of a file as plain UTF-8 CSV, where DuckDB would otherwise decide something.

Belongs here: writing text values so that null, empty text and every character survive; encodings.
Does not belong here: what the values mean.
"""

import codecs
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from orchestration.landing.readers.physical_lines import open_bytes, with_one_line_end


class NotAWorkbook(Exception):  # noqa: N818 - it is what is wrong with the file
    """A file that is no workbook, or a workbook without the sheet; the text says which."""


class NotInEncoding(Exception):  # noqa: N818 - it is what is wrong with the file
    """Bytes that the declared encoding does not have, with the line they are on."""

    def __init__(self, line: int, encoding: str) -> None:
        self.line = line
        super().__init__(f"has bytes that are not {encoding}")


@dataclass(kw_only=True)
class TextCopy:
    """A copy in scratch: the columns seen, the place of each record, what could not be read."""

    path: Path
    names: tuple[str, ...]
    columns: tuple[str, ...]
    places: "array[int]" = field(default_factory=lambda: array("q"))
    unreadable: list[tuple[int, str]] = field(default_factory=list)


def csv_line(values: Iterable[str | None]) -> str:
    """Write one record: null as nothing, every text in quotes, so that '' stays ''."""
    fields = ("" if value is None else '"' + value.replace('"', '""') + '"' for value in values)
    return ",".join(fields) + "\n"


def copy_as_utf8(
    source: Path, target: Path, *, encoding: str, delimiter: str, header_line: int = 1
) -> Path:
    """Copy a CSV to UTF-8 with one kind of line end; raises NotInEncoding with the line.

    A header further down moves up to the first line. Empty lines, which are no records, stand where
    it and the lines above it were, so every record is on the line that it has in the source.
    """
    lines = _decoded(source, encoding=encoding)
    if header_line > 1:
        header = list(islice(lines, header_line))[header_line - 1 :]
        lines = chain(header, ["\n"] * (header_line - 1), lines)
    with target.open("w", encoding="utf-8", newline="") as copy:
        copy.writelines(with_one_line_end(lines, delimiter=delimiter))
    return target


def _decoded(source: Path, *, encoding: str) -> Iterator[str]:
    """Decode a file line by line; a line is never longer in memory than it is in the file."""
    decoder = codecs.getincrementaldecoder("cp1252" if encoding == "windows-1252" else encoding)()
    number, rest = 1, ""
    with open_bytes(source) as file:
        while True:
            chunk = file.read(1 << 20)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeError as problem:  # utf-16 without its mark is not a decode error
                before = chunk[: getattr(problem, "start", 0)].count(b"\n")
                raise NotInEncoding(number + before, encoding) from problem
            *whole, rest = (rest + text).split("\n")
            number += len(whole)
            yield from (f"{line}\n" for line in whole)
            if not chunk:
                break
    if rest:
        yield rest
