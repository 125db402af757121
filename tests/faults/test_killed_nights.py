"""A night killed at any moment, and run again as if nothing had happened.

One moment in every `make test`; ten with `make proof`.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import DAYS, Centre

NIGHT = "import sys; from orchestration.cli import main; sys.exit(main(['nightly', '--json']))"
SHORTEST_KILL = 0.5  # seconds: before this only Python itself has started
EVERY_TIME, PROVEN = 1, 10


def start(centre: Centre) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ["PATH"], "EVENHAND_HOME": str(centre.home.root)}
    return subprocess.Popen(
        [sys.executable, "-c", NIGHT],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def undisturbed(centre: Centre) -> tuple[float, str, dict[str, bytes]]:
    began = time.monotonic()
    assert start(centre).wait() == 0
    run_id = (centre.home.published / "CURRENT").read_text().strip()
    return time.monotonic() - began, run_id, centre.published_bytes(run_id)


@pytest.fixture
def new_day(copied: Callable[[str], Centre]) -> Callable[[str], Centre]:
    def make(name: str) -> Centre:
        centre = copied(name)
        centre.live(days=DAYS + 1)
        return centre

    return make


def kill_and_run_again(new_day: Callable[[str], Centre], *, moments: int, seed: int) -> None:
    seconds, run_id, expected = undisturbed(new_day("undisturbed"))
    chance = random.Random(seed)
    for number in range(moments):
        centre = new_day(f"killed-{number}")
        before = (centre.home.published / "CURRENT").read_text()
        night = start(centre)
        time.sleep(chance.uniform(SHORTEST_KILL, seconds))
        os.killpg(night.pid, signal.SIGKILL)
        night.wait()
        assert (centre.home.published / "CURRENT").read_text() in {before, f"{run_id}\n", run_id}
        assert start(centre).wait() == 0
        assert (centre.home.published / "CURRENT").read_text().strip() == run_id
        assert centre.published_bytes(run_id) == expected
        assert not leftovers(centre)


def leftovers(centre: Centre) -> list[Path]:
    found = [*centre.home.root.rglob("*.tmp"), *centre.home.published.rglob("*.wal")]
    return [path for path in found if "dagster" not in path.parts]


@pytest.mark.faults
def test_a_killed_night_ends_in_the_same_bytes(new_day: Callable[[str], Centre]) -> None:
    kill_and_run_again(new_day, moments=EVERY_TIME, seed=2)


@pytest.mark.proof
@pytest.mark.faults
def test_ten_killed_nights_end_in_the_same_bytes(new_day: Callable[[str], Centre]) -> None:
    kill_and_run_again(new_day, moments=PROVEN, seed=10)
