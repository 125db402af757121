"""Which queues are compared with each other, as a site declares them.

Belongs here: the typed form of `queue_families` in a source set, and when it cannot be meant.
Does not belong here: which contacts are in which queue (the models).
"""

from datetime import date

from pydantic import Field

from metrics.engine.documents import Document
from metrics.engine.vocabulary import Declaration, Text


class QueueFamily(Declaration):
    """Queues that are compared with each other, each until a later day names it again."""

    queue_family: Text
    queues: tuple[Text, ...] = Field(min_length=1)
    valid_from_date: date = date.min


def refuse_unfit_families(document: Document, families: tuple[QueueFamily, ...]) -> None:
    """Refuse a queue that begins in two families on one day. Raises DefinitionError."""
    seen: set[tuple[str, date]] = set()
    for place, family in enumerate(families):
        for queue in family.queues:
            if (queue, family.valid_from_date) in seen:
                raise document.error(
                    ("queue_families", place),
                    wrong=f"the queue {queue} is named twice from the same day on",
                    to_do="leave it in one family, or give one of them a later valid_from_date",
                )
            seen.add((queue, family.valid_from_date))
