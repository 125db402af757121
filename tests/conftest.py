"""What tests of a whole night share: one small centre, built once and copied per test.

A night costs seconds of imports (Dagster, dbt, Great Expectations) and a centre seconds of
generation, so what several tests begin with is made once a session, whatever number of workers
runs it: the parsed dbt project, the first night, the second. A copy of it costs milliseconds.
"""

import json
import os
import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from filelock import FileLock

from orchestration.night.home import DEFAULT_SOURCES, Home
from orchestration.night.models import ensure_parsed
from orchestration.night.outcome import Outcome
from tests.watched import NIGHTLY, run_watched

if TYPE_CHECKING:
    from orchestration.night.night import Night

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

    def as_night(
        self,
        *,
        sources: Path = DEFAULT_SOURCES,
        folder: Path | None = None,
        as_of: datetime | None = None,
    ) -> "Night":
        """Answer the night of this centre, not yet begun."""
        # Here, because the unit tests read this file too, and need none of it: 1 s.
        from orchestration.night.night import Night

        return Night(
            home=self.home, sources=sources, folder=folder or self.drop, as_of=as_of, now=NOW
        )

    def night(self, **how: Any) -> Outcome:
        """Run a whole night."""
        from orchestration.defs.run_night import run_night

        return run_night(self.as_night(**how))

    def applied(self, *, sources: Path = DEFAULT_SOURCES) -> "Night":
        """Land and apply what has come, as a night does before it builds."""
        night = self.as_night(sources=sources)
        night.home.prepare()
        for feed in night.source_set.feeds:
            list(night.land_feed(feed, up_to_day="9999-12-31"))
        night.apply()
        return night

    def published_bytes(self, run_id: str) -> dict[str, bytes]:
        """Answer every published page and Parquet table of a run."""
        folder = self.home.published / run_id
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.suffix in {".html", ".parquet"}
        }


class SecondNight(NamedTuple):
    """What a night in a process of its own, with every socket watched, came to."""

    centre: Centre
    out: str
    err: str
    seconds: float


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Answer folders that one worker fills for all; whoever else needs one waits for it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def filled(name: str, fill: Callable[[Path], None]) -> Path:
        folder, whole = shared / name, shared / f"{name}.whole"
        with FileLock(shared / f"{name}.lock"):
            if not whole.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                fill(folder)
                whole.touch()
        return folder

    return filled


@pytest.fixture(scope="session")
def parsed(once: Callable[..., Path]) -> Home:
    """Answer a home in which dbt has parsed the project, and nothing else was done."""

    def parse(folder: Path) -> None:
        Home(folder).prepare()
        ensure_parsed(Home(folder))

    return Home(once("parsed", parse))


@pytest.fixture(scope="session")
def new_home(parsed: Home) -> Callable[[Path], Home]:
    """Answer empty homes that need not parse the dbt project again, which takes 4 s."""

    def make(root: Path) -> Home:
        shutil.copytree(parsed.manifest.parent, Home(root).manifest.parent)
        return Home(root)

    return make


@pytest.fixture(scope="session")
def built(once: Callable[..., Path], new_home: Callable[[Path], Home]) -> Centre:
    """Answer the one centre of the session after its first night; nobody may change it."""

    def build(folder: Path) -> None:
        centre = Centre(new_home(folder).root)
        centre.live(days=DAYS)
        outcome = centre.night()
        assert outcome.code == 0, outcome.in_words()

    return Centre(once("built", build))


@pytest.fixture(scope="session")
def next_day(once: Callable[..., Path], built: Centre) -> Centre:
    """Answer the built centre with the extracts of one more day; nobody may change it."""

    def live_on(folder: Path) -> None:
        shutil.copytree(built.home.root, folder, dirs_exist_ok=True)
        Centre(folder).live(days=DAYS + 1)

    return Centre(once("next_day", live_on))


@pytest.fixture(scope="session")
def second_night(once: Callable[..., Path], next_day: Centre) -> SecondNight:
    """Answer the centre after the night of that day, as a site runs it; nobody may change it."""

    def run(folder: Path) -> None:
        shutil.copytree(next_day.home.root, folder / "centre")
        began = time.monotonic()
        night = run_watched(NIGHTLY, folder / "centre")
        seconds = time.monotonic() - began
        said = [night.returncode, night.stdout, night.stderr, seconds]
        (folder / "said.json").write_text(json.dumps(said))

    folder = once("second_night", run)
    code, out, err, seconds = json.loads((folder / "said.json").read_text())
    assert code == 0, err
    return SecondNight(Centre(folder / "centre"), out, err, seconds)


@pytest.fixture
def copied(built: Centre, tmp_path: Path) -> Callable[..., Centre]:
    """Answer copies of a centre, the built one by default, each in a folder of its own."""

    def copy(name: str = "copy", *, of: Centre = built) -> Centre:
        shutil.copytree(of.home.root, tmp_path / name)
        return Centre(tmp_path / name)

    return copy


@pytest.fixture
def centre(copied: Callable[..., Centre]) -> Centre:
    """Answer one copy of the built centre."""
    return copied("centre")
