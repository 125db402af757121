"""What was decided about rows kept apart: released by a replay, or waived by somebody.

Belongs here: the record, one file a decision below `quarantine/decisions/`, only ever added to.
Does not belong here: the rows (`quarantine`), loading them (`replay`).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from reports.engine.durable import replace_text


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Rows of one feed closed at one time, by their ids; no text of a row is repeated here.

    A release names the batch that the rows are in now; a waiver says who closed them and why.
    """

    kind: Literal["released", "waived"]
    feed: str
    at: datetime
    rows: tuple[str, ...]
    batch_id: str | None = None
    by: str | None = None
    because: str | None = None


def record(home: Path, decision: Decision) -> Path:
    """Add a decision to the record; it is there whole or not at all."""
    folder = _folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    content = json.dumps(asdict(decision), indent=1, default=str, sort_keys=True)
    name = hashlib.sha256(content.encode()).hexdigest()[:16]
    path = folder / f"{decision.at:%Y%m%dT%H%M%S}-{decision.kind}-{name}.json"
    replace_text(path, content)
    return path


def decisions(home: Path, *, up_to: datetime | None = None) -> Iterable[Decision]:
    """Read every decision, the oldest first; those taken by `up_to` where it is given."""
    for path in sorted(_folder(home).glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        at = datetime.fromisoformat(content["at"])
        if up_to is None or at <= up_to:
            yield Decision(**{**content, "at": at, "rows": tuple(content["rows"])})


def _folder(home: Path) -> Path:
    return home / "quarantine" / "decisions"
