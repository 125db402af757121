"""The table "How the score adds up" of an agent's page.

Belongs here: one row per category and per metric, finished for the template.
Does not belong here: why a value is withheld (`reasons`), and any arithmetic beyond adding up the
printed parts.
"""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TypedDict

from reports.engine import drawing, figures, reasons, values
from reports.engine.evidence import Evidence
from reports.engine.evidence_rows import AgentMetric, Metric, Scorecard
from reports.engine.largest_remainder import rounded_parts
from reports.engine.shell import provisional
from reports.engine.wording import Words


@dataclass(frozen=True, kw_only=True)
class MetricRow:
    """One metric: either its figures, or the sentence that stands in their place."""

    label: str
    state: str
    provisional: str = ""
    value: str = ""
    counted: str = ""
    target: str = ""
    n: str = ""
    points: str = ""
    place: str = ""
    adds: str = ""
    spark: drawing.Spark | None = None
    course: str = ""
    sentence: str = ""
    meter_share: str = ""
    meter_words: str = ""


class _Course(TypedDict):
    """The part of a row that shows the weeks."""

    spark: drawing.Spark | None
    course: str


@dataclass(frozen=True, kw_only=True)
class Category:
    """One category with its metrics; points and adds are empty when nothing in it has points."""

    label: str
    weight: str
    points: str
    adds: str
    rows: list[MetricRow]


def categories_of(card: Scorecard, *, evidence: Evidence, words: Words) -> list[Category]:
    """Lay out the metrics of one scorecard under their categories."""
    rows = evidence.agent_metrics.get(card.agent_id, [])
    adds = _adds(card, rows, evidence)
    found = []
    for perspective, grouped in groupby(rows, attrgetter("perspective")):
        metrics = list(grouped)
        tenths = [adds[row.metric] for row in metrics if row.metric in adds]
        found.append(
            Category(
                label=words.say(f"perspectives.{perspective}"),
                weight=_category_weight(card, metrics, words),
                points=_or_nothing(metrics[0].perspective_points),
                adds=figures.signed(sum(tenths) / 10) if tenths else "",
                rows=[
                    _row(row, adds, siblings=metrics, evidence=evidence, words=words)
                    for row in metrics
                ],
            )
        )
    return found


def weight_of(row: AgentMetric) -> float:
    """Return the part of the scorecard that this metric carries when all is measured."""
    return (row.perspective_share or 0) * (row.metric_share or 0)


def _adds(card: Scorecard, rows: list[AgentMetric], evidence: Evidence) -> dict[str, int]:
    """Return what each metric adds, in tenths of a point, as it will be printed."""
    if card.composite_points is None:
        return {}
    parts = {
        row.metric: row.contribution_points for row in rows if row.contribution_points is not None
    }
    # The total is printed with one decimal, so the parts add up to that, not to what lies behind.
    printed = round(card.composite_points, 1) - evidence.settings.score_scale.target
    return rounded_parts(parts, total=printed)


def _row(
    row: AgentMetric,
    adds: dict[str, int],
    *,
    siblings: list[AgentMetric],
    evidence: Evidence,
    words: Words,
) -> MetricRow:
    metric = evidence.metrics[row.metric]
    if row.state != "measured" or row.value is None:
        return _held_row(row, siblings, evidence=evidence, words=words)
    return MetricRow(
        label=metric.label,
        state=row.state,
        provisional=provisional(row.provisional_until, words),
        value=values.value_text(metric, row.value),
        counted=values.counted_text(metric, row.numerator, row.denominator, words=words),
        target=values.target_text(metric, row, words=words),
        n=figures.count(row.n or 0),
        points=_or_nothing(row.points),
        place=""
        if row.points is None
        else drawing.place(row.points, evidence.settings.score_scale),
        adds=figures.signed(adds[row.metric] / 10) if row.metric in adds else "",
        **_course(row, metric, evidence=evidence, words=words),
    )


def _course(row: AgentMetric, metric: Metric, *, evidence: Evidence, words: Words) -> _Course:
    found = evidence.courses.get(row.agent_id, {}).get(row.metric)
    weekly = found.values if found else []
    is_drawn = len(weekly) >= evidence.settings.trend.minimum_weeks
    return _Course(
        spark=drawing.spark(weekly) if is_drawn else None,
        course=words.count(
            "counted.course" if is_drawn else "counted.no_course",
            len(weekly),
            low=values.value_text(metric, min(weekly, default=0)),
            high=values.value_text(metric, max(weekly, default=0)),
        ),
    )


def _held_row(
    row: AgentMetric, siblings: list[AgentMetric], *, evidence: Evidence, words: Words
) -> MetricRow:
    sentences = [
        reasons.metric_reason(row, evidence=evidence, words=words),
        _weight_sentence(row, siblings, words),
    ]
    reached = reasons.progress(row)
    have, needed = reached or (0, 1)
    return MetricRow(
        label=evidence.metrics[row.metric].label,
        state=row.state,
        sentence=" ".join(sentences),
        meter_share=drawing.part(have, needed) if reached else "",
        meter_words=words.say(
            f"agent.held.meter.{row.withheld_reason}",
            have=figures.count(have),
            needed=figures.count(needed),
        )
        if reached
        else "",
    )


def _weight_sentence(row: AgentMetric, siblings: list[AgentMetric], words: Words) -> str:
    if not weight_of(row):
        return words.say("weight.unscored")
    is_carried = any(sibling.effective_share for sibling in siblings)
    return words.say(
        "weight.carried" if is_carried else "weight.lost",
        weight=figures.round_share(weight_of(row)),
        perspective=words.say(f"perspectives.{row.perspective}").lower(),
    )


def _category_weight(card: Scorecard, metrics: list[AgentMetric], words: Words) -> str:
    agreed = metrics[0].perspective_share or 0
    effective = sum(row.effective_share or 0 for row in metrics)
    weight = figures.round_share(agreed)
    if card.composite_points is None:
        return words.say("weight.share", weight=weight)
    if not effective and any(row.points is not None for row in metrics):
        return words.say("weight.not_counted", weight=weight)
    if not effective or figures.round_share(effective) == weight:
        return words.say("weight.share", weight=weight)
    return words.say("weight.counts_as", weight=weight, effective=figures.round_share(effective))


def _or_nothing(points: float | None) -> str:
    return "" if points is None else figures.points(points)
