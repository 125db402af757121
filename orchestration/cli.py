"""The command `evenhand`.

Belongs here: which commands there are, and what the exit codes mean.
Does not belong here: what a command does (`commands`). Those modules import what they need when
they run, because `--help` must answer at once and Dagster alone takes seconds to import.
"""

import argparse
import sys
from collections.abc import Sequence

from orchestration.commands import (
    dev,
    erase,
    nightly,
    rebuild,
    restatements,
    sources,
    synthetic_centre,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code."""
    parsed = _parser().parse_args(arguments)
    code: int = parsed.run(parsed)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="evenhand",
        description="The performance warehouse of a contact centre.",
        epilog="Exit codes: 0 done, 1 error, 2 usage, 3 held, 4 integrity, 5 busy."
        " Everything is written below EVENHAND_HOME (default: .evenhand in the checkout).",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command, purpose in (
        ("nightly", nightly, "land, build, check and publish one night"),
        ("sources", sources, "check files, land them, see what was kept apart and why"),
        ("restatements", restatements, "see which final days changed, and why"),
        ("rebuild", rebuild, "make the warehouse anew from raw, and compare the two"),
        ("erase", erase, "forget the people who asked for it"),
        ("synthetic-centre", synthetic_centre, "write the exports of a made-up centre"),
        ("dev", dev, "open Dagster's pages on this machine"),
    ):
        subparser = commands.add_parser(name, help=purpose, description=purpose)
        subparser.set_defaults(run=command.run)
        command.add_arguments(subparser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
