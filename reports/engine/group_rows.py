"""Tables about many people at once: the centre, a team, a queue.

Belongs here: one row per measure, one block per withheld metric.
Does not belong here: a mean of people. Every value here is a ratio of sums from `kpis`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from reports.engine import figures, reasons, values
from reports.engine.evidence import Evidence
from reports.engine.evidence_rows import GroupValue, Scorecard
from reports.engine.shell import Shell, provisional
from reports.engine.standing import Reach, Standing
from reports.engine.wording import Words


@dataclass(frozen=True, kw_only=True)
class MeasureRow:
    """One measure of a group; without a value, `sentence` stands in its place."""

    label: str
    provisional: str
    value: str
    counted: str
    n: str
    reach: str
    shape: str
    state: str
    sentence: str


@dataclass(frozen=True)
class Cell:
    """One measure of one group in a table of groups, with its n."""

    label: str
    value: str
    n: str


@dataclass(frozen=True)
class WithheldRow:
    """What is not shown to how many people for one reason."""

    what: str
    people: str
    why: str


def measure_rows(
    group: dict[str, GroupValue], standing: Standing, *, evidence: Evidence, words: Words
) -> list[MeasureRow]:
    """Lay out the measures of one group in the order of the scorecard."""
    return [
        _measure_row(
            name,
            group.get(name),
            standing.reach[name],
            name == standing.gap,
            evidence=evidence,
            words=words,
        )
        for name in evidence.metrics
    ]


def covers_of(group: dict[str, GroupValue], shell: Shell, words: Words) -> str:
    """Say which days are covered, and how many days of people are left out of them."""
    left_out = max((found.gap_days for found in group.values()), default=0)
    if not left_out:
        return shell.covers
    return words.count("facts.people_left_out", left_out, covers=shell.covers)


def heaviest_metrics(group_kind: str, *, evidence: Evidence) -> list[str]:
    """Choose the measures that a table of groups has columns for: measured, heaviest first."""
    measured = {
        name
        for (kind, _), group in evidence.groups.items()
        if kind == group_kind
        for name, found in group.items()
        if found.value is not None
    }
    return [name for name in evidence.metrics if name in measured][: evidence.settings.team_columns]


def cells_of(
    group: dict[str, GroupValue], names: Iterable[str], *, evidence: Evidence, words: Words
) -> list[Cell]:
    """Say the chosen measures of one group."""
    return [_cell(name, group.get(name), evidence=evidence, words=words) for name in names]


def withheld_rows(
    scorecards: list[Scorecard], *, evidence: Evidence, words: Words
) -> list[WithheldRow]:
    """Say what is withheld for these people, and why."""
    return [
        WithheldRow(
            what=evidence.metrics[metric].label if metric else words.say("centre.withheld.score"),
            people=figures.count(people),
            why=reasons.reason_label(reason, words=words),
        )
        for metric, counts in withheld_counts(scorecards, evidence=evidence)
        for reason, people in counts
    ]


def withheld_counts(
    scorecards: list[Scorecard], *, evidence: Evidence
) -> list[tuple[str | None, list[tuple[str, int]]]]:
    """Count the people per reason: for the score first (no metric), then for each metric."""
    counts: dict[str | None, Counter[str]] = {None: Counter()}
    for card in scorecards:
        if card.composite_points is None:
            counts[None][card.withheld_reason or "other"] += 1
        for row in evidence.agent_metrics.get(card.agent_id, []):
            # A reason that holds for the whole card is counted once, with the score.
            if row.state == "withheld" and row.withheld_reason != card.withheld_reason:
                found = counts.setdefault(row.metric, Counter())
                found[row.withheld_reason or "other"] += 1
    in_order = [None, *evidence.metrics]
    return [
        (metric, sorted(counts[metric].items(), key=lambda item: (-item[1], item[0])))
        for metric in in_order
        if counts.get(metric)
    ]


def _measure_row(
    name: str,
    found: GroupValue | None,
    reach: Reach,
    is_gap: bool,
    *,
    evidence: Evidence,
    words: Words,
) -> MeasureRow:
    metric = evidence.metrics[name]
    if found is None or found.value is None:
        return _absent_row(name, found, evidence=evidence, words=words)
    shape, state = _reading(reach, is_gap)
    return MeasureRow(
        label=metric.label,
        provisional=provisional(found.provisional_until, words),
        value=values.value_text(metric, found.value),
        counted=values.counted_text(metric, found.numerator, found.denominator, words=words),
        n=figures.count(found.n or 0),
        reach=words.say(
            "centre.measures.reach", reached=f"{reach.reached:,}", people=f"{reach.people:,}"
        )
        if reach.people
        else words.say("agent.table.dash"),
        shape=shape,
        state=words.say(f"centre.measures.{state}"),
        sentence=words.count("centre.measures.withheld_for", reach.withheld)
        if reach.withheld
        else "",
    )


def _absent_row(
    name: str, found: GroupValue | None, *, evidence: Evidence, words: Words
) -> MeasureRow:
    return MeasureRow(
        label=evidence.metrics[name].label,
        provisional="",
        value="",
        counted="",
        n="",
        reach="",
        shape="plain",
        state=words.say("states.not_measured"),
        sentence=_not_measured(name, found, evidence=evidence, words=words),
    )


def _reading(reach: Reach, is_gap: bool) -> tuple[str, str]:
    """Return the shape and the words for many people; one measure at most asks for attention."""
    if not reach.people:
        return "plain", "no_points"
    if reach.is_most:
        return "well", "most"
    return ("see", "gap") if is_gap else ("plain", "some")


def _not_measured(name: str, found: GroupValue | None, *, evidence: Evidence, words: Words) -> str:
    absence, feeds = reasons.absent_feeds(name, evidence=evidence, words=words)
    if feeds:
        return words.say(f"reasons.{absence}.agent", feeds=feeds)
    has_gaps = found is not None and found.gap_days > 0
    return words.say(f"reasons.{'days_left_out' if has_gaps else 'no_events'}.short")


def _cell(name: str, found: GroupValue | None, *, evidence: Evidence, words: Words) -> Cell:
    metric = evidence.metrics[name]
    if found is None or found.value is None:
        return Cell(metric.label, words.say("states.not_measured"), "")
    return Cell(metric.label, values.value_text(metric, found.value), figures.count(found.n or 0))
