"""The rows that were kept apart, and what has become of each.

Belongs here: reading the quarantine of a feed, and the state of each row as of now.
Does not belong here: putting rows there (`check`), loading them after all (`replay`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.column_checks import text_name
from orchestration.landing.contract import Contract
from orchestration.landing.expressions import quoted, text_literal
from orchestration.landing.land import checking_connection
from orchestration.landing.quarantine_decisions import decisions
from orchestration.landing.readings import that_count
from orchestration.landing.row_checks import row_checks
from orchestration.landing.source_set import FeedMapping

STATES = ("open", "set_aside", "released", "redelivered", "waived")
_IS_SET_ASIDE = "len(list_filter(reasons, lambda r: r[:8] = 'refused:')) > 0"


def _is_replayable(mapping: FeedMapping | None) -> str:
    """Write the condition for text that is what a mapping would make of the file today."""
    lost = [
        "(reason[:10] = 'structure:' and reason[:28] <> 'structure:control character:')",
        "reason[:9] = 'col:form:'",
    ]
    if mapping and mapping.row_zone:  # the zone stood in a column that is not kept
        lost.append("reason[:5] = 'time:'")
    return f"len(list_filter(reasons, lambda reason: {' or '.join(lost)})) = 0"


def kept_text(mapping: FeedMapping | None, source_system: str) -> FeedMapping:
    """Answer the mapping of text that is a contract's already: only the zone is still needed.

    The zone that a row names itself is in its text already, as an offset.
    """
    zone = mapping.file_zone if mapping else None
    return FeedMapping(source_system=source_system, files="", zone=zone)


@contextmanager
def quarantine_of(
    contract: Contract,
    *,
    home: Path,
    mapping: FeedMapping | None,
    known: Sequence[Batch] | None = None,
    as_of: datetime | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the quarantine of one feed as the table `kept`, one row per row kept apart.

    Its columns: `batch_id`, `row_id` (names the row by its place), `part`, `row_number` (null
    where the check gave none), `reasons`, `state`, `is_replayable`, and the contract's text;
    `typed` has the same rows by `kept_row`, their text as values where it is one. The state is that
    of today, or of the batches in `known` and what was decided up to `as_of`.
    """
    store = BatchStore(home)
    everything = that_count(store.batches()) if known is None else known
    batches = [batch for batch in everything if batch.feed == contract.feed]
    with TemporaryDirectory() as scratch, checking_connection(Path(scratch)) as connection:
        _read_batches(connection, store, batches)
        _read_kept(connection, store, contract=contract, batches=batches)
        _read_decisions(connection, home, feed=contract.feed, as_of=as_of)
        _type_keys(connection, contract, mapping=kept_text(mapping, ""))
        _find_redelivered(connection, store, contract=contract, batches=batches)
        connection.execute(
            "create table kept as select untyped.*,"
            " case when decided.kind is not null then decided.kind"
            f" when {_IS_SET_ASIDE} then 'set_aside'"
            " when kept_row in (select kept_row from redelivered) then 'redelivered'"
            f" else 'open' end as state, {_is_replayable(mapping)} as is_replayable"
            " from untyped left outer join decided using (row_id) order by kept_row"
        )
        yield connection


def _read_kept(
    connection: duckdb.DuckDBPyConnection,
    store: BatchStore,
    *,
    contract: Contract,
    batches: list[Batch],
) -> None:
    """Read the files of whole batches; a contract's newer columns are null in older ones."""
    text = ", ".join(f"{quoted(name)} varchar" for name in contract.columns)
    connection.execute(
        "create table files (batch_id varchar, part integer, row_number bigint,"
        f" reasons varchar[], {text})"
    )
    paths = [
        path for path in (store.quarantined_file(batch) for batch in batches) if path.is_file()
    ]
    if paths:
        read = _read_files(paths)
        described = connection.execute(f"describe from {read}").fetchall()
        held = {str(row[0]) for row in described}
        shared = [quoted(name) for name in contract.columns if name in held]
        connection.execute(
            "insert into files by name select batches.batch_id, part, row_number, reasons,"
            f" {', '.join(shared)} from {read} as kept"
            " inner join batches on kept.file = batches.quarantined_file"
        )
    # By its place and not by its text, which an erasure takes away: what was decided stays decided.
    # Only rows that are set aside for good have no number.
    connection.execute(
        "create table untyped as select row_number() over"
        " (order by known_at, batch_id, part, row_number nulls last, row_id) as kept_row, row_id,"
        " files.* exclude (row_id) from (select *,"
        " md5(concat_ws('|', batch_id, part, row_number)) as row_id from files)"
        " as files inner join batches using (batch_id)"
    )


