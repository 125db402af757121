"""Rows kept apart, checked again after a contract has changed.

Belongs here: making a batch of the rows that pass now, and recording that they were released.
Does not belong here: the check (`check`), the state of a row (`quarantine`).

A replay reads the text that is in quarantine: the contract's columns, as the mapping made them when
the file came. Contract, rules and zone of today apply; a changed expression does not, because the
file's own columns are not kept.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from orchestration.landing.accounting import Accounting
from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.check import check_delivery
from orchestration.landing.contract import Contract
from orchestration.landing.delivery import Delivery
from orchestration.landing.expressions import quoted, text_literal
from orchestration.landing.land import checking_connection
from orchestration.landing.quarantine import kept_text, quarantine_of
from orchestration.landing.quarantine_decisions import Decision, record
from orchestration.landing.readings import REPLAY_OF
from orchestration.landing.row_checks import row_checks
from orchestration.landing.source_set import FeedMapping

_NEXT = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """The rows of one batch that were tried again; `batch` is null where none passes."""

    feed: str
    of_batch: str
    tried: int
    released: int
    batch: Batch | None


def replay_feed(
    contract: Contract, *, home: Path, mapping: FeedMapping, now: datetime
) -> Iterator[Replayed]:
    """Try the open rows of a feed again, batch by batch; `now` (naive UTC) is when we know them."""
    store = BatchStore(home)
    known = [batch.known_at for batch in store.batches() if batch.feed == contract.feed]
    # After all that is known of the feed, and the older batch first, as they were applied.
    first = max([now, *(known_at + _NEXT for known_at in known)])
    with (
        quarantine_of(contract, home=home, mapping=mapping) as kept,
        TemporaryDirectory(dir=home / "scratch") as scratch,
    ):
        for number, (of_batch, file) in enumerate(_open_rows(kept, store, Path(scratch))):
            yield _replay(
                file,
                contract=contract,
                mapping=mapping,
                home=home,
                of_batch=of_batch,
                known_at=first + number * _NEXT,
            )


def _open_rows(
    kept: duckdb.DuckDBPyConnection, store: BatchStore, scratch: Path
) -> Iterator[tuple[Batch, Path]]:
    """Write the open rows of each batch, in its order, to a file of their own."""
    for batch in store.batches():
        condition = (
            f"batch_id = {text_literal(batch.batch_id)} and state = 'open' and is_replayable"
        )
        (rows,) = kept.execute(f"select count(*) from kept where {condition}").fetchall()[0]
        if rows:
            path = scratch / f"{batch.batch_id}.parquet"
            kept.execute(
                f"copy (select * from kept where {condition} order by kept_row)"
                f" to {text_literal(str(path))} (format parquet)"
            )
            yield batch, path


def _replay(
    file: Path,
    *,
    contract: Contract,
    mapping: FeedMapping,
    home: Path,
    of_batch: Batch,
    known_at: datetime,
) -> Replayed:
    text = kept_text(mapping, of_batch.source_system)
    part = file.with_name("open.parquet")
    with checking_connection(home / "scratch") as connection:
        connection.execute(
            f"create table open_rows as select row_number() over () as _row, *"
            f" from read_parquet({text_literal(str(file))})"
        )
        names = ", ".join(quoted(name) for name in contract.columns)
        connection.execute(
            f"copy (select {names} from open_rows order by _row) to {text_literal(str(part))}"
            " (format parquet)"
        )
        delivery = _delivery(of_batch, part=part, digest="", known_at=known_at)
        # Rows that still fail stay where they are, however many: the limits are for files.
        unlimited = contract.model_copy(update={"max_bad_share": 1.0, "max_bad_rows": 10**18})
        accounting = check_delivery(
            connection, delivery, contract=unlimited, mapping=text, scratch=file.parent
        )
        released = _released(connection, part, contract=contract, mapping=text)
        batch = None
        if released:
            batch = _keep(
                connection,
                _delivery(of_batch, part=part, digest=_digest(released), known_at=known_at),
                contract=contract,
                mapping=mapping,
                home=home,
                accounting=accounting,
                known_at=known_at,
                released=released,
            )
    return Replayed(
        feed=contract.feed,
        of_batch=of_batch.batch_id,
        tried=accounting.read,
        released=len(released),
        batch=batch,
    )


def _released(
    connection: duckdb.DuckDBPyConnection,
    part: Path,
    *,
    contract: Contract,
    mapping: FeedMapping,
) -> list[str]:
    """List the ids of the rows that have no reason left and whose key was accepted."""
    checks, _ = row_checks(contract, mapping, names=tuple(contract.columns))
    rows = checks.rows_sql(f"read_parquet({text_literal(str(part))})", numbered=True)
    on_key = " and ".join(
        f"tried.{quoted(name)} is not distinct from accepted.{quoted(name)}"
        for name in contract.key
        if name != "source_system"
    )
    is_bad = checks.is_bad(may_hold_controls=True)
    found = connection.execute(
        f"select row_id from open_rows inner join"
        f" (select _row from (select * from {rows} where not ({is_bad})) as tried"
        f" semi join accepted on {on_key}) as passing using (_row) order by _row"
    ).fetchall()
    return [str(row[0]) for row in found]


def _keep(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    *,
    contract: Contract,
    mapping: FeedMapping,
    home: Path,
    accounting: Accounting,
    known_at: datetime,
    released: list[str],
) -> Batch:
    """Keep the rows that pass as a batch and note them as released, in this order.

    After a power cut between the two the same rows make the same batch, and are noted then.
    """
    store = BatchStore(home)
    known = {batch.batch_id: batch for batch in store.batches()}
    batch = known.get(delivery.batch_id)
    if batch is None:
        connection.execute("delete from quarantined")
        batch = store.write(
            connection,
            delivery,
            contract=contract,
            mapping=mapping,
            accounting=replace(
                accounting,
                read=len(released),
                quarantined=0,
                duplicates=len(released) - accounting.accepted,
                reasons={},
            ),
            known_at=known_at,
            received_at=known_at,
        )
    rows = tuple(dict.fromkeys(released))
    record(
        home,
        Decision(
            kind="released",
            feed=batch.feed,
            at=batch.known_at,
            rows=rows,
            batch_id=batch.batch_id,
        ),
    )
    return batch


def _delivery(of_batch: Batch, *, part: Path, digest: str, known_at: datetime) -> Delivery:
    """Answer open rows as a delivery; it is never a whole snapshot, so it deletes nothing."""
    return Delivery(
        feed=of_batch.feed,
        source_system=of_batch.source_system,
        extract_id=f"{REPLAY_OF}{of_batch.batch_id}",
        digest=digest,
        parts=(part,),
        known_at=known_at,
        is_complete=False,
        has_manifest=True,
    )


def _digest(released: list[str]) -> str:
    return hashlib.sha256("|".join(["replay", *released]).encode()).hexdigest()
