"""The SQL that turns text into typed values, and names everything that is wrong with a row.

Belongs here: lexical form, type, range, list, row rules: each reason with the condition for it.
Does not belong here: running it (`check`), reading files (`reading`).

Lexical form first, cast second: DuckDB alone reads '1.5' as the integer 2, '0x1F' as 31 and a time
without a zone in whatever zone the session happens to have.
"""

from dataclasses import dataclass
from functools import partial

from orchestration.landing import local_times
from orchestration.landing.contract import Column, Contract
from orchestration.landing.expressions import compile_expression, quoted, text_literal
from orchestration.landing.never_kept import NOT_KEPT
from orchestration.landing.source_set import FeedMapping

_CONTROL = "structure:control character"
# DuckDB takes T24:00:00 for the next day and an offset of 99 hours for one.
_CLOCK = r"\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?"
_LEXICAL = {
    "integer": r"-?\d{1,18}",
    "decimal": r"-?\d{1,12}(\.\d+)?",
    "date": r"\d{4}-\d{2}-\d{2}",
    "timestamp": _CLOCK + r"(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)",
    "local": _CLOCK,
}


@dataclass(frozen=True, kw_only=True)
class RowChecks:
    """One feed's row checks: text columns, typed columns, and reason → condition.

    `early` are the conditions on the file's own columns, `late` those on text and typed values.
    """

    text: dict[str, str]
    folds: dict[str, str]
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
        folds = [f"({sql}) as {fold_name(name)}" for name, sql in self.folds.items()]
        early = [f"({condition}) as {quoted(why)}" for why, condition in self.early.items()]
        typed = [f"{source} as {quoted(name)}" for name, source in self.typed.items()]
        return (
            f"(select *, {', '.join(typed)} from"
            f" (select {', '.join([*number, *text, *folds, *early])} from {text_rows}))"
        )

    def is_bad(self, *, may_hold_controls: bool) -> str:
        """Write the condition for a row that has a reason.

        Control characters are looked for once in all texts together: one search a column costs
        0.8 CPU seconds more in a million rows, and none at all saves 1.5.
        """
        strings = [text_name(name) for name in self.text if f"{_CONTROL}:{name}" in self.late]
        together = f"regexp_matches(concat_ws('|', {', '.join(strings)}), '[\\x00-\\x1f\\x7f]')"
        found = [sql for why, sql in self.reasons.items() if not why.startswith(_CONTROL)]
        if may_hold_controls:
            found.append(together)
        return " or ".join(f"coalesce(({sql}), false)" for sql in found)


def columns_read(contract: Contract, mapping: FeedMapping) -> frozenset[str]:
    """Name the columns of a file that may be asked for, whether it has them or not."""
    expressions = [*map(partial(_source_of, mapping=mapping), contract.columns)]
    expressions += [*mapping.refuse_when.values(), *mapping.fold.values()]
    return frozenset().union(*(compile_expression(text).columns for text in expressions))


def row_checks(
    contract: Contract, mapping: FeedMapping, *, names: tuple[str, ...]
) -> tuple[RowChecks, frozenset[str]]:
    """Build the checks for a file with the columns `names`; answer also what the file lacks."""
    text: dict[str, str] = {}
    early: dict[str, str] = {}
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
    folds = {name: compile_expression(condition) for name, condition in mapping.fold.items()}
    for expression in folds.values():
        lacking |= expression.columns - set(names)
    checks = RowChecks(
        text=text,
        folds={name: fold.sql for name, fold in folds.items()},
        typed={
            name: _typed(name, column, contract=contract, mapping=mapping)
            for name, column in contract.columns.items()
        },
        early=early,
        late=_late_reasons(contract, mapping),
    )
    return checks, frozenset(lacking)


def _late_reasons(contract: Contract, mapping: FeedMapping) -> dict[str, str]:
    late: dict[str, str] = {}
    for name, column in contract.columns.items():
        late |= _column_reasons(name, column, contract=contract, mapping=mapping)
    return late | _row_reasons(contract)


def _row_reasons(contract: Contract) -> dict[str, str]:
    # Null is unknown, not wrong: a rule is broken where it is false.
    broken = {f"rule:{n}": f"not coalesce(({sql}), true)" for n, sql in contract.rules.items()}
    return broken | {f"{NOT_KEPT}{n}": f"({sql})" for n, sql in contract.never_keep.items()}


def text_name(name: str) -> str:
    """Name the text of a contract column beside its typed value."""
    return quoted(f"text of {name}")


def fold_name(name: str) -> str:
    """Name whether a local time is the second of a repeated hour."""
    return quoted(f"fold of {name}")


def _source_of(name: str, mapping: FeedMapping) -> str:
    if name in mapping.columns:
        return mapping.columns[name]
    if name in mapping.constants:
        return text_literal(mapping.constants[name])
    return quoted(name)


def _typed(name: str, column: Column, *, contract: Contract, mapping: FeedMapping) -> str:
    text = text_name(name)
    if column.type in {"string", "zone"}:
        return text
    if column.type != "timestamp":
        return f"try_cast({text} as {column.sql_type})"
    # By microseconds, because timezone('UTC', ...) asks the calendar library: twice the cost.
    utc = f"make_timestamp(epoch_us(try_cast({text} as timestamptz)))"
    if mapping.zone is None:
        return utc
    here = local_times.moment(_local(name), zone=mapping.zone)
    if name in mapping.fold:
        here = local_times.resolved(
            _local(name),
            zone=mapping.zone,
            shifts=_shifts(contract, mapping.zone),
            is_second=fold_name(name),
        )
    return f"case when {_is_local(name)} then make_timestamp(epoch_us({here})) else {utc} end"


def _local(name: str) -> str:
    return f"try_cast({text_name(name)} as timestamp)"


def _is_local(name: str) -> str:
    return f"regexp_full_match({text_name(name)}, '{_LEXICAL['local']}')"


def _shifts(contract: Contract, zone: str) -> tuple[int, ...]:
    first, last = contract.between_years
    return local_times.shifts_back(zone, first_year=first, last_year=last)


def _column_reasons(
    name: str, column: Column, *, contract: Contract, mapping: FeedMapping
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
        reasons[f"col:{column.type}:{name}"] = _not_of_type(name, column, zone=mapping.zone)
    if column.type == "zone":
        reasons[f"col:zone:{name}"] = (
            f"{text} is not null and {text} not in (select name from pg_timezone_names())"
        )
    if column.type == "timestamp":
        first, last = contract.between_years
        reasons[f"col:year:{name}"] = f"year({value}) not between {first} and {last}"
        if mapping.zone is not None:
            reasons |= _clock_change_reasons(name, contract=contract, mapping=mapping)
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


def _clock_change_reasons(name: str, *, contract: Contract, mapping: FeedMapping) -> dict[str, str]:
    """Find a local time that the spring change skips or the autumn change has twice."""
    zone = mapping.zone or "UTC"
    never = local_times.nonexistent(_local(name), zone=zone)
    twice = local_times.ambiguous(_local(name), zone=zone, shifts=_shifts(contract, zone))
    unresolved = f" and {fold_name(name)} is null" if name in mapping.fold else ""
    return {
        f"time:nonexistent:{name}": f"{_is_local(name)} and {never}",
        f"time:ambiguous:{name}": f"{_is_local(name)}{unresolved} and {twice}",
    }
