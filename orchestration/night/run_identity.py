"""Which run this is: the same inputs, definitions and code have the same name, on any machine.

Belongs here: `as_of` and `run_id`.
Does not belong here: clocks. `as_of` is the newest moment at which a batch was known or a row kept
apart was decided about, unless it is given.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from orchestration.landing.batches import Batch
from orchestration.landing.contract import Contract
from orchestration.landing.quarantine_decisions import Decision
from orchestration.landing.readings import that_count
from orchestration.landing.source_set import SourceSet
from orchestration.night.home import CHECKOUT

_CODE = ("orchestration", "dbt_project", "metrics", "quality_checks", "reports")
# What decides how a row of raw becomes a count; pages and checks only read the counts.
_COUNTING = ("orchestration", "dbt_project", "metrics/engine")
_CODE_FILES = {".py", ".sql", ".yml", ".csv", ".j2", ".css"}
_NOT_CODE = {"__pycache__", "target", "logs"}


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run: what it knows up to `as_of` (naive UTC), and the digest of all it depends on.

    `left_out` are the feeds that it does without, by their own policy, each with the reason.
    """

    run_id: str
    as_of: datetime
    batches: tuple[Batch, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)


def identify_run(
    batches: Sequence[Batch],
    source_set: SourceSet,
    *,
    contracts: Mapping[str, Contract],
    as_of: datetime | None,
    left_out: Mapping[str, str],
    decisions: Sequence[Decision] = (),
) -> Run:
    """Name the run over what was known at `as_of`; without one, over all that is known.

    What a night writes is known at its own `as_of` and read by later ones alone: a second run of
    the same night would not be the same run otherwise.
    """
    moment = as_of or max(
        [batch.believed_from for batch in batches] + [decision.at for decision in decisions]
    )
    believed = tuple(
        that_count(
            batch
            for batch in batches
            if batch.believed_from < moment
            or (batch.believed_from == moment and contracts[batch.feed].written_by == "source")
        )
    )
    digest = hashlib.sha256(moment.isoformat().encode())
    for part in _parts(believed, source_set, left_out):
        digest.update(part.encode())
    for decision in decisions:
        if decision.at <= moment:
            digest.update(f"{decision.kind}{decision.feed}{decision.rows}".encode())
    return Run(
        run_id=f"{moment:%Y-%m-%d}-{digest.hexdigest()[:12]}",
        as_of=moment,
        batches=believed,
        left_out=left_out,
    )


def _parts(
    batches: tuple[Batch, ...], source_set: SourceSet, left_out: Mapping[str, str]
) -> Iterator[str]:
    yield from (f"{batch.batch_id}{batch.rows_digest}{batch.known_at}" for batch in batches)
    yield source_set.source_set
    yield from (feed for feed in source_set.declared if feed not in left_out)
    yield from (f"{day}" for day in source_set.quiet_days)
    yield from (f"{queue}" for queue in source_set.queues)
    yield from _code_parts(_CODE)


def digest_of_counting() -> str:
    """Digest the code that every count depends on: another one has every day counted again."""
    return hashlib.sha256("".join(_code_parts(_COUNTING)).encode()).hexdigest()


def _code_parts(folders: Iterable[str]) -> Iterator[str]:
    for path in _code_files(CHECKOUT, folders):
        yield path.relative_to(CHECKOUT).as_posix()
        yield hashlib.sha256(path.read_bytes()).hexdigest()


def _code_files(checkout: Path, folders: Iterable[str]) -> Iterable[Path]:
    yield checkout / "requirements.lock"
    for folder in folders:
        for path in sorted((checkout / folder).rglob("*")):
            is_code = path.suffix in _CODE_FILES and path.is_file()
            if is_code and not _NOT_CODE.intersection(path.relative_to(checkout).parts):
                yield path
