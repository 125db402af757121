"""What a command costs: wall seconds, CPU seconds, peak memory, and both along the way.

Belongs here: running a command and looking at it while it runs.
Does not belong here: which commands; what a figure means.
"""

import os
import subprocess
import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK_EVERY_SECONDS = 0.1
_TICKS = os.sysconf("SC_CLK_TCK")


class CommandFailed(Exception):  # noqa: N818 - it is what happened, and reads so in a message
    """A measured command that did not end well; the text says which, how, and its last words."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one command took. `looks` are (clock time, CPU seconds so far), in order."""

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int
    looks: tuple[tuple[float, float], ...] = ()

    def cpu_until(self, moment: float) -> float:
        """Answer how many CPU seconds were spent before a clock time, between two looks evenly."""
        at = bisect_left(self.looks, (moment, 0.0))
        if at == 0:
            return 0.0
        if at == len(self.looks):
            return self.looks[-1][1]
        (before, spent_before), (after, spent_after) = self.looks[at - 1], self.looks[at]
        return spent_before + (spent_after - spent_before) * (moment - before) / (after - before)


def measure(command: Sequence[str], *, environment: Mapping[str, str], log: Path) -> Cost:
    """Run a command with its words in `log`; raises CommandFailed unless it ends with 0."""
    begun = time.perf_counter()
    looks = []
    with log.open("wb") as words:
        process = subprocess.Popen(
            command, stdout=words, stderr=subprocess.STDOUT, env={**os.environ, **environment}
        )
        while True:
            looks.append((time.time(), _cpu_seconds(process.pid)))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            time.sleep(LOOK_EVERY_SECONDS)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = log.read_text(errors="replace")[-2000:]
        raise CommandFailed(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    return Cost(
        wall_seconds=time.perf_counter() - begun,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_bytes=usage.ru_maxrss * 1024,
        looks=tuple(looks),
    )


def _cpu_seconds(process_id: int) -> float:
    """Read the CPU seconds of a process from the kernel: user and system, all threads."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
