"""Which feeds did not arrive whole for a night, and what their site wants done about it.

Belongs here: every declared feed asked in turn, and its site's policy.
Does not belong here: how a feed's extracts are judged (`feed_extracts`), why a delivery cannot be
used (`check`), a snapshot that lost history (`apply`), a metric without its feed (the models).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.contract import Contract
from orchestration.landing.delivery import missing_feeds
from orchestration.landing.feed_extracts import FeedExtracts, Limits
from orchestration.landing.readings import in_the_usual_course
from orchestration.landing.refusal import DeliveryRefused
from orchestration.landing.source_set import SourceSet


@dataclass(frozen=True, kw_only=True)
class FeedBreak:
    """One feed that did not arrive whole, in words; the night is held or leaves the feed out."""

    feed: str
    words: str
    is_left_out: bool


def feed_breaks(
    source_set: SourceSet,
    *,
    contracts: Mapping[str, Contract],
    store: BatchStore,
    batches: Sequence[Batch],
    refused: Mapping[str, str],
    limits: Limits,
) -> list[FeedBreak]:
    """Answer the first thing that is wrong with each declared feed; `batches` are those believed.

    `refused` are the feeds of which something that came cannot be used, with the words for it. Late
    is what is behind the feeds that have a deadline, so no clock is asked.
    """
    sent = in_the_usual_course(batches)
    deadlines = {
        feed: hours
        for feed, mapping in source_set.feeds.items()
        if (hours := mapping.late_after_hours or contracts[feed].late_after_hours)
    }
    newest = max((batch.known_at for batch in sent if batch.feed in deadlines), default=None)
    not_there = missing_feeds(source_set)
    found = []
    with duckdb.connect() as reader:  # one for all: it costs nine times what a footer does
        for feed, mapping in sorted(source_set.feeds.items()):
            if contracts[feed].store != "warehouse":
                continue
            extracts = FeedExtracts(
                contract=contracts[feed],
                mapping=mapping,
                store=store,
                extracts=[batch for batch in sent if batch.feed == feed],
                quiet_days=frozenset(source_set.quiet_days),
                reader=reader,
            )
            wrong = refused.get(feed) or (
                not_there_refusal(source_set, feed)
                if feed in not_there
                else next(extracts.wrong(newest, deadlines.get(feed), limits), None)
            )
            if wrong:
                is_left_out = mapping.when_incomplete == "publish_without"
                found.append(FeedBreak(feed=feed, words=str(wrong), is_left_out=is_left_out))
    return found


def feeds_not_there(source_set: SourceSet) -> list[DeliveryRefused]:
    """Say which declared feeds have no file: they hold the night, they are not zero."""
    return [
        not_there_refusal(source_set, feed)
        for feed in missing_feeds(source_set)
        if source_set.feeds[feed].when_incomplete == "hold"
    ]


def not_there_refusal(source_set: SourceSet, feed: str) -> DeliveryRefused:
    """Say of a declared feed that not one file of it is there."""
    return DeliveryRefused(
        feed=feed,
        file=str(source_set.folder / source_set.feeds[feed].files),
        reason="is declared, and no such file is there",
        next_step="deliver it, or take the feed out of the source set; what it measures is"
        " then 'not measured'",
    )
