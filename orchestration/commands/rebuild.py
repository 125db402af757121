"""`evenhand rebuild`: the warehouse made anew from raw, and compared with the one that grew.

Belongs here: words of the command line, what is said at the end, exit codes.
Does not belong here: building and comparing (`orchestration.night.rebuild`).
"""

import argparse
import sys
from typing import TYPE_CHECKING

from orchestration.commands.site import add_site_arguments, site_of

if TYPE_CHECKING:
    from orchestration.night.rebuild import Rebuilt

DONE, ERROR, USAGE, INTEGRITY, BUSY = 0, 1, 2, 4, 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which words the command takes."""
    add_site_arguments(parser)
    parser.add_argument(
        "--check", action="store_true", help="compare only, and leave the warehouse as it is"
    )


def run(parsed: argparse.Namespace) -> int:
    """Make the warehouse anew and compare, unless a night runs; answer the exit code."""
    from metrics.engine.plain_yaml import DefinitionError
    from orchestration.night.lock import Busy, only_night
    from orchestration.night.models import ModelsNotBuilt
    from orchestration.night.rebuild import NothingBuilt, rebuild
    from orchestration.night.warehouse import RawRefused

    codes: dict[type[Exception], int] = {
        Busy: BUSY,
        DefinitionError: USAGE,
        NothingBuilt: USAGE,
        ModelsNotBuilt: ERROR,
        RawRefused: ERROR,
    }
    try:
        night = site_of(parsed).night()
        night.home.prepare()
        with only_night(night.home, now=night.now):
            rebuilt = rebuild(night, is_check=parsed.check)
    except tuple(codes) as problem:
        sys.stderr.write(f"evenhand: {problem}\n")
        return codes[type(problem)]
    return say(rebuilt)


def say(rebuilt: "Rebuilt") -> int:
    """Say what was compared and what differs; answer the exit code."""
    if not rebuilt.differences:
        sys.stdout.write(f"{rebuilt.tables} tables, every row equal to one built from raw.\n")
        return DONE
    done = "It was replaced." if rebuilt.is_replaced else "It was left as it is."
    lines = [
        f"{len(rebuilt.differences)} of {rebuilt.tables} tables differ from ones built from raw.",
        *(f"  {difference.in_words()}" for difference in rebuilt.differences),
        f"{done} Next: report this, with the table and the day; a night may never differ.",
    ]
    sys.stderr.write("\n".join(lines) + "\n")
    return INTEGRITY
