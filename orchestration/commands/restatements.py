"""`evenhand restatements`: which final days a published run changed, and why.

Belongs here: the words of the answer.
Does not belong here: the figures (`orchestration.night.restated`).
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from orchestration.commands.site import moment
from orchestration.commands.text_table import Cell, count, table, utc

if TYPE_CHECKING:
    from orchestration.night.restated import Restatement


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which words the command takes."""
    parser.add_argument(
        "--since",
        type=moment,
        metavar="DATE",
        help="only what was known on this day (UTC) or later",
    )
    parser.add_argument(
        "--json", action="store_true", help="say it as one JSON object, with the ids of the agents"
    )


def run(parsed: argparse.Namespace) -> int:
    """Read the restatements, say them, and answer the exit code."""
    from orchestration.night.home import Home
    from orchestration.night.restated import restatements

    found = restatements(Home.from_environment(), since=parsed.since)
    if parsed.json:
        said = {"restatements": [asdict(restatement) for restatement in found]}
        sys.stdout.write(json.dumps(said, indent=1, default=str) + "\n")
    else:
        none = f"No final day has been restated{' since then' if parsed.since else ''}."
        sys.stdout.write("\n".join(_lines(found) if found else [none]) + "\n")
    return 0


def _lines(found: "list[Restatement]") -> Iterator[str]:
    yield "Numbers are sums over the people whose value changed; – is where there was or is none."
    for run_id, of_run in groupby(found, key=lambda one: one.run_id):
        rows = list(of_run)
        people = {agent for row in rows for agent in row.agent_ids}
        days = {row.activity_date for row in rows}
        yield ""
        yield (
            f"{run_id}, known {utc(rows[0].known_at)}, in place of {rows[0].replaces_run_id}:"
            f" {count(len(days), 'final day')}, {count(len(people), 'person', 'people')}"
        )
        titles = ["day", "what", "before", "after", "people", "because of"]
        yield from table(titles, [_row(row) for row in rows], indent="  ")


def _row(row: "Restatement") -> list[Cell]:
    return [
        f"{row.activity_date}",
        row.measure,
        _written(row.before),
        _written(row.after),
        len(row.agent_ids),
        row.cause,
    ]


def _written(value: float | str | None) -> Cell:
    return f"{value:,}" if isinstance(value, float) else value
