"""`evenhand dev`: Dagster's pages.

Belongs here: how they are opened.
Does not belong here: what they show (`orchestration.defs`).
"""

import argparse
import os
import sys
from pathlib import Path

from orchestration.commands.site import add_site_arguments, site_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which words the command takes."""
    add_site_arguments(parser)
    parser.add_argument("--port", default="3000")


def run(parsed: argparse.Namespace) -> int:
    """Become Dagster; does not return."""
    site = site_of(parsed)
    site.home.prepare()
    if parsed.sources or parsed.folder:  # Dagster loads the definitions in other processes
        os.environ["EVENHAND_SOURCES"] = str(site.sources)
        os.environ["EVENHAND_FOLDER"] = str(site.folder or "")
    dagster = Path(sys.executable).with_name("dagster")
    # Dagster has no log-in of its own: it listens to this machine alone.
    where = ["--host", "127.0.0.1", "--port", parsed.port]
    os.execv(dagster, ["dagster", "dev", "--module-name", "orchestration.definitions", *where])  # noqa: S606
