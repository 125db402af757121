"""A small centre as the warehouse would hold it on the evening of publication, made by hand.

Belongs here: the rows that the pages and the export read, with a dozen people in two teams.
Does not belong here: how a value comes about. The numbers are plain arithmetic on positions.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from duckdb import DuckDBPyConnection

AS_OF = datetime.fromisoformat("2026-11-24T02:00:00")
# Cases may change for ninety days after the last day of the period.
FINAL_FROM = date(2027, 3, 31)
PERIOD, FIRST_DAY, END_DAY = "2026-Q4", date(2026, 10, 1), date(2027, 1, 1)
ALWAYS = (date(1990, 1, 1), date(9999, 12, 31))
FEEDS = [
    "agent_roster",
    "agent_identity",
    "activity_type",
    "planned_activity",
    "actual_activity",
    "contact_leg",
    "case_record",
    "qa_evaluation",
    "survey_invitation",
    "survey_response",
]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric with its place on the scorecard and its target."""

    label: str
    feed: str
    perspective: str
    perspective_share: float
    metric_share: float = 1.0
    one_sided: tuple[float, float, float] | None = None
    band: tuple[float, float, float, float] | None = None
    units: tuple[str, str] = ("things", "things")

    @property
    def limits(self) -> tuple[float | None, ...]:
        return (*(self.one_sided or (None,) * 3), *(self.band or (None,) * 4))


METRICS = {
    "qa_score": Metric(
        label="QA score",
        feed="qa_evaluation",
        perspective="contact_quality",
        perspective_share=0.35,
        one_sided=(0.6, 0.85, 0.95),
    ),
    "resolution_rate": Metric(
        label="Resolution rate",
        feed="case_record",
        perspective="customer_outcome",
        perspective_share=0.30,
        metric_share=0.6,
        one_sided=(0.5, 0.72, 0.82),
    ),
    "csat": Metric(
        label="CSAT",
        feed="survey_response",
        perspective="customer_outcome",
        perspective_share=0.30,
        metric_share=0.4,
        one_sided=(0.5, 0.78, 0.9),
    ),
    "adherence": Metric(
        label="Adherence",
        feed="actual_activity",
        perspective="schedule",
        perspective_share=0.20,
        one_sided=(0.8, 0.92, 0.98),
        units=("seconds", "seconds"),
    ),
    "average_handle_time": Metric(
        label="Average handle time",
        feed="contact_leg",
        perspective="handling",
        perspective_share=0.15,
        band=(120.0, 320.0, 410.0, 660.0),
        units=("seconds", "contacts"),
    ),
}

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(kw_only=True)
class SmallCentre:
    """What may differ from test to test."""

    agents: list[tuple[str, str | None]] = field(
        default_factory=lambda: [
            (f"a{number:02d}", "alder" if number < 7 else "birch") for number in range(12)
        ]
    )
    has_targets: bool = True
    missing_feeds: tuple[str, ...] = ()
    left_out_because: str | None = None
    run_id: str = "2026-11-24-7f3a9c1e40d2"
    as_of: datetime = AS_OF
    weeks: int = 3
    # (agent, metric) → why it is withheld and how many are needed
    withheld: dict[tuple[str, str], tuple[str, int | None]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    # agent → days of the agent that are left out
    left_out: dict[str, int] = field(default_factory=dict)
    final_from: date | None = FINAL_FROM


Build = Callable[..., DuckDBPyConnection]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[SmallCentre], Path]:
    """The file of a small centre, built once: to copy it takes a fourth of building it."""
    folder = tmp_path_factory.mktemp("small_centres")
    files: dict[str, Path] = {}

    def file_of(centre: SmallCentre) -> Path:
        if repr(centre) not in files:
            path = folder / f"{len(files)}.duckdb"
            with duckdb.connect(str(path)) as connection:
                build_centre(centre, connection)
            files[repr(centre)] = path
        return files[repr(centre)]

    return file_of


@pytest.fixture
def warehouse(built: Callable[[SmallCentre], Path], tmp_path: Path) -> Iterator[Build]:
    """Make the warehouse of a small centre; it is closed after the test."""
    opened: list[DuckDBPyConnection] = []
    folder = tmp_path / "small_warehouses"
    folder.mkdir()

    def build(**differences: Any) -> DuckDBPyConnection:
        copied = shutil.copyfile(
            built(SmallCentre(**differences)), folder / f"{len(opened)}.duckdb"
        )
        opened.append(duckdb.connect(str(copied)))
        return opened[-1]

    yield build
    for connection in opened:
        connection.close()


def build_centre(centre: SmallCentre, connection: DuckDBPyConnection) -> None:
    connection.execute(Path(__file__).with_name("small_centre.sql").read_text(encoding="utf-8"))
    rows: Rows = {}
    _declare(centre, rows)
    for position, (agent, team) in enumerate(centre.agents):
        _add_agent(centre, position, (agent, team), rows)
    _add_groups(centre, rows)
    for table, found in rows.items():
        # One statement per table: a statement per row takes twenty times as long.
        gaps = ", ".join("?" * len(found[0])) if found else ""
        every_row = ", ".join(f"({gaps})" for _ in found)
        values = [value for row in found for value in row]
        if found:
            connection.execute(f"insert into {table} values {every_row}", values)


