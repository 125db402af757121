"""Files that somebody else wrote, copied from any address that fsspec knows.

Belongs here: which files have settled, copying each of them once, the note of what was taken.
Does not belong here: what is in them, and drivers (`sftp://`, `s3://`), which the site installs.

Each file is a delivery of its own and appears in the drop by rename, whole. It gets no manifest: a
manifest would promise rows, a window and completeness, which only who wrote the file can know.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import fsspec  # type: ignore[import-untyped]

from orchestration.connectors.declared import FilesExtract
from orchestration.connectors.drop import Drop
from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.partial import appear
from orchestration.connectors.secret import read_secret
from orchestration.connectors.timespan import zulu
from orchestration.landing.delivery import MANIFEST, file_digest

_NOTE = "taken.json"


@dataclass(frozen=True, kw_only=True)
class Found:
    """One file at its source: its size in bytes and when it last changed."""

    path: str
    size: int
    changed_at: datetime

    @property
    def version(self) -> dict[str, str | int]:
        """What tells this state of the file from another, without reading it."""
        return {"size": self.size, "changed_at": zulu(self.changed_at)}


class Files:
    """The files of one feed at one address."""

    def __init__(self, declared: FilesExtract, drop: Drop, environ: Mapping[str, str]) -> None:
        self.declared, self.drop = declared, drop
        secrets = {name: read_secret(at, environ) for name, at in declared.secrets.items()}
        try:
            self.system, self.pattern = fsspec.core.url_to_fs(
                declared.address,
                **declared.options,
                **{name: secret.reveal() for name, secret in secrets.items()},
            )
        except Exception as problem:  # noqa: BLE001 - a driver raises what it likes
            raise _unreachable(problem) from None

    def take(self, *, now: datetime) -> list[str]:
        """Copy every settled file that was not taken before; answer the new extracts' ids."""
        taken = self._taken()
        new = []
        for found in self._settled(now):
            if taken.get(found.path, {}).items() >= found.version.items():
                continue
            digest, extract_id = self._copy(found)
            if extract_id:
                new.append(extract_id)
            taken[found.path] = {**found.version, "sha256": digest}
            self._note(taken)
        return new

    def _settled(self, now: datetime) -> Iterator[Found]:
        """Answer the files that nobody has written to for a while, by name."""
        since = now - timedelta(minutes=self.declared.settle_minutes)
        try:
            paths = sorted(str(path) for path in self.system.glob(self.pattern))
            files = [self._found(path) for path in paths if self.system.isfile(path)]
        except ExtractFailed:
            raise
        except Exception as problem:  # noqa: BLE001 - a driver raises what it likes
            raise _unreachable(problem) from None
        return (file for file in files if file.changed_at <= since)

    def _found(self, path: str) -> Found:
        said: dict[str, Any] = self.system.info(path)
        try:
            changed_at = self.system.modified(path)
        except NotImplementedError:
            changed_at = said.get("mtime")
        if isinstance(changed_at, int | float):
            changed_at = datetime.fromtimestamp(changed_at, UTC)
        if not isinstance(changed_at, datetime) or said.get("size") is None:
            raise ExtractFailed(
                f"the driver does not say when {path} changed, or how long it is",
                next_step="copy the files to a folder by other means, and name that folder",
            )
        if changed_at.tzinfo is None:
            changed_at = changed_at.replace(tzinfo=UTC)
        return Found(path=path, size=int(said["size"]), changed_at=changed_at)

    def _copy(self, found: Found) -> tuple[str, str | None]:
        """Copy one file; answer its digest and, unless this content is there already, its id."""
        name = PurePosixPath(found.path).name
        if name == MANIFEST:
            raise ExtractFailed(
                f"{self.declared.address} finds a manifest",
                next_step="name the parts alone; copy folders with manifests whole, by other means",
            )
        folder = self.drop.unfinished / "file"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        copy = folder / f"part-000{_ending(name)}"
        try:
            self.system.get_file(found.path, str(copy))
            after = self._found(found.path)
        except Exception as problem:  # noqa: BLE001 - a driver raises what it likes
            raise _unreachable(problem) from None
        if after != found or copy.stat().st_size != found.size:
            raise ExtractFailed(
                f"{name} changed while it was copied, or arrived short",
                next_step="run the extract again when nobody writes to it",
            )
        # The time of the file, not of the copy: it has settled already.
        os.utime(copy, (found.changed_at.timestamp(), found.changed_at.timestamp()))
        digest = file_digest(copy)
        finished = self.drop.finished / digest[:16]
        if finished.exists():
            return digest, None
        appear(folder, finished)
        return digest, finished.name

    def _taken(self) -> dict[str, dict[str, str | int]]:
        path = self.drop.unfinished / _NOTE
        taken: dict[str, dict[str, str | int]] = (
            json.loads(path.read_bytes()) if path.is_file() else {}
        )
        return taken

    def _note(self, taken: dict[str, dict[str, str | int]]) -> None:
        beside = self.drop.unfinished / f"{_NOTE}.new"
        beside.write_text(json.dumps(taken, indent=1), encoding="utf-8")
        beside.rename(self.drop.unfinished / _NOTE)


def _ending(name: str) -> str:
    """Answer how a file's name ends, a compression included: `.csv.gz`."""
    suffixes = PurePosixPath(name).suffixes
    return "".join(suffixes[-2:] if suffixes and suffixes[-1] == ".gz" else suffixes[-1:])


def _unreachable(problem: Exception) -> ExtractFailed:
    # Its class alone: a driver's message may repeat the options, and a secret is one of them.
    return ExtractFailed(
        f"the files cannot be reached ({type(problem).__name__})",
        next_step="check address, options, the driver of the address, and the account",
    )
