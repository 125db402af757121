"""What was erased and what is still to be withdrawn, written so that it names nobody.

Belongs here: the append-only files `ledger/erasures.jsonl` and `ledger/withdrawals.jsonl`, and the
note of an erasure that has begun.
Does not belong here: the tombstones, which recognise a person (`tombstones`).
"""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reports.engine.durable import replace_text


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """An erasure that has begun: whose request it is, and what its pseudonyms are made with.

    A second run needs the salt to write the pseudonyms of the first. It goes when the erasure is
    done, and from then on nobody can make them again.
    """

    request_id: str
    salt: bytes


class Ledger:
    """The ledger's files about erasure in one EVENHAND_HOME."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "ledger"
        self._begun = self._folder / "erasing.json"

    def unfinished(self) -> Unfinished | None:
        """Answer the erasure that has begun and is not done."""
        if not self._begun.is_file():
            return None
        said = json.loads(self._begun.read_text(encoding="utf-8"))
        return Unfinished(request_id=said["request_id"], salt=bytes.fromhex(said["salt"]))

    def begin(self, request_id: str) -> Unfinished:
        """Note that an erasure begins, or go on with the one that has."""
        begun = self.unfinished()
        if begun is None or begun.request_id != request_id:
            begun = Unfinished(request_id=request_id, salt=secrets.token_bytes(32))
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            content = json.dumps({"request_id": request_id, "salt": begun.salt.hex()})
            replace_text(self._begun, content)
        return begun

    def end(self) -> None:
        """Forget the salt: the erasure is done."""
        self._begun.unlink()

    def record_batch(
        self, *, request_id: str, feed: str, batch_id: str, old: str, new: str, at: datetime
    ) -> None:
        """Record, before it happens, which digest a batch's rows lose and which they get."""
        self._append(
            "erasures.jsonl",
            {
                "at": f"{at.isoformat()}Z",
                "request_id": request_id,
                "feed": feed,
                "batch_id": batch_id,
                "old_rows_digest": old,
                "new_rows_digest": new,
            },
        )

    def record_done(self, *, request_id: str, at: datetime) -> None:
        """Record that a request has been carried out."""
        self._append(
            "erasures.jsonl",
            {"at": f"{at.isoformat()}Z", "request_id": request_id, "status": "erased"},
        )

    def record_withdrawals(self, run_ids: list[str], *, request_id: str, at: datetime) -> None:
        """Record the published runs that must be withdrawn, each once a request."""
        known = {
            (entry["request_id"], entry["run_id"]) for entry in self._entries("withdrawals.jsonl")
        }
        for run_id in run_ids:
            if (request_id, run_id) not in known:
                entry = {"at": f"{at.isoformat()}Z", "request_id": request_id, "run_id": run_id}
                self._append("withdrawals.jsonl", {**entry, "status": "to be withdrawn"})

    def _entries(self, name: str) -> list[dict[str, str]]:
        file = self._folder / name
        lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        return [json.loads(line) for line in lines]

    def _append(self, name: str, entry: dict[str, str]) -> None:
        with (self._folder / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())
