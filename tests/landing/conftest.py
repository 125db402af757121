"""A tiny site: deliveries written by hand, landed and applied for real."""

import gzip
import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from orchestration.landing.apply import apply_batches
from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.contract import Contract, load_contracts
from orchestration.landing.land import land, new_deliveries
from orchestration.landing.source_set import load_source_set

NOW = datetime(2026, 11, 1)


class Site:
    """A folder of drops, an EVENHAND_HOME, and the steps between them."""

    def __init__(self, root: Path) -> None:
        self.drop, self.home = root / "drop", root / "home"
        self.drop.mkdir()
        self.mapping = ""

    @property
    def contracts(self) -> dict[str, Contract]:
        return load_contracts()

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.drop / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def extract(
        self, name: str, content: str, *, at: str, window: tuple[str, str] | None = None
    ) -> None:
        """Write one extract with its manifest, as a system that can would."""
        path = self.write(f"{name}/part-000.csv", content)
        manifest = {
            "extract_id": name,
            "extracted_at": at,
            "window_start": window[0] if window else None,
            "window_end": window[1] if window else None,
            "complete": True,
            "parts": [
                {
                    "file": path.name,
                    "rows": content.count("\n") - 1,
                    "sha256": sha256(content.encode()).hexdigest(),
                }
            ],
        }
        self.write(f"{name}/manifest.json", json.dumps(manifest))

    def land(
        self, feed: str, *, files: str = "**/*.csv*", more: str = "", received_at: datetime = NOW
    ) -> list[Batch]:
        sources = self.drop.parent / "sources.yml"
        sources.write_text(
            "source_set: tiny\nlabel: Tiny\nfeeds:\n"
            f"  {feed}:\n    source_system: acd\n    files: '{files}'\n{more}",
            encoding="utf-8",
        )
        source_set = load_source_set(sources, self.contracts, folder=self.drop)
        return [
            land(
                delivery,
                mapping=source_set.feeds[feed],
                contract=self.contracts[feed],
                home=self.home,
                received_at=received_at,
            )
            for delivery in new_deliveries(source_set, self.home)
        ]

    def quarantined(self, batch: Batch) -> list[tuple[int, list[str]]]:
        path = self.home / "quarantine" / batch.feed / f"{batch.batch_id}.parquet"
        return duckdb.sql(
            f"select row_number, reasons from '{path}' order by row_number"
        ).fetchall()

    def accepted(self, batch: Batch, columns: str) -> list[tuple[object, ...]]:
        path = BatchStore(self.home).rows_file(batch)
        return duckdb.sql(f"select {columns} from '{path}'").fetchall()

    def apply(self, connection: duckdb.DuckDBPyConnection) -> list[object]:
        store = BatchStore(self.home)
        return list(
            apply_batches(connection, store, contracts=self.contracts, batches=store.batches())
        )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def gz() -> Callable[[str], bytes]:
    return lambda text: gzip.compress(text.encode(), mtime=0)
