"""What a measure and a metric are, exactly as their owners write them, and all of it together.

Belongs here: the shape of each declaration of what is measured.
Does not belong here: how a value is judged (`scoring`), what needs two files (`consistency`),
reading (`load`), and expressions (`expressions`).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from metrics.engine.conforming import Attribution, Periods, Tenure
from metrics.engine.scoring import MetricTargets, PointsScale, Scorecard
from metrics.engine.vocabulary import (
    Better,
    Day,
    Declaration,
    Dimension,
    Name,
    Perspective,
    Text,
    Unit,
)


class Measure(Declaration):
    """One additive count or sum of a fact table.

    `refined_by` are feeds that it can do without at a site that has none, and not for one night.
    """

    fact: Literal["fct_agent_day", "fct_agent_day_queue"]
    unit: Text
    label: Text
    feed: Name
    refined_by: tuple[Name, ...] = ()


class ParameterValue(Declaration):
    """What a measure is counted with, from one day on."""

    effective_from: Day
    value: Decimal
    because: Text


class Parameter(Declaration):
    """A dated number that measures are counted with."""

    counts: Text
    owner: Text
    values: tuple[ParameterValue, ...] = Field(min_length=1)


class Measures(Declaration):
    """The measures a definition may use and the parameters they are counted with."""

    measures: Mapping[Name, Measure] = Field(min_length=1)
    parameters: Mapping[Name, Parameter]


class MetricVersion(Declaration):
    """What the metric divides, from one day on."""

    effective_from: Day
    because: Text | None = None
    announced_on: Day | None = None
    approved_by: Text | None = None
    numerator: Text
    denominator: Text
    sample: Name


class Example(Declaration):
    """A worked example that a team leader can check by hand; it runs as a test."""

    day: Day
    because: Text
    given: Mapping[Name, int]
    expect: Decimal | None


class Reads(Declaration):
    """What a reader is told about the metric."""

    what_it_is: Text
    what_is_left_out: Text


class MetricDefinition(Declaration):
    """One metric, exactly as its owner wrote it."""

    metric: Name
    label: Text
    asks: Text
    owner: Text
    perspective: Perspective
    lens: Literal["outcome", "behaviour", "consistency"]
    evidence_class: Literal[
        "system_measured", "evaluator_judged", "customer_judged", "model_inferred"
    ]
    unit: Unit
    better: Better
    compare_within: tuple[Dimension, ...] = Field(min_length=1)
    never_alone: tuple[Name, ...] = ()
    reads: Reads
    versions: tuple[MetricVersion, ...] = Field(min_length=1)
    examples: tuple[Example, ...] = Field(min_length=1)

    def version_on(self, day: date) -> MetricVersion | None:
        """Return the version in force on a day, or nothing before the first one."""
        begun = [version for version in self.versions if version.effective_from <= day]
        return begun[-1] if begun else None


class Catalogue(Declaration):
    """Everything this package declares, consistent with itself."""

    measures: Mapping[Name, Measure]
    parameters: Mapping[Name, Parameter]
    metrics: tuple[MetricDefinition, ...]
    scales: tuple[PointsScale, ...]
    targets: tuple[MetricTargets, ...]
    scorecards: tuple[Scorecard, ...]
    attribution: Attribution
    tenure: Tenure
    periods: Periods