def _read_batches(
    connection: duckdb.DuckDBPyConnection, store: BatchStore, batches: list[Batch]
) -> None:
    connection.execute(
        "create table batches (batch_id varchar, source_system varchar, known_at timestamp,"
        " is_complete boolean, window_start timestamp, window_end timestamp,"
        " rows_file varchar, quarantined_file varchar)"
    )
    for batch in batches:
        connection.execute(
            "insert into batches values (?, ?, ?, ?, ?, ?, ?, ?)",
            [batch.batch_id, batch.source_system, batch.known_at, batch.is_complete,
             batch.window_start, batch.window_end, str(store.rows_file(batch)),
             str(store.quarantined_file(batch))],
        )  # fmt: skip


def _read_decisions(
    connection: duckdb.DuckDBPyConnection, home: Path, *, feed: str, as_of: datetime | None
) -> None:
    connection.execute("create table decided (row_id varchar primary key, kind varchar)")
    for decision in decisions(home, up_to=as_of):
        if decision.feed == feed:
            connection.execute(
                "insert or ignore into decided select unnest(?::varchar[]), ?",
                [list(decision.rows), decision.kind],
            )


def _type_keys(
    connection: duckdb.DuckDBPyConnection, contract: Contract, *, mapping: FeedMapping
) -> None:
    """Read the kept text as values, so that '08:00Z' finds the row that was loaded as 08:00.

    A time of which nobody knows the zone is read as UTC: some hours off, and it says which days of
    an agent may have a gap.
    """
    checks, _ = row_checks(contract, mapping, names=tuple(contract.columns))
    text = ", ".join(f"{source} as {text_name(name)}" for name, source in checks.text.items())
    values = {
        name: f"coalesce({source}, try_cast({text_name(name)} as timestamp))"
        if contract.columns[name].type == "timestamp"
        else source
        for name, source in checks.typed.items()
    }
    typed = ", ".join(f"{source} as {quoted(name)}" for name, source in values.items())
    connection.execute(
        f"create table typed as select kept_row, batches.*, {typed} from"
        f" (select kept_row, batch_id as of_batch, {text} from untyped) as untyped"
        " inner join batches on untyped.of_batch = batches.batch_id"
    )


def _find_redelivered(
    connection: duckdb.DuckDBPyConnection,
    store: BatchStore,
    *,
    contract: Contract,
    batches: list[Batch],
) -> None:
    """Find the rows whose key has loaded since, and those of a snapshot that a newer one replaced.

    A newer whole snapshot without the row says that it is gone; loading it would bring it back.
    """
    connection.execute("create table redelivered (kept_row bigint)")
    later = "newer.known_at > typed.known_at and newer.source_system = typed.source_system"
    if contract.load.startswith("snapshot"):
        inside = "true"
        if contract.load == "snapshot_window":
            event = f"typed.{quoted(contract.event_at[0])}"
            inside = f"{event} >= newer.window_start and {event} < newer.window_end"
        connection.execute(
            "insert into redelivered select kept_row from typed semi join batches as newer"
            f" on {later} and newer.is_complete and {inside}"
        )
    key = [name for name in contract.key if name != "source_system"]
    on_key = " and ".join(
        f"typed.{quoted(name)} is not distinct from newer.{quoted(name)}" for name in key
    )
    required = [name for name in key if contract.columns[name].required]
    known = " and ".join(f"typed.{quoted(name)} is not null" for name in required) or "true"
    # Only what came after the first row kept apart can have closed one.
    since = min((batch.known_at for batch in batches if batch.accounting.quarantined), default=None)
    paths = [
        store.rows_file(batch)
        for batch in batches
        if batch.accounting.accepted and since is not None and batch.known_at > since
    ]
    if paths:
        connection.execute(
            f"insert into redelivered select kept_row from typed semi join (select * from"
            f" {_read_files(paths)} inner join batches on file = batches.rows_file) as newer"
            f" on {on_key} and {later} and {known}"
        )


def _read_files(paths: list[Path]) -> str:
    """Write the SQL that reads files as one, each row with the file it is from."""
    listed = ", ".join(text_literal(str(path)) for path in paths)
    return f"read_parquet([{listed}], union_by_name = true, filename = 'file')"
