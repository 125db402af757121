"""The SQL that turns text into typed values, and names everything that is wrong with a row.

Belongs here: lexical form, type, range, list, row rules: each reason with the condition for it.
Does not belong here: running it (`check`), reading files (`reading`).

Lexical form first, cast second: DuckDB alone reads '1.5' as the integer 2, '0x1F' as 31 and a time
without a zone in whatever zone the session happens to have.
"""

from dataclasses import dataclass

from orchestration.landing.contract import Column, Contract
from orchestration.landing.expressions import compile_expression, quoted, text_literal
from orchestration.landing.never_kept import NOT_KEPT
from orchestration.landing.source_set import FeedMapping

_CONTROL = "structure:control character"
_LEXICAL = {
    "integer": r"-?\d{1,18}",
    "decimal": r"-?\d{1,12}(\.\d+)?",
    "date": r"\d{4}-\d{2}-\d{2}",
    "timestamp": r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}(:?\d{2})?)",
    "local": r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?",
}


@dataclass(frozen=True, kw_only=True)
class RowChecks:
    """One feed's row checks: text columns, typed columns, and reason → condition.

    `early` are the conditions on the file's own columns, `late` those on text and typed values.
    """

    text: dict[str, str]
    typed: dict[str, str]
    early: dict[str, str]
    late: dict[str, str]

    @property
    def reasons(self) -> dict[str, str]:
        """Every reason with its condition on the row that `rows_sql` answers."""
        return {**{why: quoted(why) for why in self.early}, **self.late}

    def rows_sql(self, text_rows: str, *, numbered: bool = False) -> str:
        """Select the rows of a file: their text, typed values and early conditions."""
        number = ["row_number() over () as _row"] if numbered else []
        text = [f"{source} as {text_name(name)}" for name, source in self.text.items()]
        early = [f"({condition}) as {quoted(why)}" for why, condition in self.early.items()]
        typed = [f"{source} as {quoted(name)}" for name, source in self.typed.items()]
        return (
            f"(select *, {', '.join(typed)} from"
            f" (select {', '.join([*number, *text, *early])} from {text_rows}))"
        )

    @property
    def is_bad(self) -> str:
        """The condition for a row that has a reason.

        Control characters are looked for once in all texts together: one search a column costs
        1.3 CPU seconds more in a million rows.
        """
        strings = [text_name(name) for name in self.text if f"{_CONTROL}:{name}" in self.late]
        together = f"regexp_matches(concat_ws('|', {', '.join(strings)}), '[\\x00-\\x1f\\x7f]')"
        alone = [sql for why, sql in self.reasons.items() if not why.startswith(_CONTROL)]
        return " or ".join(f"coalesce(({sql}), false)" for sql in [together, *alone])


def row_checks(
    contract: Contract, mapping: FeedMapping, *, names: tuple[str, ...]
) -> tuple[RowChecks, frozenset[str]]:
    """Build the checks for a file with the columns `names`; answer also what the file lacks."""
    text: dict[str, str] = {}
    early: dict[str, str] = {}
    late: dict[str, str] = {}
    lacking: set[str] = set()
    for name, column in contract.columns.items():
        expression = compile_expression(_source_of(name, mapping))
        absent = expression.columns - set(names)
        if absent and (column.required or name in mapping.columns):
            lacking |= absent
        text[name] = "null" if absent else f"({expression.sql})::varchar"
        if not absent:
            for number, condition in enumerate(expression.unreadable):
                early[f"col:time:{name}" + (f":{number}" if number else "")] = condition
    for reason, condition in mapping.refuse_when.items():
        expression = compile_expression(condition)
        early[f"refused:{reason}"] = expression.sql
        lacking |= expression.columns - set(names)
    typed = {name: _typed(name, column, zone=mapping.zone) for name, column in _columns(contract)}
    for name, column in _columns(contract):
        late |= _column_reasons(name, column, contract=contract, zone=mapping.zone)
    late |= _row_reasons(contract)
    return RowChecks(text=text, typed=typed, early=early, late=late), frozenset(lacking)


def _row_reasons(contract: Contract) -> dict[str, str]:
    # Null is unknown, not wrong: a rule is broken where it is false.
    broken = {f"rule:{n}": f"not coalesce(({sql}), true)" for n, sql in contract.rules.items()}
    return broken | {f"{NOT_KEPT}{n}": f"({sql})" for n, sql in contract.never_keep.items()}


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
        reasons[f"{_CONTROL}:{name}"] = f"regexp_matches({text}, '[\\x00-\\x1f\\x7f]')"
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
    if column.type == "boolean":
        return f"lower({text}) not in ('true', 'false', '1', '0')"
    pattern = _LEXICAL[column.type]
    if column.type == "timestamp" and zone is not None:
        pattern = f"{pattern}|{_LEXICAL['local']}"
    return f"{text} is not null and (not regexp_full_match({text}, '{pattern}') or {value} is null)"


def _clock_change_reasons(name: str, *, zone: str) -> dict[str, str]:
    """Find a local time that the spring change skips or the autumn change has twice."""
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
