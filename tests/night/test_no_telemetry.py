"""Nothing leaves the machine: every socket a night opens is watched."""

from pathlib import Path

import pytest

from tests.conftest import SecondNight
from tests.watched import run_watched

pytestmark = pytest.mark.night

LEAK = """
import socket
socket.create_connection(("192.0.2.1", 9), timeout=1)
"""


def test_a_whole_night_opens_no_socket_beyond_this_machine(second_night: SecondNight) -> None:
    assert "left the machine" not in second_night.err
    assert '"status": "Published"' in second_night.out


def test_the_watch_itself_sees_a_socket_that_leaves(tmp_path: Path) -> None:
    assert run_watched(LEAK, tmp_path).returncode == 77
