"""Which run this is: the same inputs, definitions and code have the same name, on any machine.

Belongs here: `as_of` and `run_id`.
Does not belong here: clocks. `as_of` is the newest moment of knowledge in raw, unless it is given.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.landing.batches import Batch
from orchestration.landing.readings import that_count
from orchestration.landing.source_set import SourceSet
from orchestration.night.home import CHECKOUT

_CODE = ("orchestration", "dbt_project", "metrics", "quality_checks", "reports")
_CODE_FILES = {".py", ".sql", ".yml", ".csv", ".j2", ".css"}
_NOT_CODE = {"__pycache__", "target", "logs"}


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run: what it knows up to `as_of` (naive UTC), and the digest of all it depends on."""

    run_id: str
    as_of: datetime
    batches: tuple[Batch, ...]


def identify_run(batches: list[Batch], source_set: SourceSet, *, as_of: datetime | None) -> Run:
    """Name the run over what was known at `as_of`; without one, over all that is known."""
    moment = as_of or max(batch.believed_from for batch in batches)
    believed = tuple(that_count(batch for batch in batches if batch.believed_from <= moment))
    digest = hashlib.sha256(moment.isoformat().encode())
    for part in _parts(believed, source_set):
        digest.update(part.encode())
    return Run(
        run_id=f"{moment:%Y-%m-%d}-{digest.hexdigest()[:12]}", as_of=moment, batches=believed
    )


def _parts(batches: tuple[Batch, ...], source_set: SourceSet) -> Iterator[str]:
    yield from (f"{batch.batch_id}{batch.rows_digest}{batch.known_at}" for batch in batches)
    yield source_set.source_set
    yield from source_set.declared
    for path in _code_files(CHECKOUT):
        yield path.relative_to(CHECKOUT).as_posix()
        yield hashlib.sha256(path.read_bytes()).hexdigest()


def _code_files(checkout: Path) -> Iterable[Path]:
    yield checkout / "requirements.lock"
    for folder in _CODE:
        for path in sorted((checkout / folder).rglob("*")):
            is_code = path.suffix in _CODE_FILES and path.is_file()
            if is_code and not _NOT_CODE.intersection(path.relative_to(checkout).parts):
                yield path
