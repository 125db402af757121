"""One night at a time, and a message that says who runs.

Belongs here: taking and giving back the lock of one EVENHAND_HOME.
Does not belong here: DuckDB's own lock, which names a process and nothing else.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from orchestration.night.home import Home


class Busy(Exception):  # noqa: N818 - it is the state, and reads so in a message
    """Another night holds this EVENHAND_HOME; the text says which and since when."""


@contextmanager
def only_night(home: Home, *, now: datetime) -> Iterator[None]:
    """Hold the lock while the block runs. The system gives it back when a process dies."""
    holder = _holder(home)
    try:
        with FileLock(home.lock, timeout=0):
            holder.write_text(f"process {os.getpid()}, since {now:%Y-%m-%d %H:%M:%S} UTC")
            yield
            holder.unlink(missing_ok=True)
    except Timeout as problem:
        who = holder.read_text() if holder.exists() else "a process that has just begun"
        raise Busy(
            f"Another night is running in {home.root} ({who}). Wait for it, or end that process"
            " and run the night again: it redoes what was unfinished."
        ) from problem


def who_runs(home: Home) -> str | None:
    """Say who holds the lock, without ever turning a night away; null where nobody does."""
    holder = _holder(home)
    if not holder.is_file():
        return None
    try:
        # Only where a night left its name, by running or by being killed, is the lock tried.
        with FileLock(home.lock, timeout=0):
            return None
    except Timeout:
        return holder.read_text() if holder.is_file() else "a process that has just begun"


def _holder(home: Home) -> Path:
    return home.lock.with_suffix(".holder")
