"""Records in an answer, and each of them as one line of JSON with its numbers untouched.

Belongs here: reading JSON without altering a number, finding the rows, what goes with each.
Does not belong here: asking for the answer (`client`), where one answer follows another (`paging`).
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from orchestration.connectors.declared_rest import Beside, Records
from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.timespan import Span, moment, zulu


class NumberText(str):
    """A JSON number as it was written: no digit is lost, no zero is added."""

    __slots__ = ()


def read_json(text: str) -> Any:
    """Read JSON; raises ValueError. `NaN` and its like, which JSON does not have, become text."""
    return json.loads(text, parse_float=NumberText, parse_int=NumberText, parse_constant=str)


def as_line(value: Any) -> str:
    """Say a value as JSON on one line, letters as they are and numbers as they came."""
    if isinstance(value, NumberText):
        return value
    if isinstance(value, dict):
        said = (
            f"{json.dumps(name, ensure_ascii=False)}: {as_line(of)}" for name, of in value.items()
        )
        return "{" + ", ".join(said) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_line(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def look_up(answer: Any, path: str) -> Any:
    """Answer what stands at a path of names (`meta.next`), or null."""
    for name in path.split("."):
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def records_of(answer: Any, declared: Records, span: Span | None) -> list[dict[str, Any]]:
    """Answer the rows of one answer, with what belongs to each; raises ExtractFailed.

    An answer without the declared list is refused: an error that comes as 200 is not "no rows".
    """
    besides = [(beside, _by_key(answer, beside)) for beside in declared.beside]
    rows = []
    for record, carried in _walk(answer, declared.at.split("."), declared.carry, carried={}):
        row = {**carried, **record}
        for beside, by_key in besides:
            row.setdefault(beside.put, by_key.get(_key(row.get(beside.equals))))
        row.update(_times(row, declared, span))
        rows.append(row)
    return rows


def _walk(
    answer: Any, names: list[str], carry: tuple[str, ...], *, carried: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Go down the names, through every list on the way, noting what is to be carried."""
    if isinstance(answer, list):
        for item in answer:
            yield from _walk(item, names, carry, carried=carried)
    elif not isinstance(answer, dict):
        raise _unlike(f"holds {type(answer).__name__} where an object was expected")
    elif not names:
        yield answer, carried
    elif names[0] not in answer:
        raise _unlike(f"holds no `{names[0]}`")
    else:
        seen = {name: answer[name] for name in carry if name in answer}
        yield from _walk(answer[names[0]], names[1:], carry, carried={**carried, **seen})


def _by_key(answer: Any, beside: Beside) -> dict[str | None, dict[str, Any]]:
    listed = look_up(answer, beside.at)
    if listed is None:
        return {}
    return {_key(item.get(beside.key)): item for item in listed}


def _key(value: Any) -> str | None:
    return None if value is None else str(value)


def _times(row: dict[str, Any], declared: Records, span: Span | None) -> dict[str, str | None]:
    """Make times of offsets; one that is not there is null (a state that has not ended)."""
    if not declared.seconds_from_start:
        return {}
    start = _query_start(row, declared, span)
    return {
        name: None if row.get(field) is None else zulu(start + _seconds(row[field], field))
        for name, field in declared.seconds_from_start.items()
    }


def _seconds(value: Any, field: str) -> timedelta:
    try:
        return timedelta(seconds=float(value))
    except (TypeError, ValueError):
        raise _unlike(f"holds a `{field}` that is no number of seconds") from None


def _query_start(row: dict[str, Any], declared: Records, span: Span | None) -> datetime:
    if declared.query_start is None:
        assert span is not None  # the declaration asks for a window where offsets are used
        return span[0]
    try:
        return moment(str(row[declared.query_start]))
    except (KeyError, ValueError):
        raise _unlike(f"says no `{declared.query_start}` from which offsets count") from None


def _unlike(what: str) -> ExtractFailed:
    return ExtractFailed(
        f"the answer {what}",
        next_step="compare `records` with the source's documentation; its format may have changed",
        keeps_pages=True,
    )
