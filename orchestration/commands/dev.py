"""`evenhand dev`: Dagster's pages.

Belongs here: how they are opened.
Does not belong here: what they show (`orchestration.defs`).
"""

import argparse
import os
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which words the command takes."""
    parser.add_argument("--port", default="3000")


def run(parsed: argparse.Namespace) -> int:
    """Become Dagster; does not return."""
    from orchestration.night.home import Home

    Home.from_environment().prepare()
    dagster = Path(sys.executable).with_name("dagster")
    # Dagster has no log-in of its own: it listens to this machine alone.
    where = ["--host", "127.0.0.1", "--port", parsed.port]
    os.execv(dagster, ["dagster", "dev", "--module-name", "orchestration.definitions", *where])  # noqa: S606
