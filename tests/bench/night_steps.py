"""Where a night spent its CPU seconds, step by step and model by model.

Belongs here: the steps that the night wrote down, the nodes that dbt wrote down.
Does not belong here: measuring (`measuring`), saying it (`page`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.night.home import Home
from orchestration.night.models import last_results
from tests.bench.measuring import Cost

LANDING = "landing"
STEPS = {
    "apply_raw": "apply",
    "warehouse_models": "models",
    "check_scorecards": "checks",
    "published__run": "publication",
}
REST = "rest"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a night, and what it took."""

    name: str
    cpu_seconds: float


@dataclass(frozen=True, kw_only=True)
class Node:
    """One model or test, and how long dbt waited for it."""

    name: str
    is_test: bool
    seconds: float


def steps_of_night(home: Path, cost: Cost) -> list[Step]:
    """Split the night's CPU seconds by step; `rest` is what lies between them and around them."""
    spent: dict[str, float] = {}
    for key, begun, ended in recorded_steps(home):
        step = STEPS.get(key, LANDING)
        cpu_seconds = cost.cpu_until(ended) - cost.cpu_until(begun)
        spent[step] = spent.get(step, 0.0) + cpu_seconds
    spent[REST] = cost.cpu_seconds - sum(spent.values())
    return [Step(name=name, cpu_seconds=spent[name]) for name in (LANDING, *STEPS.values(), REST)]


def landed_feeds(home: Path, cost: Cost) -> list[Step]:
    """Answer what landing took per feed, the longest first: a batch ends with its manifest."""
    before = min(begun for key, begun, _ in recorded_steps(home) if key not in STEPS)
    spent: dict[str, float] = {}
    for manifest in sorted((home / "raw").glob("*/*.json"), key=_written_at):
        feed = manifest.parent.name
        cpu_seconds = cost.cpu_until(_written_at(manifest)) - cost.cpu_until(before)
        spent[feed] = spent.get(feed, 0.0) + cpu_seconds
        before = _written_at(manifest)
    feeds = [Step(name=feed, cpu_seconds=seconds) for feed, seconds in spent.items()]
    return sorted(feeds, key=lambda feed: -feed.cpu_seconds)


def nodes_of_night(home: Path) -> list[Node]:
    """Answer how long each model and test took, the longest first."""
    nodes = [
        Node(
            name=answer.name,
            is_test=answer.resource_type == "test",
            seconds=answer.seconds,
        )
        for answer in last_results(Home(home))
    ]
    return sorted(nodes, key=lambda node: -node.seconds)


def _written_at(path: Path) -> float:
    return path.stat().st_mtime


def recorded_steps(home: Path) -> Iterator[tuple[str, float, float]]:
    """Read when each step of the night began and ended."""
    for key, begun, ended in json.loads(Home(home).steps.read_text(encoding="utf-8")):
        if begun and ended:
            yield key, begun, ended
