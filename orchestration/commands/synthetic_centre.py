"""`evenhand synthetic-centre`: the exports of a made-up centre.

Belongs here: words of the command line, what is said at the end.
Does not belong here: the centre (`orchestration.synthetic_centre`).
"""

import argparse
import sys
from datetime import date

DONE, USAGE = 0, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which words the command takes."""
    parser.add_argument("--agents", type=int, help="how many people (default: 240)")
    parser.add_argument(
        "--days", type=int, help="how many days it has lived (default: 90); more days add nights"
    )
    parser.add_argument("--first-day", type=date.fromisoformat, metavar="DATE")
    parser.add_argument("--seed", type=int)
    parser.add_argument(
        "--world",
        action="append",
        metavar="NAME",
        help="a planted world instead of the default ones; may be repeated. There are"
        " corner_cutting_team, outage_day, over_talking, missed_probing, poor_phrasing (all"
        " default), leaver_reassignment, rating_reassignment, surveys_without_agent,"
        " lenient_approver, messy_feeds",
    )


def run(parsed: argparse.Namespace) -> int:
    """Write the exports and say how many rows there are."""
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
    return DONE
