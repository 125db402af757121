"""`evenhand sources check`: what would happen to files, said before anything is kept.

Belongs here: choosing the files, the words of the answer.
Does not belong here: the check (`landing.rehearsal`).
"""

import argparse
from collections.abc import Iterable

from orchestration.commands.site import Site, site_of
from orchestration.commands.sources import DONE, HELD, Misused, Said
from orchestration.commands.text_table import count, table
from orchestration.landing.delivery import Delivery, find_deliveries, missing_feeds
from orchestration.landing.reasons import ReasonCount, what_to_do
from orchestration.landing.rehearsal import Rehearsed, only_these, rehearse
from orchestration.landing.source_set import FeedMapping, SourceSet


def check(parsed: argparse.Namespace) -> Said:
    """Check what the command line names and answer what is to be said."""
    site = site_of(parsed)
    source_set = _source_set(parsed, site)
    deliveries = _deliveries(parsed, source_set)
    rehearsed = [
        rehearse(
            delivery,
            contract=site.contracts[delivery.feed],
            mapping=source_set.feeds[delivery.feed],
        )
        for delivery in deliveries
    ]
    wanted = source_set.model_copy(update={"feeds": _wanted(parsed, source_set)})
    missing = [] if parsed.files else missing_feeds(wanted)
    refused = sum(one.refusal is not None for one in rehearsed)
    content = {
        "usable": len(rehearsed) - refused,
        "refused": refused,
        "missing_feeds": missing,
        "deliveries": [one.as_json() for one in rehearsed],
    }
    lines = [line for one in rehearsed for line in [*_delivery_lines(one), ""]]
    lines += [
        f"{feed}: no file fits {source_set.folder / source_set.feeds[feed].files}\n"
        "  Next: put it there, or take the feed out of the source set; what it measures is then"
        " 'not measured'.\n"
        for feed in missing
    ]
    lines += _last_lines(rehearsed, refused=refused)
    code = HELD if refused or missing else DONE
    return Said(code=code, lines=lines, content=content)


def _source_set(parsed: argparse.Namespace, site: Site) -> SourceSet:
    """Answer the declared source set, or for a bare file one whose columns are the contract's."""
    if parsed.sources is None and parsed.files and parsed.feed:
        if parsed.feed not in site.contracts:
            raise Misused(f"no contract is named {parsed.feed}. Next: {_one_of(site.contracts)}.")
        mapping = FeedMapping(source_system="check", files="*")
        return SourceSet(source_set="check", label="check", feeds={parsed.feed: mapping})
    return site.source_set


def _wanted(parsed: argparse.Namespace, source_set: SourceSet) -> dict[str, FeedMapping]:
    feeds = source_set.feeds
    if parsed.feed is None:
        return feeds
    if parsed.feed not in feeds:
        raise Misused(
            f"{parsed.feed} is no feed of {source_set.source_set}. Next: {_one_of(feeds)}."
        )
    return {parsed.feed: feeds[parsed.feed]}


def _deliveries(parsed: argparse.Namespace, source_set: SourceSet) -> list[Delivery]:
    feeds = _wanted(parsed, source_set)
    if not parsed.files:
        return list(find_deliveries(source_set.model_copy(update={"feeds": feeds})))
    absent = [str(file) for file in parsed.files if not file.is_file()]
    if absent:
        raise Misused(f"{absent[0]} is no file. Next: name a file that is there.")
    if len(feeds) > 1:
        raise Misused(f"say which feed the files are. Next: --feed, {_one_of(feeds)}.")
    (feed,) = feeds
    return only_these(source_set, feed=feed, files=[file.resolve() for file in parsed.files])


def _one_of(names: Iterable[str]) -> str:
    return f"use one of {', '.join(sorted(names))}"


def _delivery_lines(one: Rehearsed) -> list[str]:
    verdict = "can be used" if one.refusal is None else "REFUSED"
    lines = [f"{one.feed}: {', '.join(one.files)}: {verdict}"]
    if one.accounting:
        rows = one.accounting
        lines.append(
            f"  read {rows.read:,} = accepted {rows.accepted:,} + quarantined"
            f" {rows.quarantined:,} + duplicates {rows.duplicates:,}"
        )
    if one.refusal:
        place = ", ".join(filter(None, [one.refusal.file, one.refusal.where]))
        lines += [f"  {place}: {one.refusal.reason}", f"  Next: {one.refusal.next_step}."]
    if one.reasons:
        lines += ["", *_reason_lines(one.reasons, several=len(one.files) > 1)]
    return lines


def _reason_lines(reasons: tuple[ReasonCount, ...], *, several: bool) -> list[str]:
    places = [
        f"{reason.first_file}:{reason.first_line}" if several else reason.first_line
        for reason in reasons
    ]
    listed = table(
        ["rows", "reason", "first line", "what is wrong"],
        [
            [reason.rows, reason.reason, place, reason.means]
            for reason, place in zip(reasons, places, strict=True)
        ],
        indent="  ",
    )
    advice = [f"    {line}" for line in what_to_do(reasons)]
    return [*listed, *(["", "  What to do, the commonest first:", *advice] if advice else [])]


def _last_lines(rehearsed: list[Rehearsed], *, refused: int) -> list[str]:
    if not rehearsed:
        return ["Nothing to check: no file was found."]
    usable = len(rehearsed) - refused
    said = f"{usable:,} of {count(len(rehearsed), 'delivery', 'deliveries')} can be used."
    after = "mend what is refused, and check again" if refused else "evenhand sources load"
    return [f"{said} Nothing was kept. Next: {after}."]
