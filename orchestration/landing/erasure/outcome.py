"""Which requests are carried out in one go, and what became of each, in words.

Belongs here: choosing requests, the four ends a request can have, how they are said.
Does not belong here: the erasure itself (`job`).
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from orchestration.landing.batches import BatchStore
from orchestration.landing.contract import load_contracts
from orchestration.landing.erasure.job import Erasure, Touched
from orchestration.landing.erasure.ledger import Ledger
from orchestration.landing.erasure.requests import Request, requests


class UnknownRequest(Exception):  # noqa: N818 - it is what happened, and reads so in a message
    """A request that is not in raw; the text says how one comes there."""


@dataclass(frozen=True, kw_only=True)
class Erased:
    """What became of one request: `status` is erased, would be erased, held or already erased."""

    request_id: str
    status: str
    touched: Touched = field(default_factory=Touched)

    def as_json(self) -> dict[str, object]:
        """Answer everything as plain values; nothing in them names the person."""
        return asdict(self)

    def in_words(self) -> str:
        """Say what was done, what is left to people, and what happens next."""
        lines = [f"{self.request_id}: {self.status}"]
        if self.status == "held":
            lines.append("  the person's data is under legal hold and stays as it is")
        touched = self.touched
        if touched.rows:
            rows = ", ".join(f"{feed} {count:,}" for feed, count in sorted(touched.rows.items()))
            lines.append(f"  rows in {touched.batches} batches: {rows}")
        if touched.landing:
            lines.append(f"  copies in landing that go: {len(touched.landing)}")
        if touched.shared_ids:
            lines.append(
                f"  {touched.shared_ids} ids stay, because a system gave them to others as well"
            )
        lines += [f"  to be withdrawn: published run {run_id}" for run_id in touched.runs]
        if self.status == "erased":
            lines.append("  the warehouse is removed; the next night builds it anew from raw")
        return "\n".join(lines)


def erase(home: Path, *, request_id: str | None, is_dry_run: bool, now: datetime) -> list[Erased]:
    """Carry out one request, or all in force; one that was begun comes first.

    Raises UnknownRequest, and StillNamed where a file outside of the batches names the person.
    """
    known = requests(BatchStore(home))
    begun = Ledger(home).unfinished()
    chosen = [r for r in known if request_id is None or r.request_id == request_id]
    if request_id is not None and not chosen:
        raise UnknownRequest(
            f"no request is named {request_id}. Next: deliver it in the feed erasure_request and"
            " run the night, or give the id of one of the requests that are here."
        )
    if begun is not None and not is_dry_run:
        first = [r for r in known if r.request_id == begun.request_id]
        chosen = [*first, *(r for r in chosen if r not in first)]
    return [_one(request, home, is_dry_run=is_dry_run, now=now) for request in chosen]


def _one(request: Request, home: Path, *, is_dry_run: bool, now: datetime) -> Erased:
    if request.is_applied:
        _close(request, home, now=now)
        return Erased(request_id=request.request_id, status="already erased")
    if request.is_held:
        return Erased(request_id=request.request_id, status="held")
    erasure = Erasure(request, home, load_contracts())
    if is_dry_run:
        touched = erasure.preview()
        return Erased(request_id=request.request_id, status="would be erased", touched=touched)
    touched = erasure.carry_out(now=now)
    return Erased(request_id=request.request_id, status="erased", touched=touched)


def _close(request: Request, home: Path, *, now: datetime) -> None:
    """End an erasure that was killed after its very last batch."""
    ledger = Ledger(home)
    begun = ledger.unfinished()
    if begun is not None and begun.request_id == request.request_id:
        ledger.record_done(request_id=request.request_id, at=now)
        ledger.end()
