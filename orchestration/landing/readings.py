"""One delivery read more than once, because its mapping was mended: which reading counts.

Belongs here: what is still to be read, and which batches are believed.
Does not belong here: reading (`check`), keeping batches (`batches`), the order of belief (`apply`).

The newest reading stands in the place of the first, with the same `known_at`. Applied after it, it
would lose to it where a feed keeps the first row of a key, and leave behind the rows whose key the
mended mapping makes otherwise.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from orchestration.landing.batches import Batch, every_store
from orchestration.landing.delivery import MADE_AGAIN, Delivery
from orchestration.landing.source_set import FeedMapping

# Begins the extract id of rows that were released from the quarantine of a batch.
REPLAY_OF = "replay-of-"


def still_to_read(delivery: Delivery, *, mapping: FeedMapping, home: Path) -> Delivery | None:
    """Answer the delivery as it is to be read; null where it is a batch by this mapping."""
    readings = (store.newest_reading(delivery) for store in every_store(home))
    newest = next(filter(None, readings), None)
    if newest is None:
        return delivery
    if newest.mapping_digest == mapping.digest():
        return None
    return replace(delivery, replaces=newest.batch_id, known_at=newest.known_at)


def that_count(batches: Iterable[Batch]) -> list[Batch]:
    """Leave out what a newer reading replaces, and what was released from the quarantine of that.

    The rows of both are in the newer reading, accepted or kept apart; in raw all of them stay.
    """
    known = list(batches)
    gone = {batch.replaces for batch in known if batch.replaces}
    out = gone | {f"{REPLAY_OF}{batch_id}" for batch_id in gone}
    return [batch for batch in known if not out & {batch.batch_id, batch.extract_id}]


def in_the_usual_course(batches: Iterable[Batch]) -> list[Batch]:
    """Leave out rows released from quarantine, and past days that were fetched again.

    They are known from today and say nothing of how far their feed has come.
    """
    return [one for one in batches if not one.extract_id.startswith((REPLAY_OF, MADE_AGAIN))]
