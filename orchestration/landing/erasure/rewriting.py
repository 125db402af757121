"""One batch without the person: the same rows, and nothing in them that names anybody erased.

Belongs here: counting the rows that name the person, writing a batch's two files anew.
Does not belong here: what stands in the place of a token (`replacing`), in which order batches are
rewritten (`job`).

No row is taken out: an agent's rows keep counting for their team under a pseudonym, and a
customer's for the agent who served them. What a quarantined row said is dropped whole, because
nobody checked what stands in which of its columns; why it is there stays.
"""

from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.contract import Contract
from orchestration.landing.delivery import file_digest
from orchestration.landing.duplicates import row_digest
from orchestration.landing.erasure.replacing import (
    Substitution,
    is_changed,
    replacements,
    words_replaced,
)
from orchestration.landing.expressions import quoted, text_literal
from reports.engine.durable import sync

_OURS = {"source_system", "row_digest"}


def rows_about(
    store: BatchStore, batch: Batch, *, contract: Contract, substitution: Substitution
) -> int:
    """Count the rows of a batch, accepted and quarantined, that name the person."""
    rows = 0
    for file in (store.rows_file(batch), store.quarantined_file(batch)):
        replaced = _replacements(file, batch, contract=contract, substitution=substitution)
        count = f"select count(*) from {_read(file)} where {is_changed(replaced)}"
        rows += int(duckdb.execute(count).fetchall()[0][0])
    return rows


def rewritten(
    store: BatchStore, batch: Batch, *, contract: Contract, substitution: Substitution
) -> tuple[Batch, Path]:
    """Write the accepted rows without the person beside the batch; answer it as it will be."""
    file = store.rows_file(batch)
    replaced = _replacements(file, batch, contract=contract, substitution=substitution)
    unfinished = _write(_rows_without(file, replaced), file)
    said = words_replaced("extract_id", substitution)
    (extract_id,) = duckdb.execute(
        f"select {said} from (select ? as extract_id)", [batch.extract_id]
    ).fetchall()[0]
    digest = file_digest(unfinished)
    return replace(batch, extract_id=str(extract_id), rows_digest=digest), unfinished


def put_in_place(
    store: BatchStore, batch: Batch, rows: Path, *, contract: Contract, substitution: Substitution
) -> None:
    """Replace quarantine, manifest and rows, in this order.

    As long as the rows name the person, a run after a kill finds the batch again.
    """
    apart = store.quarantined_file(batch)
    replaced = _replacements(apart, batch, contract=contract, substitution=substitution)
    _write(_quarantine_without(apart, replaced), apart).replace(apart)
    sync(apart.parent)
    store.write_manifest(batch)
    rows.replace(store.rows_file(batch))
    sync(store.rows_file(batch).parent)


def _replacements(
    file: Path, batch: Batch, *, contract: Contract, substitution: Substitution
) -> dict[str, str]:
    return replacements(
        _text_columns(file),
        contract=contract,
        source_system=batch.source_system,
        substitution=substitution,
    )


def _rows_without(file: Path, replaced: dict[str, str]) -> str:
    """Select the rows of raw; the digest of a changed row is that of what it says now."""
    if not replaced:
        return f"from {_read(file)}"
    listed = ", ".join(f"{sql} as {quoted(name)}" for name, sql in replaced.items())
    digest = row_digest([name for name in _columns(file) if name not in _OURS])
    return (
        "select * exclude (names_the_person)"
        f" replace (case when names_the_person then {digest} else row_digest end as row_digest)"
        f" from (select * replace ({listed}), {is_changed(replaced)} as names_the_person"
        f" from {_read(file)})"
    )


def _quarantine_without(file: Path, replaced: dict[str, str]) -> str:
    silent = ", ".join(
        f"case when names_the_person then null else {quoted(name)} end as {quoted(name)}"
        for name in _text_columns(file)
    )
    return (
        f"select * exclude (names_the_person) replace ({silent})"
        f" from (select *, {is_changed(replaced)} as names_the_person from {_read(file)})"
    )


def _write(rows: str, file: Path) -> Path:
    unfinished = file.with_name(f"{file.name}.tmp")
    target = text_literal(str(unfinished))
    duckdb.execute(f"copy ({rows}) to {target} (format parquet, compression zstd)")
    sync(unfinished)
    return unfinished


def _text_columns(file: Path) -> list[str]:
    return [name for name, sql_type in _columns(file).items() if sql_type == "VARCHAR"]


def _columns(file: Path) -> dict[str, str]:
    described = duckdb.execute(f"describe from {_read(file)}").fetchall()
    return {str(row[0]): str(row[1]) for row in described}


def _read(file: Path) -> str:
    return f"read_parquet({text_literal(str(file))})"