def _declare(centre: SmallCentre, rows: Rows) -> None:
    label = centre.labels.get("source", "Made-up centre")
    rows["run.context"] = [(centre.run_id, centre.as_of, "made_up", label)]
    rows["run.feed"] = [
        (feed, is_there, False, 30, None if is_there else centre.left_out_because)
        for feed in FEEDS
        for is_there in [feed not in centre.missing_feeds]
    ]
    rows["conformed.dim_period"] = [
        (PERIOD, "quarter", FIRST_DAY, END_DAY, False),
        ("2026-11", "month", date(2026, 11, 1), date(2026, 12, 1), False),
    ]
    rows["facts.fct_agent_day"] = [
        ("a00", date(2026, 11, 23), True),
        ("a00", date(2026, 11, 24), False),
    ]
    for name, metric in METRICS.items():
        said = centre.labels.get(name, metric.label)
        perspective, share = metric.perspective, metric.perspective_share
        catalogued = (name, said, "Why?", "team", perspective, "outcome", "system_measured")
        unit = "seconds" if metric.band else "share"
        _add(rows, "catalogue.metric", *catalogued, unit, "higher")
        _add(rows, "catalogue.metric_version", name, 1, *ALWAYS)
        _add(rows, "catalogue.metric_target", name, "*", *ALWAYS, *metric.limits[:3])
        weight = (perspective, share, name, metric.metric_share)
        _add(rows, "catalogue.scorecard_weight", "agent", *ALWAYS, *weight)
        for side, its_unit in zip(
            ("numerator", "denominator", "sample"), (*metric.units, "things"), strict=True
        ):
            measure = f"{name}_{side}"
            counted = f"{metric.label.lower()} events"
            _add(
                *(rows, "catalogue.measure", measure, "fct_agent_day", its_unit, counted),
                metric.feed,
            )
            _add(rows, "catalogue.metric_term", name, 1, side, measure, 1)
    _declare_checks(centre, rows)


def _declare_checks(centre: SmallCentre, rows: Rows) -> None:
    results = [
        ("evaluators_agree", "fair", "form", "withhold", "passed", "36 of 40 pairs agree."),
        ("one_metric_does_not_crowd_out", "fair", "view", "warn", "failed", "55 % for one."),
        ("agent_days_arrived", "complete", "table", "block", "passed", "99 rows."),
        ("a_check_about_one_agent", "fair", "agent", "warn", "failed", "Agent a05 did it."),
    ]
    for check, family, scope, severity, status, said in results:
        whole = (check, family, scope, "all", severity, status, 1.0, 1.0, 9, None, said)
        _add(rows, "gate.check_result", centre.run_id, *whole)
    earlier = ("agent_days_arrived", "complete", "table", "t", "block", "failed", 1.0, 1.0, 9)
    _add(rows, "gate.check_result", "2026-11-23-000000000000", *earlier, None, "The night before.")


@dataclass
class Line:
    """One metric of one agent, before and after the weights are spread."""

    name: str
    state: str
    reason: str | None
    needed: int | None
    value: float | None
    top: int | None
    under: int | None
    limits: tuple[float | None, ...]
    points: float | None
    effective: float | None = None

    @property
    def metric(self) -> Metric:
        return METRICS[self.name]


def _add_agent(centre: SmallCentre, position: int, who: tuple[str, str | None], rows: Rows) -> None:
    agent, team = who
    lines = [_line(centre, position, agent, name) for name in METRICS]
    _spread_weights(lines)
    for line in lines:
        _add_line(centre, position, agent, line, lines, rows)
    with_points = [line for line in lines if line.points is not None]
    covered = sum(_weight(line) for line in with_points)
    is_scored = covered >= 0.65
    reason = None if is_scored else "too_little_weight_covered"
    if not centre.has_targets:
        reason = "no_target_in_force"
    elif all(line.state == "not_measured" for line in lines):
        reason = "nothing_measured"
    composite = 100 + sum(_adds(line) or 0 for line in with_points)
    largest = max(with_points, key=lambda line: line.effective or 0, default=None)
    _add(
        rows,
        "scorecards.scorecard_agent_period",
        *(agent, PERIOD, "coaching", team, "boss" if team else None, "north", "agent", 36),
        centre.left_out.get(agent, 0),
        *(composite if is_scored else None, "measured" if is_scored else "withheld", reason),
        *(covered, 1 - covered, largest and largest.effective, largest and largest.name, False),
    )


