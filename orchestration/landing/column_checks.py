"""What one column holds: its typed value from its text, and every reason against it.

Belongs here: lexical form, type, range, list, year, the clock changes of a zone.
Does not belong here: rules between columns, and which text a column is made of (`row_checks`).

Lexical form first, cast second: DuckDB alone reads '1.5' as the integer 2, '0x1F' as 31 and a time
without a zone in whatever zone the session happens to have.
"""

from orchestration.landing import local_times
from orchestration.landing.contract import Column, Contract
from orchestration.landing.expressions import quoted, text_literal
from orchestration.landing.source_set import FeedMapping

CONTROL = "structure:control character"
# DuckDB takes T24:00:00 for the next day and an offset of 99 hours for one.
LOCAL_TIME = r"\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?"
_LEXICAL = {
    "integer": r"-?\d{1,18}",
    "decimal": r"-?\d{1,12}(\.\d+)?",
    "date": r"\d{4}-\d{2}-\d{2}",
    "timestamp": LOCAL_TIME + r"(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)",
    "local": LOCAL_TIME,
}
# As most exports write a moment: read and held to its form in half the CPU of cast and regex.
_PLAIN_FORM = "%Y-%m-%dT%H:%M:%SZ"


def text_name(name: str) -> str:
    """Name the text of a contract column beside its typed value."""
    return quoted(f"text of {name}")


def fold_name(name: str) -> str:
    """Name whether a local time is the second of a repeated hour."""
    return quoted(f"fold of {name}")


def typed_value(name: str, column: Column, *, contract: Contract, mapping: FeedMapping) -> str:
    """Write the value of a column from its text; null where the text is none of its type."""
    text = text_name(name)
    if column.type in {"string", "zone"}:
        return text
    if column.type != "timestamp":
        return f"try_cast({text} as {column.sql_type})"
    # What a row's own zone could not place is still local, and has a reason of its own.
    form = _LEXICAL["timestamp"] + (f"|{_LEXICAL['local']}" if mapping.row_zone else "")
    # By microseconds, because timezone('UTC', ...) asks the calendar library: twice the cost.
    moment = f"make_timestamp(epoch_us(try_cast({text} as timestamptz)))"
    utc = (
        f"case when {_is_plain(text)} then try_strptime({text}, '{_PLAIN_FORM}')"
        f" when {_is_of_form(text, form)} then {moment} end"
    )
    if mapping.file_zone is None:
        return utc
    here = local_times.moment(_local(name), zone=mapping.file_zone)
    if name in mapping.fold:
        here = local_times.resolved(
            _local(name),
            zone=mapping.file_zone,
            shifts=_shifts(contract, mapping.file_zone),
            is_second=fold_name(name),
        )
    return f"case when {_is_local(name)} then make_timestamp(epoch_us({here})) else {utc} end"


def _is_plain(text: str) -> str:
    """Write the condition for text that the plain form alone decides, to the letter.

    Its digits have to fill 20 bytes, and nothing around them is left to be ignored.
    """
    around = f"{text} >= '0' and suffix({text}, 'Z') and contains({text}, 'T')"
    return f"(strlen({text}) = 20 and {around})"


def _local(name: str) -> str:
    return f"try_cast({text_name(name)} as timestamp)"


def _is_local(name: str) -> str:
    return _is_of_form(text_name(name), _LEXICAL["local"])


def _is_of_form(text: str, form: str) -> str:
    return f"regexp_full_match({text}, '{form}')"


def _shifts(contract: Contract, zone: str) -> tuple[int, ...]:
    first, last = contract.between_years
    return local_times.shifts_back(zone, first_year=first, last_year=last)


def column_reasons(
    name: str, column: Column, *, contract: Contract, mapping: FeedMapping
) -> dict[str, str]:
    """Write each reason against one column's value with the condition for it."""
    text, value = text_name(name), quoted(name)
    reasons = {}
    if column.required:
        reasons[f"col:required:{name}"] = f"{text} is null"
    if column.type in {"string", "zone"}:
        longest = column.max_length or contract.max_text_length
        reasons[f"col:length:{name}"] = f"length({text}) > {longest}"
        reasons[f"{CONTROL}:{name}"] = f"regexp_matches({text}, '[\\x00-\\x1f\\x7f]')"
    else:
        reasons[f"col:{column.type}:{name}"] = _not_of_type(name, column)
    if column.type == "zone":
        reasons[f"col:zone:{name}"] = (
            # As one list, not IN (select …): a join would fill the table out of order (`land`).
            f"not list_contains((select list(name) from pg_timezone_names()), {text})"
        )
    if column.type == "timestamp":
        first, last = contract.between_years
        reasons[f"col:year:{name}"] = f"year({value}) not between {first} and {last}"
        if mapping.file_zone is not None:
            reasons |= _clock_change_reasons(name, contract=contract, mapping=mapping)
    if column.one_of:
        listed = ", ".join(text_literal(item) for item in column.one_of)
        reasons[f"col:enum:{name}"] = f"{text} not in ({listed})"
    if column.between:
        low, high = column.between
        reasons[f"col:range:{name}"] = f"{value} not between {low:g} and {high:g}"
    return reasons


def _not_of_type(name: str, column: Column) -> str:
    text, value = text_name(name), quoted(name)
    if column.type == "boolean":
        wrong = f"lower({text}) not in ('true', 'false', '1', '0')"
        # As most exports write it, told apart in half the CPU.
        return f"case when {text} in ('true', 'false') then false else {wrong} end"
    unread = f"{text} is not null and {value} is null"
    if column.type == "timestamp":  # its value is null where its form is wrong
        return unread
    wrong = f"({unread} or not {_is_of_form(text, _LEXICAL[column.type])})"
    if column.type == "integer":  # a fifth less CPU than the form of every one
        return f"case when {text} = {value}::varchar then false else {wrong} end"
    return wrong


def _clock_change_reasons(name: str, *, contract: Contract, mapping: FeedMapping) -> dict[str, str]:
    """Find a local time that the spring change skips or the autumn change has twice."""
    zone = mapping.file_zone or "UTC"
    never = local_times.nonexistent(_local(name), zone=zone)
    twice = local_times.ambiguous(_local(name), zone=zone, shifts=_shifts(contract, zone))
    unresolved = f" and {fold_name(name)} is null" if name in mapping.fold else ""
    return {
        f"time:nonexistent:{name}": f"{_is_local(name)} and {never}",
        f"time:ambiguous:{name}": f"{_is_local(name)}{unresolved} and {twice}",
    }
