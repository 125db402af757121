"""`evenhand sources load`: the first step of a night, alone and without Dagster.

Belongs here: the order of the feeds, the words of the answer.
Does not belong here: landing (`night.land_feed`).
"""

import argparse
from collections.abc import Iterator
from dataclasses import asdict

from orchestration.commands.site import site_of
from orchestration.commands.sources import DONE, HELD, Said
from orchestration.commands.text_table import count, table, utc
from orchestration.landing.batches import Batch
from orchestration.landing.feed_breaks import feeds_not_there
from orchestration.landing.refusal import DeliveryRefused
from orchestration.night.lock import only_night
from orchestration.night.night import Night

_NO_LIMIT = "9999-12-31"


def load(parsed: argparse.Namespace) -> Said:
    """Land what is new under the night's lock and answer what is to be said."""
    site = site_of(parsed)
    night = site.night()
    night.source_set  # noqa: B018 - a mistake in the YAML is said before anything is written
    site.home.prepare()
    with only_night(site.home, now=site.now):
        site.home.sweep_scratch()
        night.claim_home()
        gone = night.expire_landing()
        landed, refused = _land(night)
    content = {
        "batches": [asdict(batch) for batch in landed],
        "refused": [str(refusal) for refusal in refused],
        "expired_copies": len(gone),
    }
    lines = [*_batch_lines(landed), *_read_again(landed)]
    lines += [f"Refused: {refusal}" for refusal in refused]
    if gone:
        lines.append(f"{count(len(gone), 'copy', 'copies')} in landing had served its time.")
    after = "mend what is refused, and load again" if refused else "evenhand nightly"
    lines.append(f"Next: {after}.")
    return Said(code=HELD if refused else DONE, lines=lines, content=content)


def _land(night: Night) -> tuple[list[Batch], list[DeliveryRefused]]:
    """Land every feed; a refused delivery stops its own feed and no other."""
    landed: list[Batch] = []
    refused = feeds_not_there(night.source_set)
    for feed in sorted(night.source_set.feeds):
        try:
            # One by one: what has landed before a refusal has landed.
            landed.extend(night.land_feed(feed, up_to_day=_NO_LIMIT))
        except DeliveryRefused as refusal:
            refused.append(refusal)
    return [*landed, *night.land_derived()], refused


def _read_again(landed: list[Batch]) -> Iterator[str]:
    for batch in landed:
        if batch.replaces:
            yield (
                f"{batch.feed}: the mapping was mended, so batch {batch.batch_id} counts in place"
                f" of {batch.replaces}, and every row once."
            )


def _batch_lines(landed: list[Batch]) -> list[str]:
    if not landed:
        return ["Nothing new has been delivered."]
    return table(
        ["feed", "batch", "known at", "read", "accepted", "quarantined", "duplicates"],
        [
            [
                batch.feed,
                batch.batch_id,
                utc(batch.known_at),
                batch.accounting.read,
                batch.accounting.accepted,
                batch.accounting.quarantined,
                batch.accounting.duplicates,
            ]
            for batch in landed
        ],
    )
