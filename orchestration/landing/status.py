"""Where every feed stands: what came last, whether all of it is accounted for, what is in the way.

Belongs here: the figures of one EVENHAND_HOME, read and nothing else.
Does not belong here: printing them; opening the warehouse while a night needs it
(`night.loaded_batches`).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.contract import Contract
from orchestration.landing.feed_breaks import FeedBreak
from orchestration.landing.quarantine import STATES
from orchestration.landing.quarantine_list import quarantine_list
from orchestration.landing.readings import REPLAY_OF, that_count
from orchestration.landing.retention import landed_copies
from orchestration.landing.source_set import SourceSet

COUNTS = ("read", "accepted", "quarantined", "duplicates")


@dataclass(frozen=True, kw_only=True)
class LoadedCounts:
    """What applying the batches of a feed found, in rows, and why its newest batch was refused."""

    stale: int
    conflicts: int
    refused_because: str | None


@dataclass(frozen=True, kw_only=True)
class FeedStatus:
    """One feed. `totals` are rows over all its batches, `released` those that replays loaded.

    `age_days` is how long before `as_of` its last batch was known; null without a batch.
    """

    feed: str
    is_declared: bool
    is_derived: bool
    batches: int
    last: Batch | None
    age_days: float | None
    totals: dict[str, int]
    adds_up: bool
    released: int
    states: dict[str, int]
    loaded: LoadedCounts | None


@dataclass(frozen=True, kw_only=True)
class Status:
    """One EVENHAND_HOME at `as_of` (naive UTC).

    `not_measured` are the contracts that nobody declared; `breaks` say which declared feeds did not
    arrive whole, and whether the next night is held by it. `landing` counts the copies that are
    kept, `landing_refused` those among them that never became a batch.
    """

    source_set: str
    label: str
    as_of: datetime
    feeds: tuple[FeedStatus, ...]
    not_measured: tuple[str, ...]
    breaks: tuple[FeedBreak, ...]
    landing: int
    landing_refused: int
    next_to_go: datetime | None
    warehouse: str
    notes: list[str] = field(default_factory=list)

    @property
    def adds_up(self) -> bool:
        """Whether read = accepted + quarantined + duplicates in every batch of every feed."""
        return all(feed.adds_up for feed in self.feeds)

    def as_json(self) -> dict[str, object]:
        """Answer everything as plain values."""
        return {**asdict(self), "adds_up": self.adds_up}


def status(
    source_set: SourceSet,
    *,
    contracts: dict[str, Contract],
    home: Path,
    as_of: datetime,
    warehouse: str,
    loaded: dict[str, LoadedCounts],
    breaks: Sequence[FeedBreak],
) -> Status:
    """Answer where every feed stands; `warehouse` says what was read of it, `loaded` what it says.

    Batches known after `as_of` do not count; the states of rows in quarantine are those of now.
    """
    known = (batch for batch in BatchStore(home).batches() if batch.believed_from <= as_of)
    batches = that_count(known)
    # What the night writes itself is no source, and so neither there nor missing.
    feeds = {feed for feed, contract in contracts.items() if contract.written_by == "source"}
    shown = sorted({*source_set.declared, *(batch.feed for batch in batches)} & feeds)
    copies = list(landed_copies(home, contracts))
    return Status(
        source_set=source_set.source_set,
        label=source_set.label,
        as_of=as_of,
        feeds=tuple(
            _feed(
                contracts[feed],
                source_set=source_set,
                home=home,
                batches=[batch for batch in batches if batch.feed == feed],
                as_of=as_of,
                loaded=loaded.get(feed),
            )
            for feed in shown
        ),
        not_measured=tuple(sorted(feeds - set(source_set.declared))),
        breaks=tuple(breaks),
        landing=len(copies),
        landing_refused=sum(copy.goes_at is None for copy in copies),
        next_to_go=min((copy.goes_at for copy in copies if copy.goes_at), default=None),
        warehouse=warehouse,
    )


def _feed(
    contract: Contract,
    *,
    source_set: SourceSet,
    home: Path,
    batches: list[Batch],
    as_of: datetime,
    loaded: LoadedCounts | None,
) -> FeedStatus:
    last = batches[-1] if batches else None
    mapping = source_set.feeds.get(contract.feed)
    states = dict.fromkeys(STATES, 0)
    if any(batch.accounting.quarantined for batch in batches):
        states = quarantine_list(contract, home=home, mapping=mapping, limit=0).states
    return FeedStatus(
        feed=contract.feed,
        is_declared=contract.feed in source_set.declared,
        is_derived=contract.feed in source_set.declared and mapping is None,
        batches=len(batches),
        last=last,
        age_days=(as_of - last.known_at).total_seconds() / 86400 if last else None,
        totals={name: sum(getattr(batch.accounting, name) for batch in batches) for name in COUNTS},
        adds_up=all(_adds_up(batch) for batch in batches),
        released=sum(
            batch.accounting.read for batch in batches if batch.extract_id.startswith(REPLAY_OF)
        ),
        states=states,
        loaded=loaded,
    )


def _adds_up(batch: Batch) -> bool:
    counted = batch.accounting
    return counted.read == counted.accepted + counted.quarantined + counted.duplicates
