"""`evenhand sources quarantine list | replay | waive`: rows kept apart, and what becomes of them.

Belongs here: choosing the feeds, the words of the answer.
Does not belong here: the rows (`landing.quarantine_list`, `landing.replay`, `landing.waiver`).
"""

import argparse
from collections.abc import Iterator
from dataclasses import asdict

from orchestration.commands.site import Site, site_of
from orchestration.commands.sources import DONE, Misused, Said
from orchestration.commands.text_table import count, table
from orchestration.landing.batches import BatchStore
from orchestration.landing.quarantine_list import FeedQuarantine, KeptRow, quarantine_list
from orchestration.landing.reasons import what_to_do
from orchestration.landing.replay import Replayed, replay_feed
from orchestration.landing.waiver import waive as waive_rows
from orchestration.night.lock import only_night

_STATES = {
    "set_aside": "set aside by the source set's own refuse_when",
    "released": "released by a replay",
    "redelivered": "delivered again, or gone from a newer snapshot",
    "waived": "waived",
}


def list_open(parsed: argparse.Namespace) -> Said:
    """Read the quarantine and answer what is to be said."""
    site = _site(parsed)
    mappings = site.source_set.feeds
    listed = [
        quarantine_list(
            site.contracts[feed],
            home=site.home.root,
            mapping=mappings.get(feed),
            reason=parsed.reason,
            limit=parsed.limit,
            show_personal=parsed.show_personal,
        )
        for feed in _feeds(parsed, site)
    ]
    listed = [feed for feed in listed if any(feed.states.values())]
    lines = [line for feed in listed for line in _feed_lines(feed, with_rows=parsed.rows)]
    content = {"feeds": [_as_json(feed, with_rows=parsed.rows) for feed in listed]}
    return Said(code=DONE, lines=lines or ["Nothing was ever kept apart here."], content=content)


def replay(parsed: argparse.Namespace) -> Said:
    """Check open rows again under the night's lock and answer what is to be said."""
    site = _site(parsed)
    mappings = site.source_set.feeds
    feeds = [feed for feed in _feeds(parsed, site) if feed in mappings]
    site.home.prepare()
    with only_night(site.home, now=site.now):
        replayed = [
            one
            for feed in feeds
            for one in replay_feed(
                site.contracts[feed],
                home=site.home.root,
                mapping=mappings[feed],
                now=site.now,
            )
        ]
    released = sum(one.released for one in replayed)
    content = {
        "released": released,
        "still_open": sum(one.tried - one.released for one in replayed),
        "batches": [asdict(one.batch) for one in replayed if one.batch],
    }
    return Said(code=DONE, lines=_replay_lines(replayed, released), content=content)


def waive(parsed: argparse.Namespace) -> Said:
    """Close open rows under the night's lock and answer what is to be said."""
    site = _site(parsed)
    (feed,) = _feeds(parsed, site)
    contract, mapping = site.contracts[feed], site.source_set.feeds.get(feed)
    site.home.prepare()
    with only_night(site.home, now=site.now):
        rows = waive_rows(
            contract,
            home=site.home.root,
            mapping=mapping,
            reason=parsed.reason,
            decided=(parsed.by, parsed.because),
            now=site.now,
        )
    if rows == 0:
        raise Misused(
            f"no row of {feed} stands open with the reason {parsed.reason}."
            f" Next: evenhand sources quarantine list --feed {feed}."
        )
    line = f"{feed}: {count(rows, 'row')} waived by {parsed.by}: {parsed.because}"
    return Said(code=DONE, lines=[line], content={"feed": feed, "waived": rows})


def _site(parsed: argparse.Namespace) -> Site:
    site = site_of(parsed)
    site.home.refuse_another(site.source_set.source_set, declared_in=site.sources)
    return site


def _feeds(parsed: argparse.Namespace, site: Site) -> list[str]:
    if parsed.feed is None:
        batches = BatchStore(site.home.root).batches()
        kept_apart = {batch.feed for batch in batches if batch.accounting.quarantined}
        return sorted(kept_apart & set(site.contracts))
    if parsed.feed not in site.contracts:
        known = ", ".join(sorted(site.contracts))
        raise Misused(f"no contract is named {parsed.feed}. Next: use one of {known}.")
    return [parsed.feed]


def _feed_lines(feed: FeedQuarantine, *, with_rows: bool) -> Iterator[str]:
    closed = [
        f"{feed.states[name]:,} {said}" for name, said in _STATES.items() if feed.states[name]
    ]
    yield f"{feed.feed}: {count(feed.states['open'], 'row')} open" + "".join(
        f"; {part}" for part in closed
    )
    if feed.reasons:
        yield from table(
            ["rows", "reason", "first line", "what is wrong"],
            [[one.rows, one.reason, one.first_line, one.means] for one in feed.reasons],
            indent="  ",
        )
        yield ""
        yield from _row_lines(feed.rows, with_rows=with_rows)
        yield from _advice(feed)
    yield ""


def _row_lines(rows: tuple[KeptRow, ...], *, with_rows: bool) -> Iterator[str]:
    for row in rows:
        line = f"line {row.line:,}" if row.line else "no single line"
        yield f"  batch {row.batch_id}, {line}: {', '.join(row.reasons)}"
        if with_rows:
            said = ", ".join(f"{name} = {text}" for name, text in row.text.items())
            yield f"    {said or 'its text is not kept by column; the file in landing has it'}"


def _advice(feed: FeedQuarantine) -> Iterator[str]:
    yield "  What to do, the commonest first:"
    yield from (f"    {line}" for line in what_to_do(feed.reasons))
    yield f"  {count(feed.replayable, 'row')} can be replayed after a change of the contract."
    if feed.replayable < feed.states["open"]:
        yield (
            "  The others cannot: their text is not kept by column (structure:*), or was never"
            " read (col:form:*). Deliver them again."
        )


def _as_json(feed: FeedQuarantine, *, with_rows: bool) -> dict[str, object]:
    content = asdict(feed)
    content["reasons"] = [reason.as_json() for reason in feed.reasons]
    if not with_rows:
        for row in content["rows"]:
            del row["text"]
    return content


def _replay_lines(replayed: list[Replayed], released: int) -> list[str]:
    if not replayed:
        return ["Nothing to replay: no open row has its text kept by column."]
    rows = [
        [one.feed, one.of_batch, one.tried, one.released, one.batch.batch_id if one.batch else None]
        for one in replayed
    ]
    lines = table(["feed", "of batch", "tried", "released", "new batch"], rows)
    if released == 0:
        return [*lines, "Nothing was released: every row still has its reason."]
    return [*lines, "Next: evenhand nightly."]
