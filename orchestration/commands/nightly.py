"""`evenhand nightly`: land, build, check and publish.

Belongs here: words of the command line, what is said at the end.
Does not belong here: any step of a night (`orchestration.night`).
"""

import argparse
import json
import sys

from orchestration.commands.site import add_site_arguments, moment, site_of

PUBLISHED, USAGE = 0, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which words the command takes."""
    add_site_arguments(parser)
    parser.add_argument(
        "--as-of",
        type=moment,
        metavar="TIME",
        help="build what was known then, ISO 8601; an older one never replaces the current run",
    )
    parser.add_argument("--json", action="store_true", help="say the outcome as one JSON object")


def run(parsed: argparse.Namespace) -> int:
    """Run the night and say how it ended."""
    from metrics.engine.plain_yaml import DefinitionError
    from orchestration.defs.run_night import run_night

    try:
        outcome = run_night(site_of(parsed).night(as_of=parsed.as_of))
    except DefinitionError as problem:
        print(f"evenhand: {problem}", file=sys.stderr)
        return USAGE
    if parsed.json:
        print(json.dumps(outcome.as_json(), indent=1, default=str))
    else:
        print(outcome.in_words(), file=sys.stdout if outcome.code == PUBLISHED else sys.stderr)
    return outcome.code
