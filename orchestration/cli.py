"""The command `evenhand`.

Belongs here: words of the command line, exit codes, what is said at the end.
Does not belong here: any step of a night. Everything is imported when it is needed, because
`--help` must answer at once and Dagster alone takes seconds to import.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

PUBLISHED, USAGE = 0, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code."""
    parsed = _parser().parse_args(arguments)
    code: int = parsed.run(parsed)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="evenhand",
        description="The performance warehouse of a contact centre.",
        epilog="Exit codes: 0 published or unchanged, 1 error, 2 usage, 3 held, 5 busy."
        " Everything is written below EVENHAND_HOME (default: .evenhand in the checkout).",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    nightly = commands.add_parser("nightly", help="land, build, check and publish one night")
    nightly.add_argument(
        "--sources",
        type=Path,
        metavar="FILE",
        help="the source set (default: the synthetic centre)",
    )
    nightly.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="where its files are (default: as it says itself)",
    )
    nightly.add_argument(
        "--as-of",
        type=_moment,
        metavar="TIME",
        help="build what was known then, ISO 8601; an older one never replaces the current run",
    )
    nightly.add_argument("--json", action="store_true", help="say the outcome as one JSON object")
    nightly.set_defaults(run=_nightly)

    centre = commands.add_parser("synthetic-centre", help="write the exports of a made-up centre")
    centre.add_argument("--agents", type=int, help="how many people (default: 240)")
    centre.add_argument(
        "--days", type=int, help="how many days it has lived (default: 90); more days add nights"
    )
    centre.add_argument("--first-day", type=date.fromisoformat, metavar="DATE")
    centre.add_argument("--seed", type=int)
    centre.add_argument(
        "--world", action="append", metavar="NAME", help="a planted world; may be repeated"
    )
    centre.set_defaults(run=_synthetic_centre)

    dev = commands.add_parser("dev", help="open Dagster's pages on this machine")
    dev.add_argument("--port", default="3000")
    dev.set_defaults(run=_dev)
    return parser


def _dev(parsed: argparse.Namespace) -> int:
    from orchestration.night.home import Home

    Home.from_environment().prepare()
    dagster = Path(sys.executable).with_name("dagster")
    # Dagster has no log-in of its own: it listens to this machine alone.
    where = ["--host", "127.0.0.1", "--port", parsed.port]
    os.execv(dagster, ["dagster", "dev", "--module-name", "orchestration.definitions", *where])  # noqa: S606


def _nightly(parsed: argparse.Namespace) -> int:
    from metrics.engine.plain_yaml import DefinitionError
    from orchestration.defs.run_night import run_night
    from orchestration.night.home import DEFAULT_SOURCES, Home
    from orchestration.night.night import Night

    home = Home.from_environment()
    sources = (parsed.sources or DEFAULT_SOURCES).resolve()
    folder = parsed.folder.resolve() if parsed.folder else None
    if parsed.sources is None and folder is None:
        folder = home.root / "synthetic_centre" / "drop"
    night = Night(
        home=home,
        sources=sources,
        folder=folder,
        as_of=parsed.as_of,
        now=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
    )
    try:
        outcome = run_night(night)
    except DefinitionError as problem:
        print(f"evenhand: {problem}", file=sys.stderr)
        return USAGE
    if parsed.json:
        print(json.dumps(outcome.as_json(), indent=1, default=str))
    else:
        print(outcome.in_words(), file=sys.stdout if outcome.code == PUBLISHED else sys.stderr)
    return outcome.code


def _synthetic_centre(parsed: argparse.Namespace) -> int:
    from orchestration.night.home import Home
    from orchestration.night.progress import progress
    from orchestration.synthetic_centre import make_centre

    home = Home.from_environment()
    home.prepare()
    try:
        with progress("Synthetic centre") as report:
            facts = make_centre(
                home.root,
                agents=parsed.agents,
                days=parsed.days,
                first_day=parsed.first_day,
                seed=parsed.seed,
                worlds=tuple(parsed.world) if parsed.world else None,
                report=report,
            )
    except ValueError as problem:
        print(f"evenhand: {problem}", file=sys.stderr)
        return USAGE
    rows = sum(facts.added_rows.values())
    print(
        f"Synthetic centre: {facts.agents} agents, {facts.days} days, {rows:,} rows added"
        f" in {len(facts.added_extracts)} extracts. Exports: {facts.drop}"
    )
    return PUBLISHED


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


if __name__ == "__main__":
    sys.exit(main())
