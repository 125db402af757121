"""Asking the sources, before a night lands what they answered.

Belongs here: which extracts a night makes, and which of them hold it because they are not there.
Does not belong here: how a source is asked (`orchestration.connectors`).
"""

import os
from datetime import date
from typing import TYPE_CHECKING

from orchestration.night.night import Night
from orchestration.night.progress import progress

if TYPE_CHECKING:
    from orchestration.connectors.outcome import ExtractOutcome


def fetch(night: Night, feed: str, *, day: date) -> "ExtractOutcome":
    """Make a feed's extract of a day: today's once, an earlier one as often as it is asked for."""
    from orchestration.connectors.run import run_extracts

    (outcome,) = run_extracts(
        night.source_set,
        now=night.now,
        environ=os.environ,
        feed=feed,
        day=day if day < night.now.date() else None,
        only_due=True,
    )
    return outcome


def fetch_what_is_due(night: Night) -> list[str]:
    """Make today's extracts that are not there yet; answers what holds the night.

    A look back asks nobody: it builds what was known then. A feed that the site publishes without
    holds nothing.
    """
    feeds = night.source_set.extracts
    if not feeds or night.as_of:
        return []
    with progress("Asking the sources"):
        outcomes = [fetch(night, feed, day=night.now.date()) for feed in sorted(feeds)]
    return [
        outcome.in_words()
        for outcome in outcomes
        if outcome.problem and _holds(night, outcome.feed)
    ]


def unfetched(night: Night) -> list[str]:
    """Say which extracts of today are not there; a look back waits for none."""
    if not night.source_set.extracts or night.as_of:
        return []
    from orchestration.connectors.run import due_extracts

    return [
        f"{feed}: its extract of {night.now.date()} is not there. Next: see why in the run of"
        f" feeds_daily, mend it, and fetch again: evenhand sources extract --feed {feed}"
        for feed in due_extracts(night.source_set, now=night.now)
        if _holds(night, feed)
    ]


def _holds(night: Night, feed: str) -> bool:
    return night.source_set.feeds[feed].when_incomplete == "hold"
