"""The manifest of a published run: what it holds, so that one changed byte can be named.

Belongs here: digests, sizes and row counts of files, and comparing them with a folder.
Does not belong here: signatures and the ledger.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from reports.engine.export import MART
from reports.engine.run_facts import RunFacts

MANIFEST = "manifest.json"
# A DuckDB file holds ids of its own making, so two marts with equal rows differ in some bytes.
NOT_REPRODUCIBLE = (MART,)


class ManifestError(ValueError):
    """A manifest is missing or cannot be read."""


class FileFacts(BaseModel):
    """One published file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    size_bytes: int
    rows: int | None = None


class Manifest(BaseModel):
    """What a run published; `content_sha256` is equal for equal inputs and code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    as_of: datetime
    source_set: str
    checks: Mapping[str, int]
    content_sha256: str
    files: Mapping[str, FileFacts]


def write_manifest(
    folder: Path, *, run: RunFacts, rows: Mapping[str, int], checks: Mapping[str, int]
) -> Manifest:
    """Write down every file of the folder but the manifest itself."""
    files = {
        name: FileFacts(
            sha256=_digest(folder / name),
            size_bytes=(folder / name).stat().st_size,
            rows=rows.get(name),
        )
        for name in _names(folder)
    }
    manifest = Manifest(
        run_id=run.run_id,
        as_of=run.as_of,
        source_set=run.source_set,
        checks=dict(sorted(checks.items())),
        content_sha256=_content_digest(files),
        files=files,
    )
    text = json.dumps(manifest.model_dump(mode="json"), indent=1, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a run's folder."""
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
        return Manifest.model_validate_json(text)
    except (OSError, ValueError) as problem:
        raise ManifestError(f"{folder.name}: {MANIFEST} cannot be read") from problem


def verify_run_folder(folder: Path) -> list[str]:
    """Name everything in a run's folder that is not as its manifest says; nothing is good."""
    try:
        manifest = read_manifest(folder)
    except ManifestError as problem:
        return [str(problem)]
    present = set(_names(folder))
    wrong = [f"{name} is not in the manifest" for name in sorted(present - manifest.files.keys())]
    wrong += [f"{name} is missing" for name in sorted(manifest.files.keys() - present)]
    wrong += [
        f"{name} is not the file that was published"
        for name, facts in manifest.files.items()
        if name in present and not _is_as_published(folder / name, facts)
    ]
    if _content_digest(manifest.files) != manifest.content_sha256:
        wrong.append(f"{MANIFEST} does not agree with itself")
    return wrong


def _names(folder: Path) -> list[str]:
    found: list[Any] = [path for path in folder.rglob("*") if path.is_symlink() or path.is_file()]
    names = (path.relative_to(folder).as_posix() for path in found)
    return sorted(name for name in names if name != MANIFEST)


def _is_as_published(path: Path, facts: FileFacts) -> bool:
    # A link could point anywhere tomorrow; a published file is a file.
    if path.is_symlink() or path.stat().st_size != facts.size_bytes:
        return False
    return _digest(path) == facts.sha256


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _content_digest(files: Mapping[str, FileFacts]) -> str:
    lines = (
        f"{facts.sha256}  {name}\n"
        for name, facts in sorted(files.items())
        if name not in NOT_REPRODUCIBLE
    )
    return sha256("".join(lines).encode("utf-8")).hexdigest()
