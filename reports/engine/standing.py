"""Where a team or the centre stands: how many people reach target in which measure.

Belongs here: counting people and choosing which true sentence heads the page.
Does not belong here: comparing two people, or ordering them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from reports.engine.evidence import Evidence
from reports.engine.evidence_rows import AgentMetric, Scorecard


@dataclass(frozen=True)
class Reach:
    """For one metric: people with points, those at target or above, those withheld."""

    people: int = 0
    reached: int = 0
    withheld: int = 0

    @property
    def is_most(self) -> bool:
        """Whether more people reach target than do not."""
        return self.reached * 2 > self.people


@dataclass(frozen=True)
class Standing:
    """What heads the page of a team or the centre."""

    heading: str
    reach: dict[str, Reach]
    gap: str | None
    reached_metrics: int
    metrics: int
    all_metrics: int
    people: int
    scored: int
    is_without_target: bool


def standing_of(evidence: Evidence, scorecards: list[Scorecard]) -> Standing:
    """Count where these people stand."""
    target = evidence.settings.score_scale.target
    rows = [row for card in scorecards for row in evidence.agent_metrics.get(card.agent_id, [])]
    reach = _reach_by_metric(rows, target)
    with_points = [metric for metric in evidence.metrics if reach[metric].people]
    reached = sum(reach[metric].is_most for metric in with_points)
    reasons = {card.withheld_reason for card in scorecards}
    without_target = not with_points and "no_target_in_force" in reasons
    return Standing(
        heading=_heading(scorecards, rows, reached, len(with_points), without_target),
        reach=reach,
        gap=min(with_points, key=lambda metric: _reached_share(reach[metric]), default=None),
        reached_metrics=reached,
        metrics=len(with_points),
        all_metrics=len(reach),
        people=len(scorecards),
        scored=sum(card.composite_points is not None for card in scorecards),
        is_without_target=without_target,
    )


def _reach_by_metric(rows: Iterable[AgentMetric], target: float) -> dict[str, Reach]:
    found: dict[str, list[int]] = {}
    for row in rows:
        counts = found.setdefault(row.metric, [0, 0, 0])
        if row.points is not None:
            counts[0] += 1
            counts[1] += row.points >= target
        counts[2] += row.state == "withheld"
    return _Reaches({metric: Reach(*counts) for metric, counts in found.items()})


class _Reaches(dict[str, Reach]):
    """A metric that is on nobody's scorecard is reached by nobody of nobody."""

    def __missing__(self, metric: str) -> Reach:
        return Reach()


def _reached_share(reach: Reach) -> float:
    return reach.reached / reach.people


def _heading(
    scorecards: list[Scorecard],
    rows: list[AgentMetric],
    reached: int,
    with_points: int,
    without_target: bool,
) -> str:
    if not scorecards:
        return "nobody"
    if with_points:
        if all(card.composite_points is None for card in scorecards):
            return "no_score"
        return "all_reached" if reached == with_points else "gap"
    if without_target and any(row.state == "measured" for row in rows):
        return "no_target"
    has_value = any(row.state in ("measured", "withheld") for row in rows)
    return "withheld" if has_value else "not_measured"
