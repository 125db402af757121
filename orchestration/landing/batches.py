"""Raw and quarantine batches: written once, never changed, and enough to rebuild everything.

Belongs here: writing a checked delivery to disk so that it is there whole or not at all; listing.
Does not belong here: deciding about rows (`check`), what we believe (`apply`).
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import get_args

import duckdb

from orchestration.landing.accounting import Accounting
from orchestration.landing.contract import Contract, Store
from orchestration.landing.delivery import Delivery, file_digest
from orchestration.landing.expressions import quoted, text_literal
from orchestration.landing.source_set import FeedMapping
from reports.engine.durable import replace_text


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One reading of a delivery as it stands in raw: when we knew it, all its rows counted.

    A delivery that is read again under a mended mapping takes the place of the batch it `replaces`,
    `known_at` included, and is believed from `read_at` on (naive UTC; null for a first reading).
    """

    batch_id: str
    feed: str
    source_system: str
    extract_id: str
    known_at: datetime
    received_at: datetime  # naive UTC, when it was landed; no part of a run's identity
    window_start: datetime | None
    window_end: datetime | None
    is_complete: bool
    contract_version: int
    mapping_digest: str
    delivery_digest: str
    rows_digest: str
    accounting: Accounting
    replaces: str | None = None
    read_at: datetime | None = None

    @property
    def believed_from(self) -> datetime:
        """From when on we believed what it says, and not an earlier reading."""
        return self.read_at or self.known_at


def place_of(home: Path, store: Store) -> Path:
    """Answer where the feeds of a store have their landing, raw and quarantine.

    The warehouse's are EVENHAND_HOME itself. What it may never hold has a folder of its own there,
    and nobody who lists the batches of the warehouse meets it.
    """
    return home if store == "warehouse" else home / store


def close_to_others(place: Path) -> None:
    """Make a folder, and everything in it, readable by its owner alone."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in [place, *place.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)


class BatchStore:
    """The folders `raw/` and `quarantine/` of one store of an EVENHAND_HOME."""

    def __init__(self, home: Path, store: Store = "warehouse") -> None:
        self.home = home
        place = place_of(home, store)
        self.raw, self.quarantine = place / "raw", place / "quarantine"

    def newest_reading(self, delivery: Delivery) -> Batch | None:
        """Answer the batch that this very delivery has become, by its last mapping."""
        reading = None
        while (manifest := self._manifest(delivery.feed, delivery.batch_id)).is_file():
            reading = _batch(json.loads(manifest.read_text(encoding="utf-8")))
            delivery = replace(delivery, replaces=reading.batch_id)
        return reading

    def rows_file(self, batch: Batch) -> Path:
        """Answer where the accepted rows of a batch are."""
        return self.raw / batch.feed / f"{batch.batch_id}.parquet"

    def quarantined_file(self, batch: Batch) -> Path:
        """Answer where the rows of a batch are that were kept apart."""
        return self.quarantine / batch.feed / f"{batch.batch_id}.parquet"

    def write(
        self,
        connection: duckdb.DuckDBPyConnection,
        delivery: Delivery,
        *,
        received_at: datetime,
        contract: Contract,
        mapping: FeedMapping,
        accounting: Accounting,
        known_at: datetime,
        read_at: datetime | None = None,
    ) -> Batch:
        """Write the checked tables as a batch; its manifest last, so half a batch is none."""
        batch_id, feed = delivery.batch_id, delivery.feed
        columns = ", ".join(quoted(name) for name in contract.columns)
        system = text_literal(delivery.source_system)
        self._copy(connection, "select * from quarantined", self.quarantine / feed, batch_id)
        rows = self._copy(
            connection,
            f"select {columns}, {system} as source_system, row_digest from accepted",
            self.raw / feed,
            batch_id,
        )
        batch = Batch(
            batch_id=batch_id,
            feed=feed,
            source_system=delivery.source_system,
            extract_id=delivery.extract_id,
            known_at=known_at,
            received_at=received_at,
            window_start=delivery.window_start,
            window_end=delivery.window_end,
            # A hand-made file without a manifest stands for the whole of a full snapshot; of a
            # window it cannot, since nobody said which window.
            is_complete=delivery.is_complete
            or (not delivery.has_manifest and contract.load == "snapshot_full"),
            contract_version=contract.version,
            mapping_digest=mapping.digest(),
            delivery_digest=delivery.digest,
            rows_digest=file_digest(rows),
            accounting=accounting,
            replaces=delivery.replaces,
            read_at=read_at,
        )
        self.write_manifest(batch)
        return batch

    def write_manifest(self, batch: Batch) -> None:
        """Write what is known of a batch, whole or not at all."""
        content = json.dumps(asdict(batch), indent=1, default=str, sort_keys=True)
        replace_text(self._manifest(batch.feed, batch.batch_id), content)

    @cached_property
    def _read(self) -> dict[Path, Batch]:
        return {}

    def batches(self) -> list[Batch]:
        """List every batch, the oldest knowledge first."""
        for path in self.raw.glob("*/*.json"):
            if path not in self._read:  # a batch never changes
                self._read[path] = _batch(json.loads(path.read_text(encoding="utf-8")))
        return sorted(self._read.values(), key=lambda batch: (batch.known_at, batch.batch_id))

    def _manifest(self, feed: str, batch_id: str) -> Path:
        return self.raw / feed / f"{batch_id}.json"

    def _copy(
        self, connection: duckdb.DuckDBPyConnection, rows: str, folder: Path, batch_id: str
    ) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{batch_id}.parquet"
        unfinished = path.with_suffix(".tmp")
        connection.execute(
            # Version 2 of the encodings: a fifth less CPU, and half the bytes for contacts. Level 1
            # of zstd: a fifth less again, and no byte more.
            f"copy ({rows}) to {text_literal(str(unfinished))} (format parquet,"
            " compression zstd, compression_level 1, parquet_version v2)"
        )
        unfinished.replace(path)
        return path


def every_store(home: Path) -> list[BatchStore]:
    """List the stores of an EVENHAND_HOME; only the first, the warehouse's, enters a run."""
    return [BatchStore(home, store) for store in get_args(Store)]


def _batch(content: dict[str, object]) -> Batch:
    def moment(name: str) -> datetime | None:
        said = content.get(name)
        return datetime.fromisoformat(said) if isinstance(said, str) else None

    names = ("known_at", "received_at", "window_start", "window_end", "read_at")
    times = {name: moment(name) for name in names}
    return Batch(**{**content, **times, "accounting": Accounting(**content["accounting"])})  # type: ignore[arg-type]
