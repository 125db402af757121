"""Saying on a terminal what takes long.

Belongs here: a line that moves while a step runs, and nothing at all when nobody is looking.
Does not belong here: results; they are said at the end, on a terminal or not.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Report = Callable[[str, int, int], None]


@contextmanager
def progress(what: str) -> Iterator[Report]:
    """Show `what` while the block runs, which may report a step, how many are done, of how many."""
    if not sys.stderr.isatty():
        yield lambda step, done, steps: None
        return
    from rich.console import Console

    with Console(stderr=True).status(what) as status:
        yield lambda step, done, steps: status.update(f"{what}: {step} ({done} of {steps})")
