"""Plain text that lines up.

Belongs here: tables, numbers and times as a terminal shows them.
Does not belong here: what is in them.
"""

from collections.abc import Sequence
from datetime import datetime

Cell = str | int | None


def table(titles: Sequence[str], rows: Sequence[Sequence[Cell]], *, indent: str = "") -> list[str]:
    """Line up rows below their titles: numbers to the right, words to the left, null as a dash."""
    cells = [list(titles), *([_written(cell) for cell in row] for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(titles))]
    is_number = [any(isinstance(row[at], int) for row in rows) for at in range(len(titles))]
    return [
        indent
        + "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, is_number, strict=True)
        ).rstrip()
        for row in cells
    ]


def utc(moment: datetime | None) -> str:
    """Write a naive UTC time to the minute."""
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "–"


def count(number: int, thing: str, things: str | None = None) -> str:
    """Write a number with its thing, in the singular where there is one."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def _written(cell: Cell) -> str:
    if cell is None:
        return "–"
    return f"{cell:,}" if isinstance(cell, int) else cell
