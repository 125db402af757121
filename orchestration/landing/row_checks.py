"""The SQL that turns text into typed values, and names everything that is wrong with a row.

Belongs here: lexical form, type, range, list, row rules: each reason with the condition for it.
Does not belong here: running it (`check`), reading files (`reading`).

Lexical form first, cast second: DuckDB alone reads '1.5' as the integer 2, '0x1F' as 31 and a time
without a zone in whatever zone the session happens to have.
"""

from dataclasses import dataclass

from orchestration.landing.contract import Column, Contract
from orchestration.landing.expressions import compile_expression, quoted, text_literal
from orchestration.landing.source_set import FeedMapping

_LEXICAL = {
    "integer": r"-?\d{1,18}",
    "decimal": r"-?\d{1,12}(\.\d+)?",
    "boolean": r"(?i)true|false|1|0",
    "date": r"\d{4}-\d{2}-\d{2}",
    "timestamp": r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}(:?\d{2})?)",
    "local": r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?",
}


@dataclass(frozen=True, kw_only=True)
class RowChecks:
    """One feed's row checks: text columns, typed columns, and reason → condition.

    `refusals` are what the mapping itself refuses; they do not count against the sender.
    """

    text: dict[str, str]
    typed: dict[str, str]
    reasons: dict[str, str]
    refusals: dict[str, str]


def row_checks(
    contract: Contract, mapping: FeedMapping, *, names: tuple[str, ...]
) -> tuple[RowChecks, frozenset[str]]:
    """Build the checks for a file with the columns `names`; answer also what the file lacks."""
    text: dict[str, str] = {}
    reasons: dict[str, str] = {}
    lacking: set[str] = set()
    for name, column in contract.columns.items():
        expression = compile_expression(_source_of(name, mapping))
        absent = expression.columns - set(names)
        if absent and (column.required or name in mapping.columns):
            lacking |= absent
        text[name] = "null" if absent else f"({expression.sql})::varchar"
        if not absent:
            for number, condition in enumerate(expression.unreadable):
                reasons[f"col:time:{name}" + (f":{number}" if number else "")] = condition
    refusals = {
        f"refused:{reason}": compile_expression(condition).sql
        for reason, condition in mapping.refuse_when.items()
    }
    lacking |= {
        name
        for condition in mapping.refuse_when.values()
        for name in compile_expression(condition).columns - set(names)
    }
    typed = {name: _typed(name, column, zone=mapping.zone) for name, column in _columns(contract)}
    for name, column in _columns(contract):
        reasons |= _column_reasons(name, column, contract=contract, zone=mapping.zone)
    for rule, condition in contract.rules.items():
        # Null is unknown, not wrong: a rule is broken where it is false.
        reasons[f"rule:{rule}"] = f"not coalesce(({condition}), true)"
    return RowChecks(text=text, typed=typed, reasons=reasons, refusals=refusals), frozenset(lacking)


def text_name(name: str) -> str:
    """Name the text of a contract column beside its typed value."""
    return quoted(f"text of {name}")


def _columns(contract: Contract) -> list[tuple[str, Column]]:
    return list(contract.columns.items())


def _source_of(name: str, mapping: FeedMapping) -> str:
    if name in mapping.columns:
        return mapping.columns[name]
    if name in mapping.constants:
        return text_literal(mapping.constants[name])
    return quoted(name)


def _typed(name: str, column: Column, *, zone: str | None) -> str:
    text = text_name(name)
    if column.type in {"string", "zone"}:
        return text
    if column.type != "timestamp":
        return f"try_cast({text} as {column.sql_type})"
    # A cast to a time with zone reads a text without offset in the session's zone, which is UTC.
    moment = f"try_cast({text} as timestamptz)"
    if zone is None:
        return f"timezone('UTC', {moment})"
    local = f"try_cast({text} as timestamp)"
    here = f"timezone('UTC', timezone({text_literal(zone)}, {local}))"
    is_local = f"regexp_full_match({text}, '{_LEXICAL['local']}')"
    return f"case when {is_local} then {here} else timezone('UTC', {moment}) end"


def _column_reasons(
    name: str, column: Column, *, contract: Contract, zone: str | None
) -> dict[str, str]:
    text, value = text_name(name), quoted(name)
    reasons = {}
    if column.required:
        reasons[f"col:required:{name}"] = f"{text} is null"
    if column.type in {"string", "zone"}:
        longest = column.max_length or contract.max_text_length
        reasons[f"col:length:{name}"] = f"length({text}) > {longest}"
        reasons[f"structure:control character:{name}"] = (
            f"regexp_matches({text}, '[\\x00-\\x1f\\x7f]')"
        )
    else:
        reasons[f"col:{column.type}:{name}"] = _not_of_type(name, column, zone=zone)
    if column.type == "zone":
        reasons[f"col:zone:{name}"] = (
            f"{text} is not null and {text} not in (select name from pg_timezone_names())"
        )
    if column.type == "timestamp":
        first, last = contract.between_years
        reasons[f"col:year:{name}"] = f"year({value}) not between {first} and {last}"
        if zone is not None:
            reasons |= _clock_change_reasons(name, zone=zone)
    if column.one_of:
        listed = ", ".join(text_literal(item) for item in column.one_of)
        reasons[f"col:enum:{name}"] = f"{text} not in ({listed})"
    if column.between:
        low, high = column.between
        reasons[f"col:range:{name}"] = f"{value} not between {low:g} and {high:g}"
    return reasons


def _not_of_type(name: str, column: Column, *, zone: str | None) -> str:
    text, value = text_name(name), quoted(name)
    pattern = _LEXICAL[column.type]
    if column.type == "timestamp" and zone is not None:
        pattern = f"{pattern}|{_LEXICAL['local']}"
    return (
        f"{text} is not null"
        f" and (not regexp_full_match({text}, '{pattern}') or {value} is null)"
    )


def _clock_change_reasons(name: str, *, zone: str) -> dict[str, str]:
    """A local time that the spring change skips, or that the autumn change has twice."""
    there = text_literal(zone)
    local = f"try_cast({text_name(name)} as timestamp)"
    is_local = f"regexp_full_match({text_name(name)}, '{_LEXICAL['local']}')"
    moment = f"timezone({there}, {local})"
    hour = "interval 1 hour"
    return {
        f"time:nonexistent:{name}": f"{is_local} and timezone({there}, {moment}) <> {local}",
        f"time:ambiguous:{name}": (
            f"{is_local} and (timezone({there}, {moment} + {hour}) = {local}"
            f" or timezone({there}, {moment} - {hour}) = {local})"
        ),
    }
