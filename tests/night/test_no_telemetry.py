"""Nothing leaves the machine: every socket a night opens is watched."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DAYS, Centre

pytestmark = pytest.mark.night

WATCHED = """
import os, sys

def watch(event, arguments):
    if event in {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}:
        address = arguments[1] if event in {"socket.connect", "socket.sendto"} else arguments[0]
        host = address[0] if isinstance(address, tuple) else address
        if str(host) not in {"127.0.0.1", "::1", "localhost"} and not str(host).startswith("/"):
            print(f"left the machine: {event} {host}", file=sys.stderr, flush=True)
            os._exit(77)

sys.addaudithook(watch)
"""
NIGHT = """
from orchestration.cli import main
sys.exit(main(["nightly", "--json"]))
"""
LEAK = """
import socket
socket.create_connection(("192.0.2.1", 9), timeout=1)
"""


def run(code: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "EVENHAND_HOME": str(home), "HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-c", WATCHED + code], capture_output=True, text=True, env=environment
    )


def test_a_whole_night_opens_no_socket_beyond_this_machine(centre: Centre) -> None:
    centre.live(days=DAYS + 1)
    night = run(NIGHT, centre.home.root)
    assert "left the machine" not in night.stderr
    assert night.returncode == 0, night.stderr
    assert '"status": "Published"' in night.stdout


def test_the_watch_itself_sees_a_socket_that_leaves(tmp_path: Path) -> None:
    assert run(LEAK, tmp_path).returncode == 77
