"""Every point of a scorecard, step by step, in words.

Belongs here: saying the rule of a metric's target with this agent's value in it.
Does not belong here: applying the rule. The points arrive finished.
"""

from reports.engine import figures, values
from reports.engine.evidence import Evidence
from reports.engine.evidence_rows import AgentMetric
from reports.engine.wording import Words


def steps_of(rows: list[AgentMetric], *, evidence: Evidence, words: Words) -> list[str]:
    """Explain each metric that has points."""
    said = [
        _step(row, evidence=evidence, words=words)
        for row in rows
        if row.points is not None and row.value is not None
    ]
    return said or [words.say("agent.steps.nothing")]


def _step(row: AgentMetric, *, evidence: Evidence, words: Words) -> str:
    metric = evidence.metrics[row.metric]
    is_band = row.band_low is not None
    rule = words.say(
        "agent.steps.band" if is_band else "agent.steps.rising",
        metric=metric.label,
        asks=metric.asks,
        at_target=figures.round_points(evidence.settings.score_scale.target),
        value=values.value_text(metric, row.value or 0),
        counted=values.counted_text(metric, row.numerator, row.denominator, words=words),
        points=figures.points(row.points or 0),
        floor=values.agreed_text(metric, row.floor),
        target=values.agreed_text(metric, row.target),
        stretch=values.agreed_text(metric, row.stretch),
        low=values.agreed_text(metric, row.band_low),
        high=values.agreed_text(metric, row.band_high),
        outer_low=values.agreed_text(metric, row.outer_low),
        outer_high=values.agreed_text(metric, row.outer_high),
    )
    if not row.effective_share:
        return f"{rule} {words.say('agent.steps.weight_without_score')}"
    return (
        f"{rule} {words.say('agent.steps.weight', weight=figures.round_share(row.effective_share))}"
    )
