"""Local times whose zone stands in a column of their own row.

Belongs here: such a time as a moment in UTC, and the reasons where it is none.
Does not belong here: what a clock change does to a local time (`local_times`).

The row's own columns are gone once it is kept apart, so the zone is resolved into the text: a row
in quarantine can still be dated, and checked again. Zones are written out one by one, because
DuckDB stops at the first name it does not know.
"""

from collections.abc import Callable

from orchestration.landing import local_times
from orchestration.landing.column_checks import LOCAL_TIME
from orchestration.landing.contract import Contract
from orchestration.landing.expressions import quoted, text_literal
from orchestration.landing.source_set import ZoneColumn


def in_utc(text: str, *, zone: ZoneColumn, contract: Contract) -> str:
    """Write a text as a time in UTC; it stays as it is where it has an offset or no one moment."""
    reasons = zone_reasons("", text, zone=zone, contract=contract)
    moment = _each(zone, lambda name: local_times.moment(_local(text), zone=name))
    return (
        f"case when {_is_local(text)} and not coalesce({' or '.join(reasons.values())}, true)"
        f" then timezone('UTC', {moment})::varchar || 'Z' else {text} end"
    )


def zone_reasons(column: str, text: str, *, zone: ZoneColumn, contract: Contract) -> dict[str, str]:
    """Write each reason against a local time with the condition for it."""
    first, last = contract.between_years

    def twice(name: str) -> str:
        shifts = local_times.shifts_back(name, first_year=first, last_year=last)
        return local_times.ambiguous(_local(text), zone=name, shifts=shifts)

    listed = ", ".join(text_literal(name) for name in zone.one_of)
    conditions = {
        "zone": f"coalesce({quoted(zone.column)}, '') not in ({listed})",
        "nonexistent": _each(zone, lambda name: local_times.nonexistent(_local(text), zone=name)),
        "ambiguous": _each(zone, twice),
    }
    return {
        f"time:{why}:{column}": f"({_is_local(text)} and {condition})"
        for why, condition in conditions.items()
    }


def _each(zone: ZoneColumn, write: Callable[[str], str]) -> str:
    """Write a value that depends on the zone of the row; null where the zone is none of them."""
    cases = " ".join(f"when {text_literal(name)} then {write(name)}" for name in zone.one_of)
    return f"(case {quoted(zone.column)} {cases} end)"


def _is_local(text: str) -> str:
    return f"regexp_full_match({text}, '{LOCAL_TIME}')"


def _local(text: str) -> str:
    return f"try_cast({text} as timestamp)"
