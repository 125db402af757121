"""The page `docs/performance.md`.

Belongs here: turning measurements into the words and figures of the template.
Does not belong here: measuring.
"""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tests.bench.measuring import Cost
from tests.bench.night_steps import Node, Step

SHOWN_NODES = 12
SHOWN_FEEDS = 4
VERSIONS = ("duckdb", "pandas", "polars", "dbt-core", "dbt-duckdb", "dagster", "great-expectations")
LABELS = {
    "landing": ("Landing", "the contract check of every row, quarantine, Parquet batches"),
    "apply": ("Applying raw", "what was believed when: rows opened and closed, changed days"),
    "models": (
        "Models and their tests",
        "reasons of every exclusion, evidence, groups, weeks, scorecards, promises of each table",
    ),
    "checks": ("Checks and gate", "Great Expectations, fairness, the decision"),
    "publication": ("Publication", "pages, Parquet and mart, whole or not at all"),
    "rest": ("Everything else", "imports, reading declarations, parsing the models, bookkeeping"),
}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All that one run of the bench found out."""

    agents: int
    days: int
    raw_rows: dict[str, int]
    compared_rows: dict[str, int]
    night: Cost
    models_alone: Cost
    next_night: Cost
    next_night_of_a_tenth: Cost
    by_hand: Cost
    by_pandas: Cost
    by_polars: Cost
    steps: list[Step]
    feeds: list[Step]
    nodes: list[Node]


def render(measured: Measured) -> str:
    """Answer the page."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return templates.get_template("performance.md.jinja").render(
        **_size(measured),
        **_where(measured),
        **_machine(),
        ways=_ways(measured),
        nights=_nights(measured),
    )


def _size(measured: Measured) -> dict[str, object]:
    return {
        "agents": f"{measured.agents:,}",
        "days": measured.days,
        "contacts": f"{measured.raw_rows['contact_leg']:,}",
        "raw_rows": f"{sum(measured.raw_rows.values()):,}",
        "compared": [(table, f"{rows:,}") for table, rows in measured.compared_rows.items()],
    }


def _ways(measured: Measured) -> list[dict[str, str]]:
    costs = {
        "By hand": measured.by_hand,
        "The models alone, from raw to KPIs": measured.models_alone,
        "pandas": measured.by_pandas,
        "polars": measured.by_polars,
        "The night, whole": measured.night,
    }
    return [
        _way(label, cost, yardstick=measured.by_hand.cpu_seconds) for label, cost in costs.items()
    ]


def _nights(measured: Measured) -> list[dict[str, str]]:
    costs = {
        measured.days: measured.next_night,
        max(measured.days // 10, 1): measured.next_night_of_a_tenth,
    }
    tenth = measured.next_night_of_a_tenth.cpu_seconds
    return [_way(f"{days} days", cost, yardstick=tenth) for days, cost in costs.items()]


def _way(label: str, cost: Cost, *, yardstick: float) -> dict[str, str]:
    return {
        "label": label,
        "cpu": f"{cost.cpu_seconds:.0f}",
        "ratio": f"{cost.cpu_seconds / yardstick:.2f}",
        "wall": f"{cost.wall_seconds:.0f}",
        "peak": _size_in_words(cost.peak_bytes),
    }


def _where(measured: Measured) -> dict[str, object]:
    whole = measured.night.cpu_seconds
    landed = sum(feed.cpu_seconds for feed in measured.feeds)
    waited = sum(node.seconds for node in measured.nodes)
    tests = [node for node in measured.nodes if node.is_test]
    return {
        "steps": [
            {
                "label": LABELS[step.name][0],
                "cpu": f"{step.cpu_seconds:.0f}",
                "share": f"{step.cpu_seconds / whole:.0%}",
                "more": LABELS[step.name][1],
            }
            for step in measured.steps
        ],
        "feeds": [
            {"name": feed.name, "share": f"{feed.cpu_seconds / landed:.0%}"}
            for feed in measured.feeds[:SHOWN_FEEDS]
        ],
        "nodes": [
            {"name": node.name, "share": f"{node.seconds / waited:.0%}"}
            for node in measured.nodes[:SHOWN_NODES]
        ],
        "models": len(measured.nodes) - len(tests),
        "tests": len(tests),
        "tests_share": f"{sum(node.seconds for node in tests) / waited:.0%}",
    }


def _machine() -> dict[str, object]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory": _size_in_words(memory),
        "python": platform.python_version(),
        "versions": [(name, version(name)) for name in VERSIONS],
    }


def _size_in_words(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"
