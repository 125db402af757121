"""The names of a file's columns: where they stand, and whether they can be told apart.

Belongs here: the header of a text file, names for columns that have none.
Does not belong here: the rows below it (`reading`), which names a contract needs (`row_checks`).
"""

import csv
from io import TextIOWrapper
from pathlib import Path

from orchestration.landing.readers.physical_lines import open_bytes
from orchestration.landing.source_set import FeedMapping

_SITE = "compare header_line and unnamed_columns in the source set's YAML with the file"


class WrongHeader(Exception):  # noqa: N818 - it is what is wrong with the file
    """A header whose columns cannot be used; the text says why.

    `next_step` says what to do, where it is not to ask the sender.
    """

    def __init__(self, reason: str, *, next_step: str | None = None) -> None:
        self.next_step = next_step
        super().__init__(reason)


def header(path: Path, *, mapping: FeedMapping) -> tuple[str, ...]:
    """Read the names from the first line of a text file; raises WrongHeader."""
    # What is wrong with the bytes of a later line is that line's matter, so they are let through.
    with TextIOWrapper(
        open_bytes(path), encoding="utf-8-sig", errors="surrogateescape", newline=""
    ) as file:
        names = tuple(next(csv.reader(file, delimiter=mapping.delimiter), []))
    "".join(names).encode()
    if names and names[0].lstrip().startswith("<"):
        raise WrongHeader(
            "is a web page, not a CSV file; most likely a log-in page was saved in its place",
            next_step="log in at the source, export again, deliver again",
        )
    if mapping.header_line > 1 and len(names) < 2:
        # With one column the empty lines above the records would be records.
        raise WrongHeader("has no header of several columns there", next_step=_SITE)
    return names


def named(names: tuple[str, ...], *, mapping: FeedMapping) -> tuple[str, ...]:
    """Name the columns whose header is empty, as the mapping says; raises WrongHeader.

    Then every column has a name, and no two have the same.
    """
    all_names = list(names)
    for name, place in mapping.unnamed_columns.items():
        if place > len(names) or names[place - 1].strip():
            found = f"is named {names[place - 1]}" if place <= len(names) else "is not there"
            raise WrongHeader(
                f"should have no name for column {place}: it {found}", next_step=_SITE
            )
        all_names[place - 1] = name
    _refuse_unfit(tuple(all_names))
    return tuple(all_names)


def _refuse_unfit(names: tuple[str, ...]) -> None:
    folded = [name.casefold() for name in names]
    twice = sorted({name for name in names if folded.count(name.casefold()) > 1})
    if twice:
        raise WrongHeader(f"has the column {', '.join(twice)} more than once")
    if not any(name.strip() for name in names) or "" in names:
        raise WrongHeader("has a column without a name in its header")
