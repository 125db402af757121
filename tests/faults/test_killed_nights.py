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

from tests.conftest import Centre, SecondNight
from tests.watched import NIGHTLY

SHORTEST_KILL = 0.5  # seconds: before this only Python itself has started
EVERY_TIME, PROVEN = 1, 10


def start(centre: Centre) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ["PATH"], "EVENHAND_HOME": str(centre.home.root)}
    return subprocess.Popen(
        [sys.executable, "-c", NIGHTLY],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill_and_run_again(
    copied: Callable[..., Centre],
    next_day: Centre,
    undisturbed: SecondNight,
    *,
    moments: int,
    seed: int,
) -> None:
    run_id = (undisturbed.centre.home.published / "CURRENT").read_text().strip()
    expected = undisturbed.centre.published_bytes(run_id)
    chance = random.Random(seed)
    for number in range(moments):
        centre = copied(f"killed-{number}", of=next_day)
        before = (centre.home.published / "CURRENT").read_text()
        night = start(centre)
        time.sleep(chance.uniform(SHORTEST_KILL, undisturbed.seconds))
        os.killpg(night.pid, signal.SIGKILL)
        night.wait()
        assert (centre.home.published / "CURRENT").read_text() in {before, f"{run_id}\n", run_id}
        again = centre.night()
        assert again.code == 0, again.in_words()
        assert (centre.home.published / "CURRENT").read_text().strip() == run_id
        assert centre.published_bytes(run_id) == expected
        assert not leftovers(centre)


def leftovers(centre: Centre) -> list[Path]:
    found = [*centre.home.root.rglob("*.tmp"), *centre.home.published.rglob("*.wal")]
    return [path for path in found if "dagster" not in path.parts]


@pytest.mark.faults
def test_a_killed_night_ends_in_the_same_bytes(
    copied: Callable[..., Centre], next_day: Centre, second_night: SecondNight
) -> None:
    kill_and_run_again(copied, next_day, second_night, moments=EVERY_TIME, seed=2)


@pytest.mark.proof
@pytest.mark.faults
def test_ten_killed_nights_end_in_the_same_bytes(
    copied: Callable[..., Centre], next_day: Centre, second_night: SecondNight
) -> None:
    kill_and_run_again(copied, next_day, second_night, moments=PROVEN, seed=10)