def _line(centre: SmallCentre, position: int, agent: str, name: str) -> Line:
    metric = METRICS[name]
    limits = metric.limits if centre.has_targets else (None,) * 7
    if metric.feed in centre.missing_feeds:
        not_there = (None, None, None)
        why = "feed_did_not_arrive" if centre.left_out_because else "feed_not_declared"
        return Line(name, "not_measured", why, None, *not_there, limits, None)
    state, (reason, needed) = "measured", (None, None)
    if (agent, name) in centre.withheld:
        state, (reason, needed) = "withheld", centre.withheld[agent, name]
    place = (position * 37 + len(name) * 13) % 100 / 100
    low, high = (300.0, 460.0) if metric.one_sided is None else metric.one_sided[::2]
    under = 7 if state == "withheld" else 100 + position * 3
    scale = 3600 if metric.units == ("seconds", "seconds") else 1
    top = round((low + (high - low) * (0.25 + place * 0.8)) * under * scale)
    value = top / (under * scale)
    points = _points(value, metric) if state == "measured" and centre.has_targets else None
    return Line(name, state, reason, needed, value, top, under * scale, limits, points)


def _spread_weights(lines: list[Line]) -> None:
    with_points = [line for line in lines if line.points is not None]
    whole = sum(
        {line.metric.perspective: line.metric.perspective_share for line in with_points}.values()
    )
    for line in with_points:
        inside = sum(
            other.metric.metric_share
            for other in with_points
            if other.metric.perspective == line.metric.perspective
        )
        share = line.metric.perspective_share / whole
        line.effective = share * line.metric.metric_share / inside


def _add_line(
    centre: SmallCentre, position: int, agent: str, line: Line, lines: list[Line], rows: Rows
) -> None:
    n = None if line.under is None else min(line.under, 100 + position * 3)
    outcome = (line.state, line.reason, line.needed)
    sums = (line.top, line.under, n)
    _add(
        rows,
        "kpis.kpi_agent_period",
        agent,
        PERIOD,
        line.name,
        *sums,
        4,
        line.value,
        *outcome,
        centre.final_from,
    )
    metric = line.metric
    same = [one for one in lines if one.metric.perspective == metric.perspective and one.effective]
    weighted = sum(one.points * one.effective for one in same)
    mean = weighted / sum(one.effective for one in same) if same else None
    _add(
        rows,
        "scorecards.scorecard_agent_period_metric",
        *(agent, PERIOD, "coaching", line.name, metric.perspective, line.value, *sums, *outcome),
        *(*line.limits, line.points, metric.perspective_share, metric.metric_share),
        *(line.effective, _adds(line), mean),
    )
    for week in range(centre.weeks if line.value is not None else 0):
        first = date(2026, 11, 23) - timedelta(days=7 * (centre.weeks - week))
        wiggle = ((position * 7 + week * 5) % 11 - 5) / 100
        weekly = (line.value or 0) * (1 + wiggle)
        _add(rows, "kpis.kpi_agent_week", agent, first, line.name, 5, 7, 4, weekly)


def _adds(line: Line) -> float | None:
    if line.effective is None or line.points is None:
        return None
    return line.effective * (line.points - 100)


def _weight(line: Line) -> float:
    return line.metric.perspective_share * line.metric.metric_share


def _points(value: float, metric: Metric) -> float:
    if metric.one_sided is None:
        assert metric.band
        outer_low, band_low, band_high, outer_high = metric.band
        if value < band_low:
            return max(0.0, 100 * (value - outer_low) / (band_low - outer_low))
        return min(100.0, max(0.0, 100 * (outer_high - value) / (outer_high - band_high)))
    floor, target, stretch = metric.one_sided
    if value < target:
        return max(0.0, 100 * (value - floor) / (target - floor))
    return min(120.0, 100 + 20 * (value - target) / (stretch - target))


def _add_groups(centre: SmallCentre, rows: Rows) -> None:
    team_of = dict(centre.agents)
    sums: dict[tuple[str, str | None, str], list[int]] = {}
    for agent, _, name, top, under, n, *_ in rows.get("kpis.kpi_agent_period", []):
        groups = [("centre", "centre"), ("team", team_of[agent])]
        if name != "adherence":
            groups += [("queue_family", "billing"), ("queue_family", "disputes")]
        for kind, group in groups:
            found = sums.setdefault((kind, group, name), [0, 0, 0, 0])
            if under is not None:
                sums[kind, group, name] = [
                    old + new for old, new in zip(found, (top, under, n, 1), strict=True)
                ]
    for (kind, group, name), (top, under, n, agents) in sums.items():
        found = (None, None, None, 0, None, "not_measured")
        if under:
            found = (top, under, n, agents, top / under, "measured")
        members = [agent for agent, team in centre.agents if kind == "centre" or team == group]
        left_out = sum(centre.left_out.get(agent, 0) for agent in members)
        _add(
            rows,
            "kpis.kpi_group_period",
            kind,
            group,
            PERIOD,
            name,
            *found,
            left_out,
            centre.final_from,
        )


def _add(rows: Rows, table: str, *values: Any) -> None:
    rows.setdefault(table, []).append(values)
