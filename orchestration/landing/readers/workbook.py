"""XLSX: one sheet, cell by cell, as text.

Belongs here: what the text of a cell is.
Does not belong here: types (`row_checks`).

A workbook stores a date as a number with a format and 5 as 5.0; the text is what a person sees in
the cell, without the rounding of its display. Formulas give the value they were saved with.
"""

import warnings
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.styles.numbers import is_datetime
from openpyxl.utils.exceptions import InvalidFileException

from orchestration.landing.readers.text_copy import NotAWorkbook, TextCopy, csv_line


def copy_workbook(
    source: Path, target: Path, *, sheet: str | None, header_line: int = 1, at_least: int = 0
) -> TextCopy:
    """Copy one sheet as text; a row that is empty in every column is no record.

    The names stand in row `header_line`; there are `at_least` so many columns, named or not.
    """
    workbook = _opened(source)
    try:
        rows = _sheet(workbook, sheet).iter_rows(min_row=header_line)
        header = _without_empty_end([_text(cell) for cell in next(iter(rows), ())])
        columns = tuple(name or "" for name in header)
        columns += ("",) * (at_least - len(columns))
        copy = TextCopy(path=target, names=columns, columns=columns)
        with target.open("w", encoding="utf-8", newline="") as file:
            file.write(csv_line(columns))
            for number, cells in enumerate(rows, header_line + 1):
                _copy_row(copy, file.write, number, _without_empty_end([*map(_text, cells)]))
    except (KeyError, ValueError, OSError, BadZipFile, SyntaxError) as problem:
        raise NotAWorkbook(f"cannot be read as a workbook: {problem}") from problem
    finally:
        workbook.close()
    return copy


def _copy_row(copy: TextCopy, write: Any, number: int, values: list[str | None]) -> None:
    if not values:
        return
    if len(values) > len(copy.columns):
        copy.unreadable.append((number, "too many columns"))
        return
    copy.places.append(number)
    write(csv_line(values + [None] * (len(copy.columns) - len(values))))


def _opened(source: Path) -> Any:
    try:
        with warnings.catch_warnings():  # openpyxl warns of styles and extensions we do not read
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(source, read_only=True, data_only=True)
    except (KeyError, ValueError, OSError, BadZipFile, InvalidFileException) as problem:
        reason = "is no workbook: a web page, a protected file or another kind of archive"
        raise NotAWorkbook(reason) from problem


def _sheet(workbook: Any, sheet: str | None) -> Any:
    names = workbook.sheetnames
    if sheet is None and len(names) != 1:
        raise NotAWorkbook(f"has the sheets {', '.join(names)}, and the mapping names none")
    if sheet is not None and sheet not in names:
        raise NotAWorkbook(f"has no sheet {sheet}; it has {', '.join(names)}")
    return workbook[sheet or names[0]]


def _text(cell: Any) -> str | None:
    value = cell.value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime) and is_datetime(cell.number_format) == "date":
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _hours(value)
    plain = format(Decimal(repr(value)), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _hours(value: timedelta) -> str:
    """Write a duration as [h]:mm:ss, beyond 24 hours too."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _without_empty_end(values: Iterable[str | None]) -> list[str | None]:
    kept = list(values)
    while kept and kept[-1] is None:
        kept.pop()
    return kept
