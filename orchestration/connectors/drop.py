"""Where the extracts of one feed appear, and where they are made until they are whole.

Belongs here: the two folders, the cursor that the newest whole extract left, one run at a time.
Does not belong here: the parts of an extract on its way (`partial`).

An extract is made outside the drop folder, beside it: the patterns of a source set find hidden
folders and every file inside the drop, and whatever they find without a manifest is a delivery.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.timespan import moment
from orchestration.landing.delivery import MANIFEST


@dataclass(frozen=True, kw_only=True)
class Drop:
    """The place of one feed below a source set's folder."""

    folder: Path
    source_system: str
    feed: str

    @property
    def finished(self) -> Path:
        """The folder in which whole extracts appear, by rename."""
        return self.folder / self.source_system / self.feed

    @property
    def unfinished(self) -> Path:
        """The folder in which an extract is made: on the same disk, outside the drop."""
        beside = self.folder.with_name(f".{self.folder.name}.partial")
        return beside / self.source_system / self.feed

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold this feed: two runs never write one extract. Raises ExtractFailed when held."""
        self.unfinished.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with FileLock(self.unfinished / "lock", timeout=0):
                yield
        except Timeout:
            raise ExtractFailed(
                "another extract of this feed is running",
                next_step="wait for it, or stop it",
                keeps_pages=True,
            ) from None

    def cursor(self, declared: str) -> datetime | None:
        """Answer the cursor of the newest whole extract, or null.

        Only of extracts that were declared as this one is: of another query, the rows before the
        cursor were never fetched.
        """
        cursors = [
            moment(manifest["cursor"])
            for manifest in self._manifests()
            if manifest.get("cursor") and manifest.get("declared") == declared
        ]
        return max(cursors, default=None)

    def has_extract_of(self, day: date, declared: str) -> bool:
        """Say whether a whole extract was made on that day (UTC), declared as this one is."""
        made = self._manifests(f"{day:%Y%m%d}T*")
        return any(manifest.get("declared") == declared for manifest in made)

    def _manifests(self, extract_ids: str = "*") -> Iterator[dict[str, Any]]:
        for path in sorted(self.finished.glob(f"{extract_ids}/{MANIFEST}")):
            try:
                manifest = json.loads(path.read_bytes())
            except ValueError:
                # Landing refuses it by name; without its cursor more is fetched again, not less.
                continue
            if isinstance(manifest, dict) and manifest.get("complete") is True:
                yield manifest
