"""NDJSON: one object a line, every value as the text it was sent as.

Belongs here: from lines to text columns; digits as sent, nested values as their JSON text.
Does not belong here: types (`row_checks`).

DuckDB's JSON reader prints 1.50 as 1.5, drops keys it did not sample and turns a malformed line
into a row of nulls: this one keeps digits, and names the line.
"""

import json
from pathlib import Path

from orchestration.landing.readers.physical_lines import open_bytes
from orchestration.landing.readers.text_copy import TextCopy, csv_line


class _Digits(str):
    """A number as it was written; not a string of the sender's."""

    __slots__ = ()


class _KeyTwice(ValueError):  # noqa: N818 - it is what is wrong with the line
    """An object that says one thing twice: choosing one would be guessing."""


def copy_json_lines(source: Path, target: Path, *, wanted: frozenset[str]) -> TextCopy:
    """Copy the wanted keys of every object; a line that is no object is named, not dropped."""
    columns = tuple(sorted(wanted))
    copy = TextCopy(path=target, names=(), columns=columns)
    seen: dict[str, None] = {}
    with open_bytes(source) as lines, target.open("w", encoding="utf-8", newline="") as file:
        file.write(csv_line(columns))
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            record, problem = _record(line)
            if record is None:
                copy.unreadable.append((number, problem))
                continue
            seen.update(dict.fromkeys(record))
            copy.places.append(number)
            file.write(csv_line(_text(record.get(name)) for name in columns))
    copy.names = tuple(seen)
    return copy


def _record(line: bytes) -> tuple[dict[str, object] | None, str]:
    """Answer the object on a line, or null and what is wrong with the line."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return None, "invalid encoding"
    try:
        record = _DECODER.decode(text.strip("\ufeff \t\r\n"))
    except _KeyTwice:
        return None, "key twice"
    except (ValueError, RecursionError):
        return None, "not json"
    return (record, "") if isinstance(record, dict) else (None, "not json")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise _KeyTwice
    return record


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(
    parse_float=_Digits, parse_int=_Digits, parse_constant=_no_number, object_pairs_hook=_once
)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        # A lone surrogate cannot be written as UTF-8; it is no character.
        return None if value is None else value.encode("utf-8", "replace").decode()
    return _json(value)


def _json(value: object) -> str:
    """Write a nested value as JSON again, its numbers with the digits they came with."""
    if isinstance(value, _Digits):
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{_json(key)}:{_json(item)}" for key, item in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
