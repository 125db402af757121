"""Rows kept apart that somebody closes without loading them.

Belongs here: choosing them, recording who decided and why.
Does not belong here: releasing rows (`replay`).
"""

from datetime import datetime
from pathlib import Path

from orchestration.landing.contract import Contract
from orchestration.landing.quarantine import quarantine_of
from orchestration.landing.quarantine_decisions import Decision, record
from orchestration.landing.source_set import FeedMapping


def waive(
    contract: Contract,
    *,
    home: Path,
    mapping: FeedMapping | None,
    reason: str,
    decided: tuple[str, str],
    now: datetime,
) -> int:
    """Close the open rows with a reason; `decided` is by whom and why. Answers how many."""
    with quarantine_of(contract, home=home, mapping=mapping) as kept:
        found = kept.execute(
            "select row_id from kept where state = 'open' and list_contains(reasons, ?)"
            " order by kept_row",
            [reason],
        ).fetchall()
    if found:
        rows = tuple(dict.fromkeys(str(row[0]) for row in found))
        by, because = decided
        record(
            home,
            Decision(kind="waived", feed=contract.feed, at=now, rows=rows, by=by, because=because),
        )
    return len(found)
