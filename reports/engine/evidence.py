"""What the night knows, read once for all pages.

Belongs here: the few queries of the pages and the shape of their rows.
Does not belong here: a query per page (39 pages a second instead of a thousand), or a judgement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from duckdb import DuckDBPyConnection

from reports.engine import evidence_sql
from reports.engine.page_settings import PageSettings
from reports.engine.run_facts import RunFacts


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
    n: int | None
    state: str


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
    """A feed a metric needs and the source set does not declare."""

    metric: str
    feed: str


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


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything the pages of one night are made of."""

    run: RunFacts
    settings: PageSettings
    period: Period | None
    newest_day: date | None
    metrics: Mapping[str, Metric]
    missing_feeds: Mapping[str, list[str]]
    scorecards: list[Scorecard]
    agent_metrics: Mapping[str, list[AgentMetric]]
    courses: Mapping[str, Mapping[str, Course]]
    groups: Mapping[tuple[str, str | None], dict[str, GroupValue]]
    checks: list[Check]


def read_evidence(
    connection: DuckDBPyConnection, *, run: RunFacts, settings: PageSettings
) -> Evidence:
    """Read all that the pages need, in ten queries however many pages there are."""
    period = _period(connection, settings)
    gaps = {
        "view": settings.view,
        "period_id": period.period_id if period else "",
        "first_date": period.first_date if period else run.as_of.date(),
        "trend_weeks": settings.trend.weeks,
        "as_of": run.as_of,
        "run_id": run.run_id,
    }
    missing = _rows(connection, MissingFeed, evidence_sql.MISSING_FEEDS, gaps)
    agent_metrics = _rows(connection, AgentMetric, evidence_sql.AGENT_METRICS, gaps)
    courses = _rows(connection, Course, evidence_sql.COURSES, gaps)
    groups = _rows(connection, GroupValue, evidence_sql.GROUP_VALUES, gaps)
    return Evidence(
        run=run,
        settings=settings,
        period=period,
        newest_day=_newest_day(connection, gaps),
        metrics={row.metric: row for row in _rows(connection, Metric, evidence_sql.METRICS, gaps)},
        missing_feeds={
            metric: [row.feed for row in rows]
            for metric, rows in groupby(missing, attrgetter("metric"))
        },
        scorecards=_rows(connection, Scorecard, evidence_sql.SCORECARDS, gaps),
        agent_metrics={
            agent: list(rows) for agent, rows in groupby(agent_metrics, attrgetter("agent_id"))
        },
        courses={
            agent: {row.metric: row for row in rows}
            for agent, rows in groupby(courses, attrgetter("agent_id"))
        },
        groups={
            group: {row.metric: row for row in rows}
            for group, rows in groupby(groups, attrgetter("group_kind", "group_id"))
        },
        checks=_rows(connection, Check, evidence_sql.CHECKS, gaps),
    )


Row = TypeVar("Row", bound=tuple[Any, ...])


def _rows(
    connection: DuckDBPyConnection, shape: type[Row], query: str, gaps: Mapping[str, object]
) -> list[Row]:
    used = {name: value for name, value in gaps.items() if f"${name}" in query}
    return [shape(*row) for row in connection.execute(query, used).fetchall()]


def _newest_day(connection: DuckDBPyConnection, gaps: Mapping[str, object]) -> date | None:
    rows = _rows(connection, _Day, evidence_sql.NEWEST_DAY, gaps)
    return rows[0].day if rows else None


class _Day(NamedTuple):
    day: date | None


def _period(connection: DuckDBPyConnection, settings: PageSettings) -> Period | None:
    for kind in settings.period_kinds:
        gaps: dict[str, str | datetime] = {"view": settings.view, "period_kind": kind}
        if found := _rows(connection, Period, evidence_sql.NEWEST_PERIOD, gaps):
            return found[0]
    return None
