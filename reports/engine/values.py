"""How a metric's value, target and origin are said.

Belongs here: choosing the notation from the unit that the catalogue gives.
Does not belong here: arithmetic. A value arrives divided, a sum arrives summed.
"""

from reports.engine import figures
from reports.engine.evidence_rows import AgentMetric, Metric
from reports.engine.wording import Words


def value_text(metric: Metric, value: float) -> str:
    """Say a value in the metric's unit."""
    return figures.VALUE_BY_UNIT[metric.unit](value)


def counted_text(
    metric: Metric, numerator: float | None, denominator: float | None, *, words: Words
) -> str:
    """Say what a value was counted from, such as "319 of 418"."""
    if numerator is None or denominator is None:
        return ""
    is_time = metric.numerator_unit == "seconds"
    over = is_time and metric.denominator_unit != "seconds"
    return words.say(
        "units.time.over" if over else "units.share.of",
        numerator=_sum_text(numerator, metric.numerator_unit),
        denominator=_sum_text(denominator, metric.denominator_unit),
    )


def target_text(metric: Metric, row: AgentMetric, *, words: Words) -> str:
    """Say the target in force, a band as two ends, or that there is none."""
    say = figures.AGREED_BY_UNIT[metric.unit]
    if row.band_low is not None and row.band_high is not None:
        return words.say("units.band", low=say(row.band_low), high=say(row.band_high))
    return words.say("units.no_target") if row.target is None else say(row.target)


def agreed_text(metric: Metric, value: float | None) -> str:
    """Say one agreed mark, such as the floor."""
    return "" if value is None else figures.AGREED_BY_UNIT[metric.unit](value)


def sample_text(metric: Metric) -> str:
    """Say what n counts, inside a sentence."""
    return in_sentence(metric.sample_label or metric.label)


def in_sentence(label: str) -> str:
    """Write a label inside a sentence; an abbreviation such as CSAT keeps its capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _sum_text(value: float, unit: str | None) -> str:
    return figures.duration(value) if unit == "seconds" else figures.count(value)
