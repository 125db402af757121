"""How a number, a date and a run id are written on a page.

Belongs here: typography of figures: true minus, no-break space before the per cent sign, m:ss.
Does not belong here: whether a value may be shown at all, and any word around it.
"""

import re
from collections.abc import Callable
from datetime import date, datetime

MINUS = "−"
NO_BREAK = "\u00a0"
# From here on, minutes are no longer what a reader compares.
HOURS_WITHOUT_MINUTES = 100

_HEX_TAIL = re.compile(r"[0-9a-f]{8,}$")


def share(value: float) -> str:
    """Write a share of one as a percentage with one decimal."""
    return f"{points(value * 100)}{NO_BREAK}%"


def round_share(value: float) -> str:
    """Write an agreed share, which seldom has decimals, without those it does not have."""
    return f"{_trim(points(value * 100))}{NO_BREAK}%"


def points(value: float) -> str:
    """Write points with one decimal; minus zero is zero."""
    return _signed_text(f"{value:,.1f}")


def round_points(value: float) -> str:
    """Write agreed points without the decimals they do not have."""
    return _trim(points(value))


def signed(value: float) -> str:
    """Write what is added or taken away, with its sign; zero has none."""
    text = points(value)
    return text if text == "0.0" or text.startswith(MINUS) else f"+{text}"


def seconds(value: float) -> str:
    """Write a length of time as m:ss."""
    whole = round(value)
    minutes, rest = divmod(abs(whole), 60)
    return f"{MINUS if whole < 0 else ''}{minutes}:{rest:02d}"


def duration(value: float) -> str:
    """Write a long time as hours and minutes."""
    hours, minutes = divmod(round(abs(value) / 60), 60)
    if hours >= HOURS_WITHOUT_MINUTES:
        return _signed_text(f"{value / 3600:,.0f}{NO_BREAK}h")
    text = (
        f"{hours:,}{NO_BREAK}h {minutes:02d}{NO_BREAK}min" if hours else f"{minutes}{NO_BREAK}min"
    )
    return f"{MINUS}{text}" if value < 0 and round(abs(value) / 60) else text


def count(value: float) -> str:
    """Write a count with thousands separated; decimals only where it has them."""
    return _trim(_signed_text(f"{value:,.1f}"))


def run_groups(run_id: str) -> str:
    """Write the digest at the end of a run id in groups of four, so that it can be read aloud."""
    tail = _HEX_TAIL.search(run_id)
    if tail is None:
        return run_id
    groups = re.findall(".{1,4}", tail.group())
    return " ".join([run_id[: tail.start()].rstrip("-_"), *groups]).strip()


def long_date(day: date, months: list[str]) -> str:
    """Write a day as "24 November 2026"; the month names are wording."""
    return f"{day_and_month(day, months)} {day.year}"


def day_and_month(day: date, months: list[str]) -> str:
    """Write a day whose year is said beside it as "24 November"."""
    return f"{day.day}{NO_BREAK}{months[day.month - 1]}"


def iso_date(day: date) -> str:
    """Write a day for machines."""
    return (day.date() if isinstance(day, datetime) else day).isoformat()


VALUE_BY_UNIT: dict[str, Callable[[float], str]] = {
    "share": share,
    "seconds": seconds,
    "points": points,
}
AGREED_BY_UNIT: dict[str, Callable[[float], str]] = {
    "share": round_share,
    "seconds": seconds,
    "points": round_points,
}


def _signed_text(text: str) -> str:
    if not text.startswith("-"):
        return text
    is_zero = not text.strip("-0.,")
    return text.removeprefix("-") if is_zero else MINUS + text.removeprefix("-")


def _trim(text: str) -> str:
    return text.removesuffix(".0")
