"""What every page of a night has in common: its period, its run id, its links.

Belongs here: the words that are the same on all pages, said once.
Does not belong here: anything about one team or one agent.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from reports.engine import figures
from reports.engine.evidence import Evidence
from reports.engine.evidence_rows import Period
from reports.engine.wording import Words


@dataclass(frozen=True)
class Fact:
    """One labelled fact of a page's head."""

    label: str
    text: str
    day: str | None = None


@dataclass(frozen=True)
class Shell:
    """What all pages of a night say alike."""

    period: str
    covers: str
    as_of: Fact
    run_id: str
    source: str
    receipt: str


def shell_of(evidence: Evidence, words: Words) -> Shell:
    """Say the period and the run once for all pages."""
    run, period = evidence.run, evidence.period
    as_of = _day(run.as_of.date(), words)
    shown_as_of = Fact(words.say("facts.as_of"), as_of, figures.iso_date(run.as_of))
    source = run.source_set_label or run.source_set
    run_id = figures.run_groups(run.run_id)
    if period is None:
        nothing = words.say("period.none")
        return Shell(nothing, nothing, shown_as_of, run_id, source, nothing)
    dates = _dates(period, evidence.newest_day or run.as_of.date(), words)
    state = "period.closed" if period.is_closed else "period.open"
    until = provisional(evidence.provisional_until, words)
    return Shell(
        period=_period_name(period, words),
        covers=", ".join(filter(None, [words.say(state, dates=dates), until])),
        as_of=shown_as_of,
        run_id=run_id,
        source=source,
        receipt=words.say("shell.provenance", first_day=_day(period.first_date, words)),
    )


def provisional(until: date | None, words: Words) -> str:
    """Say until when late records may still change a value; nothing where they no longer may."""
    return "" if until is None else words.say("period.provisional", day=_day(until, words))


def _dates(period: Period, newest: date, words: Words) -> str:
    """Say from which day to which; an open period ends with its newest complete day."""
    last_day = period.end_date - timedelta(days=1)
    if not period.is_closed:
        last_day = max(period.first_date, min(last_day, newest))
    first = _day(period.first_date, words)
    if period.first_date.year == last_day.year:
        first = figures.day_and_month(period.first_date, words.list_of("months"))
    return words.say("period.dates", first=first, last=_day(last_day, words))


def _period_name(period: Period, words: Words) -> str:
    months = words.list_of("months")
    last_day = period.end_date - timedelta(days=1)
    if period.period_kind == "month":
        first = months[period.first_date.month - 1]
        return words.say("period.month", month=first, year=period.first_date.year)
    if period.period_kind == "quarter":
        return words.say(
            "period.quarter",
            first_month=months[period.first_date.month - 1],
            last_month=months[last_day.month - 1],
            year=last_day.year,
        )
    return words.say(
        "period.other", first=_day(period.first_date, words), last=_day(last_day, words)
    )


def _day(day: date, words: Words) -> str:
    return figures.long_date(day, words.list_of("months"))
