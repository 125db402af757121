"""What we believe, and since when: raw batches opened and closed in the tables of schema `raw`.

Belongs here: the four load modes and the shrink guard.
Does not belong here: the contract check (`check`), any reading of what the rows mean (dbt).

A row is only ever added or closed: `known_at` inclusive, `superseded_at` exclusive. No other code
knows the load modes; a model that reads raw needs one predicate and no window function.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import duckdb

from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.changed_days import OPENING, record_changed_days
from orchestration.landing.contract import Contract
from orchestration.landing.erasure.tokens import PSEUDONYM, own_columns
from orchestration.landing.expressions import quoted, text_literal
from orchestration.landing.raw_schema import create_raw_schema
from orchestration.landing.readings import that_count
from orchestration.landing.refusal import DeliveryRefused

OPEN_END = "timestamp '9999-12-31 00:00:00'"


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What one batch changed in what we believe, in rows."""

    batch: Batch
    opened: int = 0
    closed: int = 0
    unchanged: int = 0
    stale: int = 0
    conflicts: int = 0
    refused_because: str | None = None


def apply_batches(
    connection: duckdb.DuckDBPyConnection,
    store: BatchStore,
    *,
    contracts: dict[str, Contract],
    batches: Iterable[Batch],
) -> list[Applied]:
    """Apply what is new in order of `known_at`; what comes too late for that starts from nothing.

    Each batch is one transaction. A snapshot that has shrunk too far changes nothing and is noted
    as refused (`refused_feeds`).
    """
    create_raw_schema(connection, contracts)
    ordered = sorted(that_count(batches), key=lambda batch: _order(batch, contracts[batch.feed]))
    loaded = {
        str(row[0])
        for row in connection.execute("select batch_id from raw.loaded_batch").fetchall()
    }
    still_to_come = [batch for batch in ordered if batch.batch_id not in loaded]
    if loaded != {batch.batch_id for batch in ordered[: len(loaded)]}:
        # Raw is the truth and this a cache of it: an older batch that arrives later, or one that
        # is gone, is not patched in.
        connection.execute("drop schema raw cascade")
        create_raw_schema(connection, contracts)
        still_to_come = ordered
    return [
        _apply(connection, store, batch=batch, contract=contracts[batch.feed])
        for batch in still_to_come
    ]


def _order(batch: Batch, contract: Contract) -> tuple[datetime, bool, str]:
    """Put what a night wrote itself after all that it had read of the same moment."""
    return batch.known_at, contract.written_by == "night", batch.batch_id


def mark_built(connection: duckdb.DuckDBPyConnection) -> None:
    """Note, after a green build, that every loaded batch has reached the models."""
    connection.execute(
        "insert into raw.applied_batch select batch_id from raw.loaded_batch"
        " where batch_id not in (select batch_id from raw.applied_batch) order by all"
    )


