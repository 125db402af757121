"""What points, a target and a scorecard are, exactly as their owners write them.

Belongs here: the shape of each declaration by which a value is judged.
Does not belong here: what the value is (`catalogue`), and what needs two files (`judgement`).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from metrics.engine.vocabulary import Day, Declaration, Name, Perspective, Share, Text


class OneSidedScale(Declaration):
    """Points of a value at the floor, the target and the stretch."""

    at_floor: Decimal
    at_target: Decimal
    at_stretch: Decimal


class BandScale(Declaration):
    """Points of a value at the outer limit of a band and inside it."""

    at_outer_limit: Decimal
    inside: Decimal


class PointsScale(Declaration):
    """How attainment becomes points, from one day on."""

    effective_from: Day
    because: Text
    one_sided: OneSidedScale
    band: BandScale


class PointsScales(Declaration):
    """The history of the scale."""

    scales: tuple[PointsScale, ...] = Field(min_length=1)


class Band(Declaration):
    """Two-sided target: the inner band scores in full, the outer limits score nothing."""

    outer_low: Decimal
    low: Decimal
    high: Decimal
    outer_high: Decimal

    @model_validator(mode="after")
    def _limits_are_in_order(self) -> Self:
        if not self.outer_low < self.low <= self.high < self.outer_high:
            message = "the limits must rise: outer_low < low <= high < outer_high"
            raise ValueError(message)
        return self


class Target(Declaration):
    """What is asked of a role from one day on, who proposed it and who agreed."""

    job_role: Text
    effective_from: Day
    announced_on: Day
    proposed_by: Text
    agreed_by: Text
    because: Text
    floor: Decimal | None = None
    target: Decimal | None = None
    stretch: Decimal | None = None
    band: Band | None = None

    @model_validator(mode="after")
    def _is_one_kind_of_target(self) -> Self:
        one_sided = [
            limit for limit in (self.floor, self.target, self.stretch) if limit is not None
        ]
        if len(one_sided) != (3 if self.band is None else 0):
            message = "a target is either floor, target and stretch, or a band, whole and alone"
            raise ValueError(message)
        return self


class MetricTargets(Declaration):
    """The targets of one metric."""

    metric: Name
    targets: tuple[Target, ...] = Field(min_length=1)


class PerspectiveWeight(Declaration):
    """How much a perspective weighs, and each metric inside it."""

    share: Share
    metrics: Mapping[Name, Share] = Field(min_length=1)


class ScorecardVersion(Declaration):
    """Weights and coverage of a scorecard, from one day on."""

    effective_from: Day
    because: Text
    minimum_category_share: Share
    minimum_composite_share: Share
    perspectives: Mapping[Perspective, PerspectiveWeight] = Field(min_length=1)


class Scorecard(Declaration):
    """Which metrics are read together, and what each weighs."""

    scorecard: Name
    label: Text
    owner: Text
    period_kind: Literal["month", "quarter"]
    versions: tuple[ScorecardVersion, ...] = Field(min_length=1)
