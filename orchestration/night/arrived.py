"""What has arrived for a run: its name, and the feeds that are not whole in it.

Belongs here: which batches, decisions and broken feeds a run is named over.
Does not belong here: finding what is broken (`landing.feed_breaks`), the name (`run_identity`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.contract import Contract
from orchestration.landing.feed_breaks import FeedBreak, feed_breaks
from orchestration.landing.feed_extracts import Limits
from orchestration.landing.land import new_deliveries
from orchestration.landing.quarantine_decisions import decisions
from orchestration.landing.readings import that_count
from orchestration.landing.refused import refusals
from orchestration.landing.source_set import SourceSet
from orchestration.night.run_identity import Run, identify_run


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """What has arrived for one run: of `batches` those known at `as_of`, or all without one."""

    batches: Sequence[Batch]
    source_set: SourceSet
    contracts: Mapping[str, Contract]
    store: BatchStore
    as_of: datetime | None

    @cached_property
    def breaks(self) -> list[FeedBreak]:
        """The declared feeds that did not arrive whole, and what is done about each."""
        as_of = self.as_of
        return feed_breaks(
            self.source_set,
            contracts=self.contracts,
            store=self.store,
            batches=that_count(b for b in self.batches if not as_of or b.believed_from <= as_of),
            # What waits today says nothing of what was known then.
            refused={} if as_of else self._refused(),
            limits=Limits.in_force(),
        )

    def _refused(self) -> dict[str, str]:
        """Answer what was refused and is still there; taken out of the folder, it is forgotten."""
        return {
            feed: words
            for feed, words in refusals(self.store.home).items()
            if feed in self.source_set.feeds
            and new_deliveries(self.source_set, self.store.home, of=feed)
        }

    @property
    def held_because(self) -> list[str]:
        """Why the run may not be built: what broke and may not be left out."""
        return [one.words for one in self.breaks if not one.is_left_out]

    @cached_property
    def run(self) -> Run:
        """The run, named over all of this and over what was decided about rows kept apart."""
        return identify_run(
            self.batches,
            self.source_set,
            contracts=self.contracts,
            as_of=self.as_of,
            left_out={one.feed: one.words for one in self.breaks if one.is_left_out},
            decisions=list(decisions(self.store.home)),
        )
