"""`evenhand erase`: forget the people who asked for it.

Belongs here: which requests are carried out, what is said about each, exit codes.
Does not belong here: how a person is erased (`orchestration.landing.erasure`).
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.landing.erasure.outcome import Erased

DONE, USAGE, HELD, INTEGRITY, BUSY = 0, 2, 3, 4, 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which words the command takes."""
    parser.add_argument(
        "--request", metavar="ID", help="one request only (default: all that are in force)"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be touched, and touch nothing"
    )
    parser.add_argument("--json", action="store_true", help="say the outcome as one JSON object")


def run(parsed: argparse.Namespace) -> int:
    """Carry out the requests in force, unless a night runs; answer the exit code."""
    from orchestration.landing.erasure.job import StillNamed
    from orchestration.landing.erasure.outcome import UnknownRequest, erase
    from orchestration.landing.erasure.tombstones import KeyLost
    from orchestration.night.home import Home
    from orchestration.night.lock import Busy, only_night

    home, now = Home.from_environment(), datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    home.prepare()
    codes = {Busy: BUSY, UnknownRequest: USAGE, StillNamed: INTEGRITY, KeyLost: INTEGRITY}
    try:
        with only_night(home, now=now):
            outcomes = erase(
                home.root, request_id=parsed.request, is_dry_run=parsed.dry_run, now=now
            )
    except tuple(codes) as problem:
        sys.stderr.write(f"evenhand: {problem}\n")
        return codes[type(problem)]
    _say(outcomes, as_json=parsed.json)
    is_held = any(o.request_id == parsed.request and o.status == "held" for o in outcomes)
    return HELD if is_held else DONE


def _say(outcomes: "list[Erased]", *, as_json: bool) -> None:
    if as_json:
        said = {"requests": [outcome.as_json() for outcome in outcomes]}
        sys.stdout.write(json.dumps(said, indent=1) + "\n")
        return
    words = [outcome.in_words() for outcome in outcomes] or ["Nobody has asked to be erased."]
    sys.stdout.write("\n".join(words) + "\n")
