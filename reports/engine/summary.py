"""What the command line says of a night: published, withheld and why, not measured, page to open.

Belongs here: counts and sentences, finished to be printed or given as JSON.
Does not belong here: printing.
"""

from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from reports.engine.centre_notes import not_measured_lines
from reports.engine.evidence import Evidence, read_evidence
from reports.engine.file_names import CENTRE_PAGE
from reports.engine.group_rows import withheld_counts
from reports.engine.page_settings import load_settings
from reports.engine.reasons import reason_label
from reports.engine.run_facts import RunFacts
from reports.engine.wording import Words, load_words


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """What is not shown to how many people, and why, in words."""

    what: str
    reason_code: str
    reason: str
    people: int


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The facts of a published night."""

    run_id: str
    as_of: str
    source: str
    period_id: str | None
    provisional_until: str | None
    people: int
    scored: int
    teams: int
    days_left_out: int
    withheld: list[Withheld]
    not_measured: list[str]
    left_out: list[str]
    page: Path


def summarise(connection: DuckDBPyConnection, *, run: RunFacts, folder: Path) -> Summary:
    """Count what the run in `folder` shows, what it withholds and why."""
    words = load_words()
    evidence = read_evidence(connection, run=run, settings=load_settings())
    until = evidence.provisional_until
    return Summary(
        run_id=run.run_id,
        as_of=run.as_of.isoformat(),
        source=run.source_set_label or run.source_set,
        period_id=evidence.period.period_id if evidence.period else None,
        provisional_until=f"{until:%Y-%m-%d}" if until else None,
        people=len(evidence.scorecards),
        scored=sum(card.composite_points is not None for card in evidence.scorecards),
        teams=len({card.team_id for card in evidence.scorecards}),
        days_left_out=max((found.gap_days for found in evidence.centre.values()), default=0),
        withheld=_withheld(evidence, words),
        not_measured=not_measured_lines(evidence=evidence, words=words),
        left_out=list(run.left_out.values()),
        page=folder / CENTRE_PAGE,
    )


def _withheld(evidence: Evidence, words: Words) -> list[Withheld]:
    return [
        Withheld(
            what=evidence.metrics[metric].label if metric else words.say("summary.score"),
            reason_code=reason,
            reason=reason_label(reason, words=words),
            people=people,
        )
        for metric, counts in withheld_counts(evidence.scorecards, evidence=evidence)
        for reason, people in counts
    ]
