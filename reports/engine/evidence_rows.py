"""The rows that the queries of the pages return.

Belongs here: the columns of each, in the order of its query.
Does not belong here: a query, or anything that is worked out.
"""

from datetime import date
from typing import NamedTuple


class Period(NamedTuple):
    """The period the pages are about; `end_date` is the first day after it."""

    period_id: str
    period_kind: str
    first_date: date
    end_date: date
    is_closed: bool


class Scorecard(NamedTuple):
    """One agent's scorecard."""

    agent_id: str
    team_id: str | None
    supervisor_agent_id: str | None
    site_id: str | None
    job_role: str | None
    days: int
    gap_days: int
    composite_points: float | None
    state: str
    withheld_reason: str | None
    covered_share: float | None
    lost_share: float | None
    largest_share: float | None
    largest_metric: str | None
    is_roster_derived: bool


class AgentMetric(NamedTuple):
    """One metric on one agent's scorecard."""

    agent_id: str
    metric: str
    perspective: str
    state: str
    withheld_reason: str | None
    value: float | None
    numerator: float | None
    denominator: float | None
    n: int | None
    n_needed: int | None
    evidence_days: int | None
    provisional_until: date | None
    floor: float | None
    target: float | None
    stretch: float | None
    outer_low: float | None
    band_low: float | None
    band_high: float | None
    outer_high: float | None
    points: float | None
    perspective_share: float | None
    metric_share: float | None
    effective_share: float | None
    contribution_points: float | None
    perspective_points: float | None


class GroupValue(NamedTuple):
    """One metric of the centre, a team or a queue: a ratio of sums."""

    group_kind: str
    group_id: str | None
    metric: str
    value: float | None
    numerator: float | None
    denominator: float | None
    agents: int
    gap_days: int
    n: int | None
    state: str
    provisional_until: date | None


class Metric(NamedTuple):
    """What the catalogue says of a metric, as of the period's first day."""

    metric: str
    label: str
    asks: str
    unit: str
    better: str
    perspective: str
    numerator_unit: str | None
    denominator_unit: str | None
    sample_label: str | None


class MissingFeed(NamedTuple):
    """A feed a metric needs, and the source set does not declare, or that did not arrive whole."""

    metric: str
    feed: str
    is_left_out: bool


class Course(NamedTuple):
    """The weekly values of one agent's metric, oldest first."""

    agent_id: str
    metric: str
    weeks: list[date]
    values: list[float]
    events: int


class Check(NamedTuple):
    """Results of one check, counted."""

    check_id: str
    family: str
    severity: str
    status: str
    scopes: int
    explanations: list[str]


class Day(NamedTuple):
    """The newest complete day, if there is any."""

    day: date | None
