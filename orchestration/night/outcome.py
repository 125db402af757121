"""How a night ended: the exit code, and the words or the JSON that say so.

Belongs here: the five ways a night can end.
Does not belong here: deciding between them (`orchestration.defs.run_night`).
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path

from orchestration.night.restated import Restated
from reports.engine.summary import Summary

PUBLISHED, ERROR, USAGE, HELD, INTEGRITY, BUSY = range(6)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One ended night. `page` is what readers see now, also when this night published nothing."""

    code: int
    status: str
    run_id: str | None = None
    because: list[str] = field(default_factory=list)
    summary: Summary | None = None
    page: Path | None = None
    restated: Restated | None = None

    def as_json(self) -> dict[str, object]:
        """Answer everything as plain values."""
        return {**asdict(self), "page": str(self.page) if self.page else None}

    def in_words(self) -> str:
        """Say what was published, what was withheld and why, and which page to open."""
        lines = [self._headline(), *(f"  {reason}" for reason in self.because)]
        if self.summary is not None:
            lines += self._summary_lines(self.summary)
        if self.restated is not None:
            lines.append(self.restated.in_words())
        if self.page is not None:
            still = "Open" if self.code == PUBLISHED else "Readers still see"
            lines.append(f"{still}: {self.page}")
        return "\n".join(lines)

    def _headline(self) -> str:
        run = f" ({self.run_id})" if self.run_id else ""
        return f"{self.status}{run}"

    def _summary_lines(self, summary: Summary) -> list[str]:
        lines = [
            f"{summary.source}, {summary.period_id}: {summary.people} people in {summary.teams}"
            f" teams, {summary.scored} with a total, as of {summary.as_of} UTC"
        ]
        if summary.provisional_until:
            lines.append(f"  provisional until {summary.provisional_until}")
        if summary.days_left_out:
            lines.append(
                f"  left out: {summary.days_left_out} days of people, of which rows are kept apart."
                " Next: evenhand sources quarantine list"
            )
        lines += [
            f"  withheld for {withheld.people}: {withheld.what} - {withheld.reason}"
            for withheld in summary.withheld
        ]
        lines += [f"  {line}" for line in summary.not_measured]
        lines += [f"  left out: {line}" for line in summary.left_out]
        return lines
