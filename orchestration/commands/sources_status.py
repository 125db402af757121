"""`evenhand sources status`: where every feed stands.

Belongs here: the words of the answer.
Does not belong here: the figures (`landing.status`).
"""

import argparse
import os
from collections.abc import Iterator

from orchestration.commands.site import site_of
from orchestration.commands.sources import DONE, Said
from orchestration.commands.text_table import Cell, count, table, utc
from orchestration.landing.status import FeedStatus, Status
from orchestration.landing.status import status as status_of
from orchestration.night.loaded_batches import loaded_counts


def status(parsed: argparse.Namespace) -> Said:
    """Read where every feed stands and answer what is to be said."""
    site = site_of(parsed)
    source_set = site.source_set
    site.home.refuse_another(source_set.source_set, declared_in=site.sources)
    os.environ.setdefault("EVENHAND_THREADS", "1")
    warehouse, loaded = loaded_counts(site.home)
    found = status_of(
        source_set,
        contracts=site.contracts,
        home=site.home.root,
        # `now` is whole seconds; what was released within this one is known too.
        as_of=parsed.as_of or site.now.replace(microsecond=999_999),
        warehouse=warehouse,
        loaded=loaded,
        breaks=site.night(as_of=parsed.as_of).arrived().breaks,
    )
    return Said(code=DONE, lines=list(_lines(found)), content=found.as_json())


def _lines(found: Status) -> Iterator[str]:
    yield f"{found.label} ({found.source_set}), as of {utc(found.as_of)}"
    yield ""
    if not any(feed.batches for feed in found.feeds):
        yield "Nothing has been loaded yet."
        yield "Next: evenhand sources check, then evenhand sources load."
        return
    yield from table(
        ["feed", "", "last known", "days ago", "read", "accepted", "quarantined", "duplicates",
         "open"],
        [_row(feed) for feed in found.feeds],
    )  # fmt: skip
    yield ""
    yield from _last_batch_lines(found)
    yield ""
    yield _equation(found)
    yield from _break_lines(found)
    yield from _apply_lines(found)
    yield from _landing_lines(found)
    yield f"Not measured, because nobody declared it: {', '.join(found.not_measured) or 'nothing'}."
    yield from _next_lines(found)


def _row(feed: FeedStatus) -> list[Cell]:
    kind = "derived" if feed.is_derived else "" if feed.is_declared else "not declared"
    age = f"{feed.age_days:.1f}" if feed.age_days is not None else None
    known = utc(feed.last.known_at) if feed.last else None
    counts = [feed.totals[name] for name in ("read", "accepted", "quarantined", "duplicates")]
    return [feed.feed, kind, known, age, *counts, feed.states["open"]]


def _last_batch_lines(found: Status) -> Iterator[str]:
    yield "The last batch of each feed:"
    rows: list[list[Cell]] = []
    for feed in found.feeds:
        if feed.last is not None:
            counted, batch = feed.last.accounting, feed.last
            window = f"{utc(batch.window_start)} to {utc(batch.window_end)}"
            rows.append(
                [feed.feed, batch.batch_id, counted.read, counted.accepted, counted.quarantined,
                 counted.duplicates, window if batch.window_start else None]
            )  # fmt: skip
    titles = ["feed", "batch", "read", "accepted", "quarantined", "duplicates", "window"]
    yield from table(titles, rows, indent="  ")


def _equation(found: Status) -> str:
    batches = count(sum(feed.batches for feed in found.feeds), "batch", "batches")
    if found.adds_up:
        return (
            f"Every row is accounted for: read = accepted + quarantined + duplicates in {batches}."
        )
    wrong = ", ".join(feed.feed for feed in found.feeds if not feed.adds_up)
    return f"NOT every row is accounted for: the manifests of {wrong} do not add up."


def _break_lines(found: Status) -> Iterator[str]:
    for one in found.breaks:
        done = "the next night leaves it out" if one.is_left_out else "holds the next night"
        yield f"Not whole, {done}: {one.words}"


def _apply_lines(found: Status) -> Iterator[str]:
    if found.warehouse != "read":
        yield f"Warehouse: {found.warehouse}."
    for feed in found.feeds:
        loaded = feed.loaded
        if loaded and (loaded.stale or loaded.conflicts):
            yield (
                f"{feed.feed}: {count(loaded.stale, 'row')} older than what is believed,"
                f" {count(loaded.conflicts, 'row')} in conflict with it."
            )
        if loaded and loaded.refused_because:
            yield f"Refused when applied: {loaded.refused_because}"
        if feed.released:
            yield f"{feed.feed}: {count(feed.released, 'row')} released from quarantine by replay."


def _landing_lines(found: Status) -> Iterator[str]:
    kept = count(found.landing, "copy", "copies")
    goes = f"; the next one goes on {found.next_to_go:%Y-%m-%d}" if found.next_to_go else ""
    yield f"Landing keeps {kept} as received{goes}."
    if found.landing_refused:
        yield (
            f"  {count(found.landing_refused, 'copy', 'copies')} of refused deliveries among them"
            " stay: their rows are in no batch."
        )


def _next_lines(found: Status) -> Iterator[str]:
    if any(feed.states["open"] for feed in found.feeds):
        yield "Next: evenhand sources quarantine list."
    undeclared = [feed.feed for feed in found.feeds if not feed.is_declared]
    if undeclared:
        yield f"Loaded and not declared any more: {', '.join(undeclared)}."
