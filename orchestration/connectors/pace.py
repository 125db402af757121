"""How time passes while a source is asked.

Belongs here: the clock that pauses are measured with, and the way to wait.
Does not belong here: what time it is; that is passed in as `now`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Seconds that only grow, and a way to wait for some of them; a test passes its own."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
