"""The command `evenhand sources extract`.

Belongs here: its words, its exit code, what it says at the end.
Does not belong here: extracting (`orchestration.connectors`). It is imported when it runs.
"""

import argparse
import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

DONE, FAILED, USAGE = 0, 1, 2


def add_arguments(subparser: argparse.ArgumentParser) -> None:
    """Say what the command understands."""
    subparser.add_argument("--sources", type=Path, metavar="FILE", help="the source set")
    subparser.add_argument(
        "--folder", type=Path, metavar="DIR", help="where its files are (default: as it says)"
    )
    subparser.add_argument("--feed", help="this feed alone (default: every feed with an extract)")
    subparser.add_argument(
        "--day",
        type=date.fromisoformat,
        help="make the extract of that day (UTC) again; what is fetched by the next one stays",
    )
    subparser.add_argument("--json", action="store_true", help="say the outcome as JSON")
    subparser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Run the extracts; answer 0 if all of them are whole, 1 if one failed, 2 for a usage error."""
    from metrics.engine.plain_yaml import DefinitionError
    from orchestration.connectors.run import run_extracts
    from orchestration.landing.contract import load_contracts
    from orchestration.landing.source_set import load_source_set
    from orchestration.night.home import DEFAULT_SOURCES

    sources = (parsed.sources or DEFAULT_SOURCES).resolve()
    try:
        source_set = load_source_set(sources, load_contracts(), folder=parsed.folder)
    except DefinitionError as problem:
        return _usage(str(problem))
    if not source_set.extracts or (parsed.feed and parsed.feed not in source_set.extracts):
        known = ", ".join(sorted(source_set.extracts)) or "none"
        return _usage(f"{sources.name} declares no such extract (it declares: {known})")
    now = datetime.now(UTC)
    if parsed.day and parsed.day >= now.date():
        return _usage(f"{parsed.day} is not over (UTC); without --day its extract is made")
    outcomes = run_extracts(
        source_set, now=now, environ=os.environ, feed=parsed.feed, day=parsed.day
    )
    if parsed.json:
        said = json.dumps([outcome.as_json() for outcome in outcomes], indent=1)
    else:
        said = "\n".join(outcome.in_words() for outcome in outcomes)
    sys.stdout.write(f"{said}\n")
    return FAILED if any(outcome.problem for outcome in outcomes) else DONE


def _usage(sentence: str) -> int:
    sys.stderr.write(f"evenhand: {sentence}\n")
    return USAGE
