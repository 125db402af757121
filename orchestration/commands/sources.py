"""`evenhand sources …`: from a stranger's file to rows that are accounted for.

Belongs here: the words of the family, and how a command that cannot run says so.
Does not belong here: what each of them does (`sources_check` and its neighbours).
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.commands import sources_extract
from orchestration.commands.site import add_site_arguments, moment

DONE, USAGE, HELD, BUSY = 0, 2, 3, 5


class Misused(Exception):  # noqa: N818 - it is what happened, and reads so in a message
    """Words of the command line that do not fit each other or the site; the text says which."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command has to say: its exit code, the lines for people, the values for programs."""

    code: int
    lines: list[str]
    content: Mapping[str, object]


def run(parsed: argparse.Namespace) -> int:
    """Run one command of the family; what stands in its way becomes a sentence and a code."""
    from metrics.engine.plain_yaml import DefinitionError
    from orchestration.night.home import OtherSourceSet
    from orchestration.night.lock import Busy

    command: Callable[[argparse.Namespace], Said] = _command(parsed.sources_command)
    try:
        said = command(parsed)
    except (DefinitionError, OtherSourceSet, Misused) as problem:
        said = _stopped(USAGE, problem)
    except Busy as problem:
        said = _stopped(BUSY, problem)
    if parsed.json:
        content = {"code": said.code, **said.content}
        print(json.dumps(content, indent=1, default=str, ensure_ascii=False))
    else:
        out = sys.stderr if said.code in {USAGE, BUSY} else sys.stdout
        print("\n".join(said.lines), file=out)
    return said.code


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which commands there are and which words they take."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="sources_command")

    fetch = "fetch what is new from the systems of the source set, as files"
    sources_extract.add_arguments(commands.add_parser("extract", help=fetch, description=fetch))

    check = _add(commands, "check", "check files against their contract and keep nothing")
    check.add_argument("files", nargs="*", type=Path, metavar="FILE", help="default: the folder")
    check.add_argument(
        "--feed", help="what the files are; without --sources their columns are the contract's"
    )

    _add(commands, "load", "land what is new, as a night does, and stop there")

    status = _add(commands, "status", "where every feed stands, and whether it adds up")
    status.add_argument(
        "--as-of", type=moment, metavar="TIME", help="count what was known then, ISO 8601"
    )

    kept = commands.add_parser("quarantine", help="rows that were kept apart")
    listed = kept.add_subparsers(required=True, metavar="COMMAND", dest="quarantine_command")
    rows = _add(listed, "list", "rows that stand open in quarantine, by feed and reason")
    rows.add_argument("--feed", help="of this feed alone")
    rows.add_argument("--reason", help="with this reason alone")
    rows.add_argument("--limit", type=_rows, default=20, help="how many rows a feed (default: 20)")
    rows.add_argument("--rows", action="store_true", help="show their text")
    rows.add_argument(
        "--show-personal", action="store_true", help="show columns about a person too"
    )

    replay = _add(commands, "replay", "check open rows again after a contract has changed")
    replay.add_argument("--feed", help="of this feed alone")

    waive = _add(commands, "waive", "close open rows without loading them")
    waive.add_argument("--feed", required=True)
    waive.add_argument("--reason", required=True, help="as `quarantine list` names it")
    waive.add_argument("--because", required=True, metavar="TEXT", help="why")
    waive.add_argument("--by", required=True, metavar="NAME", help="who decides it")


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, purpose: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=purpose, description=purpose)
    add_site_arguments(parser)
    parser.add_argument("--json", action="store_true", help="say it as one JSON object")
    return parser


def _rows(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("write a number of rows, zero or more")
    return number


def _command(name: str) -> Callable[[argparse.Namespace], Said]:
    if name == "check":
        from orchestration.commands.sources_check import check

        return check
    if name == "load":
        from orchestration.commands.sources_load import load

        return load
    if name == "status":
        from orchestration.commands.sources_status import status

        return status
    from orchestration.commands import sources_quarantine

    return {
        "quarantine": sources_quarantine.list_open,
        "replay": sources_quarantine.replay,
        "waive": sources_quarantine.waive,
    }[name]


def _stopped(code: int, problem: Exception) -> Said:
    return Said(code=code, lines=[f"evenhand: {problem}"], content={"stopped": str(problem)})
