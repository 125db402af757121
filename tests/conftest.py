"""What tests of a whole night share: one small centre, built once and copied per test.

A night costs seconds of imports (Dagster, dbt, Great Expectations) and a centre seconds of
generation, so both are paid once a session; a copy of the built centre costs milliseconds.
"""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.defs.run_night import run_night
from orchestration.night.home import DEFAULT_SOURCES, Home
from orchestration.night.night import Night
from orchestration.night.outcome import Outcome

AGENTS, DAYS = 36, 30
# Later than anything in a centre's extracts; the night reads its clock only for receipts.
NOW = datetime(2026, 11, 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the libraries of a night warn: their warnings are not ours to mend."""
    for item in items:
        if {"night", "dbt", "faults", "integration"} & {mark.name for mark in item.iter_markers()}:
            item.add_marker(pytest.mark.filterwarnings("default"))


class Centre:
    """One EVENHAND_HOME with a synthetic centre in it."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)

    @property
    def drop(self) -> Path:
        return self.home.root / "synthetic_centre" / "drop"

    def live(self, *, days: int) -> None:
        """Let the centre live so many days and send what it has not sent yet."""
        from orchestration.synthetic_centre import make_centre

        make_centre(self.home.root, agents=AGENTS, days=days)

    def night(
        self,
        *,
        sources: Path = DEFAULT_SOURCES,
        folder: Path | None = None,
        as_of: datetime | None = None,
    ) -> Outcome:
        return run_night(
            Night(
                home=self.home,
                sources=sources,
                folder=folder or self.drop,
                as_of=as_of,
                now=NOW,
            )
        )

    def published_bytes(self, run_id: str) -> dict[str, bytes]:
        """Answer every published page and Parquet table of a run."""
        folder = self.home.published / run_id
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.suffix in {".html", ".parquet"}
        }


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """Answer the one centre of the session after its first night; nobody may change it."""
    centre = Centre(tmp_path_factory.mktemp("built"))
    centre.live(days=DAYS)
    outcome = centre.night()
    assert outcome.code == 0, outcome.in_words()
    return centre


@pytest.fixture
def copied(built: Centre, tmp_path: Path) -> Callable[[str], Centre]:
    """Answer copies of the built centre, each in a folder of its own."""

    def copy(name: str = "copy") -> Centre:
        shutil.copytree(built.home.root, tmp_path / name)
        return Centre(tmp_path / name)

    return copy


@pytest.fixture
def centre(copied: Callable[[str], Centre]) -> Centre:
    """Answer one copy of the built centre."""
    return copied("centre")
