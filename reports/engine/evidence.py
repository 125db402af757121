"""What the night knows, read once for all pages.

Belongs here: asking the few queries of the pages and grouping their rows.
Does not belong here: a query per page (39 pages a second instead of a thousand), or a judgement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

from duckdb import DuckDBPyConnection

from reports.engine import evidence_sql
from reports.engine.evidence_rows import (
    AgentMetric,
    Check,
    Course,
    Day,
    GroupValue,
    Metric,
    MissingFeed,
    Period,
    Scorecard,
)
from reports.engine.page_settings import PageSettings
from reports.engine.run_facts import RunFacts

Row = TypeVar("Row", bound=tuple[Any, ...])


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything the pages of one night are made of."""

    run: RunFacts
    settings: PageSettings
    period: Period | None
    newest_day: date | None
    metrics: Mapping[str, Metric]
    missing_feeds: Mapping[str, list[MissingFeed]]
    scorecards: list[Scorecard]
    agent_metrics: Mapping[str, list[AgentMetric]]
    courses: Mapping[str, Mapping[str, Course]]
    groups: Mapping[tuple[str, str | None], dict[str, GroupValue]]
    checks: list[Check]

    @property
    def centre(self) -> dict[str, GroupValue]:
        """The values of the whole centre, by metric."""
        return next((group for (kind, _), group in self.groups.items() if kind == "centre"), {})

    @property
    def provisional_until(self) -> date | None:
        """From when on no value of the period changes any more; nothing where none does now."""
        ends = [found.provisional_until for found in self.centre.values()]
        return max((end for end in ends if end is not None), default=None)


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

    def rows(shape: type[Row], query: str) -> list[Row]:
        used = {name: value for name, value in gaps.items() if f"${name}" in query}
        return [shape(*row) for row in connection.execute(query, used).fetchall()]

    courses = _grouped(rows(Course, evidence_sql.COURSES), "agent_id")
    groups = _grouped(rows(GroupValue, evidence_sql.GROUP_VALUES), "group_kind", "group_id")
    return Evidence(
        run=run,
        settings=settings,
        period=period,
        newest_day=rows(Day, evidence_sql.NEWEST_DAY)[0].day,
        metrics={row.metric: row for row in rows(Metric, evidence_sql.METRICS)},
        missing_feeds=_grouped(rows(MissingFeed, evidence_sql.MISSING_FEEDS), "metric"),
        scorecards=rows(Scorecard, evidence_sql.SCORECARDS),
        agent_metrics=_grouped(rows(AgentMetric, evidence_sql.AGENT_METRICS), "agent_id"),
        courses={agent: {row.metric: row for row in found} for agent, found in courses.items()},
        groups={group: {row.metric: row for row in found} for group, found in groups.items()},
        checks=rows(Check, evidence_sql.CHECKS),
    )


def _grouped(rows: list[Row], *keys: str) -> dict[Any, list[Row]]:
    """Put rows that are in order under their key."""
    return {key: list(found) for key, found in groupby(rows, attrgetter(*keys))}


def _period(connection: DuckDBPyConnection, settings: PageSettings) -> Period | None:
    for kind in settings.period_kinds:
        gaps = {"view": settings.view, "period_kind": kind}
        if found := connection.execute(evidence_sql.NEWEST_PERIOD, gaps).fetchone():
            return Period(*found)
    return None
