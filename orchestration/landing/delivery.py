"""What has been delivered for a source set, before anyone looks inside.

Belongs here: finding files and their manifests, keeping a copy as it arrived.
Does not belong here: reading rows (`reading`), deciding about them (`check`).
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from orchestration.landing.refusal import DeliveryRefused
from orchestration.landing.source_set import SourceSet

MANIFEST = "manifest.json"
# Begins the id of an extract that was made again for a day in the past: a piece, not the newest.
MADE_AGAIN = "again-"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One extract of one feed as it arrived, and what its sender says about it.

    `known_at` and the window are naive UTC; null where nobody said. `digest` names the content.
    `replaces` is the batch of an earlier reading, where a mended mapping reads it again.
    """

    feed: str
    source_system: str
    extract_id: str
    digest: str
    parts: tuple[Path, ...]
    known_at: datetime | None = None
    extract_day: date | None = None  # UTC; an earlier one than `known_at`, where it was made again
    window_start: datetime | None = None
    window_end: datetime | None = None
    is_complete: bool = False
    has_manifest: bool = False
    promised: tuple[tuple[str, int, str], ...] = ()
    control_totals: dict[str, Decimal] = field(default_factory=dict)
    replaces: str | None = None
    refusal: DeliveryRefused | None = None

    @property
    def batch_id(self) -> str:
        """The name of the batch it becomes: one for each reading of the same delivery."""
        said = f"{self.feed}|{self.source_system}|{self.digest}"
        said += f"|{self.replaces}" if self.replaces else ""
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def find_deliveries(source_set: SourceSet, *, of: str | None = None) -> Iterator[Delivery]:
    """Find what lies in the source set's folder, feed by feed or `of` one, oldest name first."""
    for feed, mapping in sorted(source_set.feeds.items()):
        if of not in {None, feed}:
            continue
        files = sorted(path for path in source_set.folder.glob(mapping.files) if path.is_file())
        folders = sorted({path.parent for path in files if (path.parent / MANIFEST).is_file()})
        for folder in folders:
            yield _with_manifest(feed, mapping.source_system, folder=folder)
        for path in files:
            if path.parent not in folders and path.name != MANIFEST:
                yield _single_file(feed, mapping.source_system, path=path)


def missing_feeds(source_set: SourceSet) -> list[str]:
    """Name the declared feeds for which not one file is there."""
    return [
        feed
        for feed, mapping in sorted(source_set.feeds.items())
        if not any(source_set.folder.glob(mapping.files))
    ]


def keep_as_arrived(delivery: Delivery, landing: Path) -> Delivery:
    """Copy a delivery into landing and answer the copy.

    A source may change a file while it is read; nobody changes the copy.
    """
    if delivery.refusal:
        raise delivery.refusal
    folder = landed_in(delivery, landing)
    folder.mkdir(parents=True, exist_ok=True)
    copies = []
    for part in delivery.parts:
        if not part.is_file():
            raise DeliveryRefused(
                feed=delivery.feed,
                file=part.name,
                reason="is named in the manifest and is not there",
                next_step="deliver the extract again, manifest last",
            )
        copies.append(Path(shutil.copyfile(part, folder / part.name)))
    for name, rows, digest in delivery.promised:
        if file_digest(folder / name) != digest:
            raise DeliveryRefused(
                feed=delivery.feed,
                file=name,
                reason=f"is not the file of {rows} rows that its manifest describes (sha256)",
                next_step="deliver the extract again, manifest last",
            )
    return Delivery(**{**vars(delivery), "parts": tuple(copies)})


def landed_in(delivery: Delivery, landing: Path) -> Path:
    """Answer the folder of the copy of a delivery, whether it is there or not."""
    return landing / delivery.source_system / delivery.feed / delivery.extract_id


def file_digest(path: Path) -> str:
    """Answer the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _with_manifest(feed: str, source_system: str, *, folder: Path) -> Delivery:
    path = folder / MANIFEST
    content = path.read_bytes()
    try:
        manifest = json.loads(content)
        parts = tuple((str(p["file"]), int(p["rows"]), str(p["sha256"])) for p in manifest["parts"])
        _refuse_repeated(name for name, _, _ in parts)
        return Delivery(
            feed=feed,
            source_system=source_system,
            extract_id=_safe(str(manifest["extract_id"])),
            digest=hashlib.sha256(content).hexdigest(),
            parts=tuple(folder / _safe(name) for name, _, _ in parts),
            known_at=_utc(manifest["extracted_at"]),
            extract_day=_day(manifest.get("extract_day")),
            window_start=_utc(manifest.get("window_start")),
            window_end=_utc(manifest.get("window_end")),
            is_complete=manifest.get("complete") is True,
            has_manifest=True,
            promised=parts,
            control_totals=_totals(manifest.get("control_totals") or {}),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        return Delivery(
            feed=feed,
            source_system=source_system,
            extract_id=folder.name,
            digest=hashlib.sha256(content).hexdigest(),
            parts=(path,),
            refusal=DeliveryRefused(
                feed=feed,
                file=f"{folder.name}/{MANIFEST}",
                reason=f"cannot be used: {problem!r}",
                next_step="write every field of the manifest, or deliver the files without one",
            ),
        )


def _single_file(feed: str, source_system: str, *, path: Path) -> Delivery:
    digest = file_digest(path)
    return Delivery(
        feed=feed,
        source_system=source_system,
        extract_id=digest[:16],
        digest=digest,
        parts=(path,),
    )


def _safe(name: str) -> str:
    """Answer the name if it is one plain file name, so that a manifest cannot point elsewhere."""
    if name in {"", ".", ".."} or Path(name).name != name or "\\" in name:
        raise ValueError(f"'{name}' is not a plain name")
    return name


def _refuse_repeated(names: Iterable[str]) -> None:
    listed = list(names)
    if len(set(listed)) < len(listed):
        raise ValueError("a part is named twice")


def _totals(said: dict[str, object]) -> dict[str, Decimal]:
    """Answer the promised sums; raises ValueError for one that is no number."""
    try:
        totals = {name: Decimal(str(total)) for name, total in said.items()}
    except InvalidOperation as problem:
        raise ValueError("a control total is no number") from problem
    if not all(total.is_finite() for total in totals.values()):
        raise ValueError("a control total is no number")
    return totals


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _utc(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"'{text}' has no zone; write Z or an offset")
    return moment.astimezone(UTC).replace(tzinfo=None)
