"""How long the copies in landing are kept.

Belongs here: which copies have become batches and are old enough to go.
Does not belong here: raw and quarantine; they stay as long as scores can be contested.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from orchestration.landing.batches import BatchStore
from orchestration.landing.contract import Contract


@dataclass(frozen=True, kw_only=True)
class LandedCopy:
    """One extract as it was received. `goes_at` (naive UTC) is null where it is no batch.

    Its time counts from its receipt, not from when it was known: an old extract that is delivered
    late is kept as long as any other.

    A copy without a batch was refused: it stays until the delivery is mended or somebody removes
    it, because its rows are nowhere else.
    """

    folder: Path
    source_system: str
    feed: str
    goes_at: datetime | None


def landed_copies(home: Path, contracts: dict[str, Contract]) -> Iterator[LandedCopy]:
    """List what is in landing, with the day on which each copy goes."""
    received: dict[tuple[str, str, str], datetime] = {}
    for batch in BatchStore(home).batches():
        extract = batch.source_system, batch.feed, batch.extract_id
        received[extract] = max(batch.received_at, received.get(extract, batch.received_at))
    folders = (path for path in (home / "landing").glob("*/*/*") if path.is_dir())
    for folder in sorted(folders):
        source_system, feed, extract_id = folder.parts[-3:]
        received_at = received.get((source_system, feed, extract_id))
        contract, goes_at = contracts.get(feed), None
        if received_at is not None and contract is not None:
            goes_at = received_at + timedelta(days=contract.landing_days)
        yield LandedCopy(folder=folder, source_system=source_system, feed=feed, goes_at=goes_at)


def expire_landing(home: Path, contracts: dict[str, Contract], *, now: datetime) -> list[Path]:
    """Delete the copies whose time is over at `now` (naive UTC); answers which."""
    old = [
        copy.folder
        for copy in landed_copies(home, contracts)
        if copy.goes_at is not None and copy.goes_at <= now
    ]
    for folder in old:
        shutil.rmtree(folder)
    return old
