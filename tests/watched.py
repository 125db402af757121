"""Code in a process of its own that ends at once when it reaches beyond this machine."""

import os
import subprocess
import sys
from pathlib import Path

WATCH = """
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
NIGHTLY = """
import sys
from orchestration.cli import main
sys.exit(main(["nightly", "--json"]))
"""


def run_watched(code: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run Python code with a home of its own; exit code 77 means that it left the machine."""
    environment = {"PATH": os.environ["PATH"], "EVENHAND_HOME": str(home), "HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-c", WATCH + code],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
