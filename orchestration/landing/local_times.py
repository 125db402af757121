"""Local times of a zone: into UTC, and the two nights of the year on which that has no one answer.

Belongs here: the SQL for a time that a clock change skips or has twice.
Does not belong here: which columns are times (`row_checks`).

DuckDB resolves both silently. A repeated time has two moments, and they lie as far apart as the
clock was moved: an hour in London, 30 minutes on Lord Howe, two hours at Troll. So a time is
ambiguous where a moment that far away shows the same clock.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from orchestration.landing.expressions import text_literal


@cache
def shifts_back(zone: str, *, first_year: int, last_year: int) -> tuple[int, ...]:
    """Answer by how many seconds the clocks of a zone are ever set back, each size once."""
    there = ZoneInfo(zone)
    found = set()
    day, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year, 12, 31, tzinfo=UTC)
    before = day.astimezone(there).utcoffset()
    while day < end:
        day += timedelta(days=1)
        offset = day.astimezone(there).utcoffset()
        if before is not None and offset is not None and offset < before:
            found.add(int((before - offset).total_seconds()))
        before = offset
    return tuple(sorted(found))


def moment(local: str, *, zone: str) -> str:
    """Write the moment (with zone) of a local time, the one that DuckDB chooses."""
    return f"timezone({text_literal(zone)}, {local})"


def nonexistent(local: str, *, zone: str) -> str:
    """Write the condition for a local time that no clock of the zone ever showed."""
    return f"timezone({text_literal(zone)}, {moment(local, zone=zone)}) <> {local}"


def ambiguous(local: str, *, zone: str, shifts: tuple[int, ...]) -> str:
    """Write the condition for a local time that the clocks of the zone showed twice."""
    others = _other_moments(local, zone=zone, shifts=shifts)
    shown = [f"timezone({text_literal(zone)}, {other}) = {local}" for other in others]
    return f"({' or '.join(shown)})" if shown else "false"


def resolved(local: str, *, zone: str, shifts: tuple[int, ...], is_second: str) -> str:
    """Write the moment of a local time, the later one where `is_second` is true."""
    chosen = moment(local, zone=zone)
    others = [
        f"case when timezone({text_literal(zone)}, {other}) = {local} then {other} end"
        for other in _other_moments(local, zone=zone, shifts=shifts)
    ]
    both = ", ".join([chosen, *others])
    return f"case when ({is_second}) then greatest({both}) else least({both}) end"


def _other_moments(local: str, *, zone: str, shifts: tuple[int, ...]) -> list[str]:
    chosen = moment(local, zone=zone)
    return [f"({chosen} {sign} interval {size} second)" for size in shifts for sign in "+-"]
