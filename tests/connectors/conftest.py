"""A site whose source set fetches: a drop folder, a declaration, and what a run left there."""

import gzip
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import indent
from typing import Any

import duckdb
import pytest

from orchestration.connectors.outcome import ExtractOutcome
from orchestration.connectors.pace import Pace
from orchestration.connectors.run import run_extracts
from orchestration.landing.contract import load_contracts
from orchestration.landing.delivery import Delivery, find_deliveries
from orchestration.landing.source_set import SourceSet, load_source_set
from tests.connectors.api_server import Api, serve_api
from tests.connectors.postgresql_server import Server, serve_postgresql

NOW = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)


class FakePace(Pace):
    """A clock that only moves when somebody waits; it remembers every pause."""

    def __init__(self) -> None:
        self.at, self.pauses = 0.0, list[float]()
        super().__init__(clock=lambda: self.at, sleep=self._wait)

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _wait(self, seconds: float) -> None:
        self.at += seconds
        if seconds:
            self.pauses.append(round(seconds, 3))


class FetchingSite:
    """One folder with a source set of one feed, fetched as the test declares it."""

    def __init__(self, root: Path) -> None:
        self.root, self.drop = root, root / "drop"
        self.drop.mkdir()
        self.pace = FakePace()
        self.environ: dict[str, str] = {}

    def declare(
        self, extract: str, *, feed: str = "case_record", more: str = "", files: str = ""
    ) -> SourceSet:
        path = self.root / "sources.yml"
        found = files or f"crm/{feed}/*/part-*"
        path.write_text(
            f"source_set: tiny\nlabel: Tiny\nfolder: drop\nfeeds:\n  {feed}:\n"
            f"    source_system: crm\n    files: '{found}'\n{indent(more, '    ')}"
            f"extracts:\n  {feed}:\n{indent(extract, '    ')}",
            encoding="utf-8",
        )
        return load_source_set(path, load_contracts(), folder=None)

    def fetch(
        self, source_set: SourceSet, *, now: datetime = NOW, day: date | None = None
    ) -> ExtractOutcome:
        (outcome,) = run_extracts(
            source_set, now=now, environ=self.environ, day=day, pace=self.pace
        )
        return outcome

    def deliveries(self, source_set: SourceSet) -> list[Delivery]:
        return list(find_deliveries(source_set))

    def manifests(self) -> list[dict[str, Any]]:
        return [
            json.loads(path.read_bytes()) for path in sorted(self.drop.glob("**/manifest.json"))
        ]

    def text(self, part: Path) -> str:
        return gzip.decompress(part.read_bytes()).decode()

    def lines(self, extract_id: str, *, feed: str = "case_record") -> list[str]:
        """Answer the lines of one extract as they stand in its parts."""
        parts = sorted((self.drop / "crm" / feed / extract_id).glob("part-*.jsonl.gz"))
        return "".join(self.text(part) for part in parts).splitlines()

    def rows(self, extract_id: str, *, feed: str = "case_record") -> list[Mapping[str, Any]]:
        """Answer the rows of one extract, from Parquet or NDJSON."""
        rows: list[Mapping[str, Any]] = []
        for path in sorted((self.drop / "crm" / feed / extract_id).glob("part-*")):
            if path.suffix == ".parquet":
                relation = duckdb.sql(f"select * from '{path}'")
                names = relation.columns
                rows += [dict(zip(names, row, strict=True)) for row in relation.fetchall()]
        return rows or [json.loads(line) for line in self.lines(extract_id, feed=feed)]


@pytest.fixture
def site(tmp_path: Path) -> FetchingSite:
    return FetchingSite(tmp_path)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start one PostgreSQL for the session; each test makes tables of its own."""
    with serve_postgresql() as server:
        yield server


@pytest.fixture
def api() -> Iterator[Api]:
    with serve_api() as served:
        yield served
