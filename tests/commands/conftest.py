"""The command line on a tiny site: files written by hand, one EVENHAND_HOME, no Dagster."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.cli import main
from orchestration.landing.apply import Applied, apply_batches
from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.contract import load_contracts

CASES = "case_id,created_at,status_native,status,source_updated_at\n"
ROOMY = 400  # enough good rows for two bad ones to stay under the contract's limit of 0.5 %


def cases(bad: str = "", *, good: int = ROOMY, prefix: str = "g", status: str = "open") -> str:
    """Write case records: good rows first, then whatever is wrong."""
    at = "2024-06-01T08:00:00Z"
    return CASES + "".join(f"{prefix}{n},{at},o,{status},{at}\n" for n in range(good)) + bad


@dataclass
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class CommandLine:
    """A site whose only feed is case records of a CRM."""

    def __init__(self, root: Path, capture: Callable[[], Any]) -> None:
        self.drop, self.home, self.yaml = root / "drop", root / "home", root / "ours.yml"
        self.capture = capture
        self.drop.mkdir()
        self.declare()

    def declare(self, *, more: str = "", feed: str = "case_record", name: str = "ours") -> None:
        self.yaml.write_text(
            f"source_set: {name}\nlabel: Ours\nfolder: drop\nfeeds:\n"
            f"  {feed}:\n    source_system: crm\n    files: '*.csv'\n{more}"
        )

    def write(self, name: str, content: str) -> Path:
        path = self.drop / name
        path.write_text(content)
        return path

    def backdate(self, batch: Batch, *, to: str) -> None:
        """Let a batch have been received earlier, so that a test need not wait."""
        manifest = self.home / "raw" / batch.feed / f"{batch.batch_id}.json"
        manifest.write_text(manifest.read_text().replace(f"{batch.known_at}", f"{to} 00:00:00"))

    def apply(self) -> list[Applied]:
        """Apply what is in raw, as a night does."""
        store = BatchStore(self.home)
        with duckdb.connect(str(self.home / "warehouse.duckdb")) as connection:
            return apply_batches(
                connection, store, contracts=load_contracts(), batches=store.batches()
            )

    def accepted(self, batch: Batch) -> list[str]:
        """Answer the ids of the accepted cases of a batch."""
        file = BatchStore(self.home).rows_file(batch)
        return [str(row[0]) for row in duckdb.sql(f"select case_id from '{file}'").fetchall()]

    def believed(self, case_id: str) -> list[str]:
        """Answer the states of a case that are believed now."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            found = connection.execute(
                "select status from raw.case_record"
                " where case_id = ? and superseded_at > '9000-01-01'",
                [case_id],
            ).fetchall()
        return [str(row[0]) for row in found]

    def sources(self, *words: str | Path, sources: bool = True) -> Answer:
        told = ["--sources", str(self.yaml)] if sources else []
        code = main(["sources", *map(str, words), *told])
        captured = self.capture()
        return Answer(code, captured.out, captured.err)


@pytest.fixture
def site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    monkeypatch.setenv("EVENHAND_HOME", str(tmp_path / "home"))
    return CommandLine(tmp_path, capsys.readouterr)
