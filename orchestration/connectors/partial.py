"""An extract on its way: kept page by page, loadable only when it is whole.

Belongs here: parts, the note of how far they reach, the manifest, the rename that publishes.
Does not belong here: what a page holds, and whether a source can be continued from one.
"""

import json
import shutil
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from orchestration.connectors.drop import Drop
from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.page import Page, Rows, write_part
from orchestration.connectors.timespan import moment, zulu
from orchestration.landing.delivery import MANIFEST, file_digest
from reports.engine.durable import replace_text, sync

_NOTE = "progress.json"


@dataclass(kw_only=True)
class Progress:
    """What has been fetched of one extract: its plan, its parts, the next place, the newest stamp.

    `plan` says what was asked for; pages of another plan are never continued.
    """

    plan: str
    parts: list[dict[str, str | int]] = field(default_factory=list)
    next_place: str | None = None
    newest: str | None = None


class Partial:
    """The folder of an extract that is not whole, and the steps that make it so."""

    def __init__(self, drop: Drop, plan: str) -> None:
        self.drop = drop
        self.folder = drop.unfinished / "extract"
        self.progress = self._continue(plan) or self._begin(plan)

    @property
    def is_continued(self) -> bool:
        """Whether pages of an interrupted run are used again."""
        return bool(self.progress.parts)

    def keep(self, page: Page, *, now: datetime) -> None:
        """Keep one page. Its stamps move the cursor, except those that are still to come."""
        told = [moment(self.progress.newest)] if self.progress.newest else []
        told += [at for at in page.stamps if at <= now]
        self.progress.newest = zulu(max(told)) if told else None
        if len(page.rows):
            self._add_part(page.rows)
        self.progress.next_place = page.next_place
        self._note()

    def finish(self, page_without_rows: Rows, *, manifest: dict[str, object]) -> Path:
        """Write the manifest, last, and let the extract appear in the drop with one rename."""
        if not self.progress.parts:
            self._add_part(page_without_rows)
        said = {**manifest, "complete": True, "parts": self.progress.parts}
        replace_text(self.folder / MANIFEST, json.dumps(said, indent=2) + "\n")
        (self.folder / _NOTE).unlink(missing_ok=True)
        return appear(self.folder, self.drop.finished / str(manifest["extract_id"]))

    def discard(self) -> None:
        """Forget the pages: the next run starts anew."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _add_part(self, rows: Rows) -> None:
        path, count = write_part(rows, self.folder, len(self.progress.parts))
        sync(path)
        self.progress.parts.append({"file": path.name, "rows": count, "sha256": file_digest(path)})

    def _note(self) -> None:
        replace_text(self.folder / _NOTE, json.dumps(asdict(self.progress)))

    def _begin(self, plan: str) -> Progress:
        self.discard()
        self.folder.mkdir(parents=True, mode=0o700)
        return Progress(plan=plan)

    def _continue(self, plan: str) -> Progress | None:
        """Answer what an interrupted run left, if it asked for the same and every part is whole."""
        try:
            left = Progress(**json.loads((self.folder / _NOTE).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
        if left.plan != plan or left.next_place is None:
            return None
        for part in left.parts:
            path = self.folder / str(part["file"])
            if not path.is_file() or file_digest(path) != part["sha256"]:
                return None
        return left


def appear(folder: Path, finished: Path) -> Path:
    """Move a whole folder into the drop with one rename; raises ExtractFailed."""
    finished.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.rename(finished)
    except OSError as problem:
        raise ExtractFailed(
            f"the extract cannot be moved into the drop folder ({problem.strerror})",
            next_step="keep the drop folder and its parent on one disk, and the drop writable",
            keeps_pages=True,
        ) from None
    sync(finished.parent)
    return finished
