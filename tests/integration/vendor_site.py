"""A site that uses the mappings of one vendor as they are: fetched, checked and kept for real."""

import csv
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.connectors.run import run_extracts
from orchestration.landing.apply import apply_batches
from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.contract import load_contracts
from orchestration.landing.land import land, new_deliveries
from orchestration.landing.source_set import SourceSet, load_source_set
from orchestration.night.home import SOURCES

DATA = Path(__file__).parents[3] / "shared" / "data"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
REPLICA = """    database:
      kind: postgresql
      host: replica.example
      name: {name}
      user: reader
      password_from: REPLICA_PASSWORD
"""
SQLITE = "    database: {kind: sqlite, file: replica.db}\n"
POSTGRESQL = (
    "    database: {{kind: postgresql, host: 127.0.0.1, port: {port}, name: postgres, user: site,"
    " sslmode: disable, password_from: REPLICA_PASSWORD}}\n"
)


def given(*path: str) -> Path:
    """Answer a file written by others, or skip, loudly, where it is not beside the checkout."""
    file = DATA.joinpath(*path)
    if not file.is_file():
        pytest.skip(f"the file {'/'.join(path)} is not beside the checkout: see CONTRIBUTING")
    return file


class VendorSite:
    """A drop folder, a replica, an EVENHAND_HOME, and a vendor's own source set.

    The replica is the PostgreSQL at `port`, or else a SQLite file.
    """

    def __init__(self, root: Path, vendor: str, *, port: int | None = None) -> None:
        self.drop, self.home = root / "drop", root / "home"
        self.drop.mkdir()
        declared = (SOURCES / "vendors" / f"{vendor}.yml").read_text(encoding="utf-8")
        here = SQLITE if port is None else POSTGRESQL.format(port=port)
        for name in ("fivetran", "hr"):
            declared = declared.replace(REPLICA.format(name=name), here)
        self.yaml = root / f"{vendor}.yml"
        self.yaml.write_text(declared, encoding="utf-8")

    @property
    def source_set(self) -> SourceSet:
        return load_source_set(self.yaml, load_contracts(), folder=self.drop)

    def write(self, name: str, content: str | bytes) -> None:
        path = self.drop / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def table(self, name: str, rows: Iterable[Mapping[str, str | None]]) -> None:
        """Add rows to a table of the replica, every column as text, nothing as null."""
        listed = list(rows)
        columns = ", ".join(f'"{column}"' for column in listed[0])
        marks = ", ".join("?" for _ in listed[0])
        self.run(f'create table if not exists "{name}" ({columns})')
        for row in listed:
            values = [value or None for value in row.values()]
            self.run(f'insert into "{name}" ({columns}) values ({marks})', *values)

    def run(self, statement: str, *values: str | None) -> None:
        with closing(sqlite3.connect(self.drop / "replica.db")) as replica, replica:
            replica.execute(statement, values)

    def table_given(self, name: str, *path: str) -> None:
        """Fill a table of the replica from a seed table written by others."""
        with given(*path).open(encoding="utf-8", newline="") as file:
            self.table(name, csv.DictReader(file))

    def replica(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.drop / "replica.db")) as replica:
            return replica.execute(query).fetchall()

    def fetch(self, environ: Mapping[str, str] | None = None) -> None:
        """Run the vendor's own queries against the replica."""
        for outcome in run_extracts(self.source_set, now=NOW, environ=environ or {}):
            assert outcome.problem is None, outcome.problem

    def land(self, feed: str, *, later: int = 0) -> list[Batch]:
        """Land what is new of a feed, `later` days after the first time."""
        source_set, contracts = self.source_set, load_contracts()
        return [
            land(
                delivery,
                mapping=source_set.feeds[feed],
                contract=contracts[feed],
                home=self.home,
                received_at=NOW.replace(tzinfo=None) + timedelta(days=later),
            )
            for delivery in new_deliveries(source_set, self.home)
            if delivery.feed == feed
        ]

    def accepted(
        self, batch: Batch, columns: str, *, where: str = "true"
    ) -> list[tuple[object, ...]]:
        path = BatchStore(self.home).rows_file(batch)
        return duckdb.sql(f"select {columns} from '{path}' where {where} order by all").fetchall()

    def quarantined(self, batch: Batch, columns: str) -> list[tuple[object, ...]]:
        path = BatchStore(self.home).quarantined_file(batch)
        return duckdb.sql(f"select {columns} from '{path}' order by row_number").fetchall()

    def believed(self, feed: str, columns: str) -> list[tuple[object, ...]]:
        """Answer what is believed after every batch was applied."""
        store = BatchStore(self.home)
        with duckdb.connect() as warehouse:
            apply_batches(warehouse, store, contracts=load_contracts(), batches=store.batches())
            return warehouse.execute(
                f"select {columns} from raw.{feed} where superseded_at > '9000-01-01' order by all"
            ).fetchall()

    def bytes_kept(self) -> bytes:
        """Answer every byte that landing, raw and quarantine hold, rows of Parquet as text too."""
        return _bytes(self.home.rglob("*"))

    def bytes_dropped(self) -> bytes:
        """Answer every byte that was fetched into the drop folder; the replica is not in it."""
        return _bytes(self.drop.glob("*/**/*"))


def _bytes(paths: Iterable[Path]) -> bytes:
    held = b""
    for path in sorted(path for path in paths if path.is_file()):
        held += path.read_bytes()
        if path.suffix == ".parquet":
            held += str(duckdb.sql(f"select * from '{path}'").fetchall()).encode()
    return held