def refused_feeds(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Say for each feed whose newest batch was refused why that was."""
    found = connection.execute(
        "select feed, max_by(coalesce(refused_because, ''), (known_at, batch_id)) as because"
        " from raw.loaded_batch group by feed having because <> '' order by feed"
    ).fetchall()
    return {str(feed): str(because) for feed, because in found}


def _apply(
    connection: duckdb.DuckDBPyConnection, store: BatchStore, *, batch: Batch, contract: Contract
) -> Applied:
    file = text_literal(str(store.rows_file(batch)))
    with _transaction(connection):
        connection.execute(f"create or replace temp table incoming as from read_parquet({file})")
        _compare(connection, contract=contract)
        refusal = _compare_snapshot(connection, batch=batch, contract=contract)
        if refusal:
            applied = Applied(batch=batch, refused_because=str(refusal))
        else:
            applied = _open_and_close(connection, batch=batch)
            record_changed_days(connection, batch=batch, contract=contract)
        connection.execute(
            "insert into raw.loaded_batch values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [batch.batch_id, batch.feed, batch.known_at, applied.opened, applied.closed,
             applied.unchanged, applied.stale, applied.conflicts, applied.refused_because],
        )  # fmt: skip
    return applied


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.execute("begin")
    try:
        yield
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def _compare(connection: duckdb.DuckDBPyConnection, *, contract: Contract) -> None:
    """Say of each incoming row what it is to the row of its key that is believed now."""
    on_key = " and ".join(
        f"held.{quoted(name)} is not distinct from incoming.{quoted(name)}"
        if name in contract.columns and not contract.columns[name].required
        else f"held.{quoted(name)} = incoming.{quoted(name)}"
        for name in contract.key
    )
    stamp = contract.stamp
    is_older = f"incoming.{stamp} < held.{stamp}" if stamp else "false"
    is_equal = f"incoming.{stamp} = held.{stamp}" if stamp else "false"
    is_final = "true" if contract.load == "append" else "false"
    connection.execute(
        f"create or replace temp table compared as"
        f" select incoming.rowid as incoming_row, held.rowid as held_row,"
        f" case when held.rowid is null then 'new'"
        f" when held.row_digest = incoming.row_digest then 'unchanged'"
        f" when {is_final} then 'conflict refused' when {is_older} then 'stale'"
        f" when {is_equal} then 'conflict' else 'changed' end as verdict"
        f" from incoming left outer join raw.{contract.feed} as held"
        f" on {on_key} and held.superseded_at = {OPEN_END}"
    )


def _compare_snapshot(
    connection: duckdb.DuckDBPyConnection, *, batch: Batch, contract: Contract
) -> DeliveryRefused | None:
    """In a complete snapshot absence means deletion: add what it no longer contains as 'gone'.

    Answers a refusal where it holds far less than is believed: history was lost, not deleted.
    """
    if not batch.is_complete or contract.load not in {"snapshot_full", "snapshot_window"}:
        return None
    inside = f"held.superseded_at = {OPEN_END} and held.source_system = ?"
    # No source can send the rows of an erased agent any more; that they are absent says nothing.
    for name in own_columns(contract):
        inside += f" and not regexp_full_match(coalesce(held.{name}, ''), '{PSEUDONYM}')"
    values: list[object] = [batch.source_system]
    if contract.load == "snapshot_window":
        event = quoted(contract.event_at[0])
        inside += f" and held.{event} >= ? and held.{event} < ?"
        values += [batch.window_start, batch.window_end]
    held = f"raw.{contract.feed} as held where {inside}"
    (before,) = connection.execute(f"select count(*) from {held}", values).fetchall()[0]
    (now,) = connection.execute("select count(*) from incoming").fetchall()[0]
    if now < before * (1 - contract.shrink_limit_share):
        return DeliveryRefused(
            feed=batch.feed,
            file=batch.extract_id,
            reason=f"is a snapshot of {now} rows where {before} are believed for the same window",
            next_step="ask the source why it holds less; if it is right, raise shrink_limit_share"
            " in the contract for one night",
        )
    connection.execute(
        f"insert into compared select null, held.rowid, 'gone' from {held} and held.rowid not in"
        " (select held_row from compared where held_row is not null)",
        values,
    )
    return None


def _open_and_close(connection: duckdb.DuckDBPyConnection, *, batch: Batch) -> Applied:
    table = f"raw.{batch.feed}"
    closing = "select held_row from compared where verdict in ('changed', 'conflict', 'gone')"
    connection.execute(
        f"create or replace temp table touched as select * from {table} where rowid in ({closing})"
    )
    connection.execute(
        f"update {table} set superseded_at = ? where rowid in ({closing})", [batch.known_at]
    )
    connection.execute(
        f"insert into {table} by name select *, ? as batch_id, ? as known_at,"
        f" {OPEN_END} as superseded_at from incoming where rowid in ({OPENING})",
        [batch.batch_id, batch.known_at],
    )
    counted = dict(
        connection.execute("select verdict, count(*) from compared group by all").fetchall()
    )
    replaced = counted.get("changed", 0) + counted.get("conflict", 0)
    return Applied(
        batch=batch,
        opened=counted.get("new", 0) + replaced,
        closed=counted.get("gone", 0) + replaced,
        unchanged=counted.get("unchanged", 0),
        stale=counted.get("stale", 0),
        conflicts=counted.get("conflict", 0) + counted.get("conflict refused", 0),
    )
