"""Functions a mapping may call, where plain SQL for a vendor's text could not be read aloud.

Belongs here: the form a text must have, and its value as SQL.
Does not belong here: which other parts of SQL are allowed (`expressions`).

A text of another form is never read as null: its row is kept apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class WrongCall(Exception):  # noqa: N818 - it is what is wrong with the expression
    """A function that is called with another number of arguments than it takes."""


@dataclass(frozen=True, kw_only=True)
class TextFunction:
    """One function: `value` is SQL over its arguments, `form` what the trimmed first one must be.

    An empty text has no value. Without a form every argument is right.
    """

    value: str
    form: str | None = None
    arguments: int = 1


_NUMBER = r"-?\d{1,9}(\.\d+)?"
_FROM_MICROSECONDS = "make_timestamp(try_cast({0} as bigint) * %s)::varchar || 'Z'"

FUNCTIONS = {
    # ' 150:00:30.500' is 540031 seconds: a TIME ends at 24 hours, a duration does not.
    "seconds_of": TextFunction(
        form=r"\d{1,6}:[0-5]\d:[0-5]\d(\.\d+)?",
        value="try_cast(split_part({0}, ':', 1) as bigint) * 3600"
        " + try_cast(split_part({0}, ':', 2) as bigint) * 60"
        " + try_cast(round(try_cast(split_part({0}, ':', 3) as decimal(9, 6))) as bigint)",
    ),
    "seconds_of_minutes": TextFunction(
        form=_NUMBER, value="try_cast(round(try_cast({0} as decimal(18, 9)) * 60) as bigint)"
    ),
    # '1,234.50%' is 12.345. A vendor that divides by nothing prints 'Infinity%': no share.
    "share_of": TextFunction(
        form=r"-?\d{1,3}(,?\d{3})*(\.\d+)?%|-?Infinity%|NaN%",
        value="try_cast(replace(replace({0}, '%', ''), ',', '') as decimal(18, 6)) * 0.01",
    ),
    "time_of_epoch_ms": TextFunction(form=r"\d{12,13}", value=_FROM_MICROSECONDS % 1_000),
    "time_of_epoch_seconds": TextFunction(form=r"\d{9,10}", value=_FROM_MICROSECONDS % 1_000_000),
    # A clock without a date: an end before its start is on the next day. Equal is no whole day.
    "end_after": TextFunction(
        arguments=2, value="case when {1} < {0} then {1} + interval 1 day else {1} end"
    ),
}


def call(name: str, arguments: Sequence[str]) -> tuple[str, str | None]:
    """Write a call as SQL, with the condition for a text that it cannot read; raises WrongCall."""
    function = FUNCTIONS[name]
    if len(arguments) != function.arguments:
        raise WrongCall(f"{name} takes {function.arguments}, not {len(arguments)}")
    if function.form is None:
        return f"({function.value.format(*arguments)})", None
    text = f"nullif(trim(({arguments[0]})::varchar), '')"
    unreadable = f"{text} is not null and not regexp_full_match({text}, '{function.form}')"
    return f"({function.value.format(text)})", unreadable
