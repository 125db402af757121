"""The contract check: a delivery goes in, a raw batch and a quarantine batch come out.

Belongs here: running the row checks, finding duplicates inside the delivery.
Does not belong here: the limits (`accounting`), keeping batches (`batches`).
"""

from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.landing.accounting import Accounting, refuse_if_too_bad
from orchestration.landing.contract import Contract
from orchestration.landing.delivery import Delivery
from orchestration.landing.expressions import quoted, text_literal
from orchestration.landing.never_kept import forget_what_may_not_be_kept
from orchestration.landing.reading import (
    Part,
    missing_columns,
    open_part,
    readable,
    unreadable_lines,
)
from orchestration.landing.refusal import DeliveryRefused
from orchestration.landing.row_checks import RowChecks, row_checks, text_name
from orchestration.landing.set_rules import flag_broken_sets
from orchestration.landing.source_set import FeedMapping


def check_delivery(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    *,
    contract: Contract,
    mapping: FeedMapping,
) -> Accounting:
    """Fill `accepted` and `quarantined` from the delivery's parts and account for every row.

    Raises DeliveryRefused; then nothing of the delivery may be used.
    """
    _create_tables(connection, contract)
    read = 0
    for number, path in enumerate(delivery.parts):
        part = open_part(connection, path, feed=delivery.feed, delimiter=mapping.delimiter)
        checks, lacking = row_checks(contract, mapping, names=part.names)
        if lacking:
            raise missing_columns(delivery.feed, path, missing=lacking, names=part.names)
        with readable(path, feed=delivery.feed):
            rows = _sort_rows(connection, part, checks=checks, number=number)
        _compare_with_promise(delivery, path, rows=rows)
        read += rows
    duplicates = _set_duplicates_aside(connection, contract)
    accounting = _account(connection, read=read, duplicates=duplicates)
    refuse_if_too_bad(connection, delivery, contract=contract, accounting=accounting)
    forget_what_may_not_be_kept(connection, contract)
    return replace(accounting, flagged=flag_broken_sets(connection, delivery, contract=contract))


def _create_tables(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    typed = ", ".join(f"{quoted(n)} {c.sql_type}" for n, c in contract.columns.items())
    text = ", ".join(f"{quoted(n)} varchar" for n in contract.columns)
    connection.execute(
        f"create table accepted (part integer, is_bad boolean, row_digest ubigint, {typed})"
    )
    connection.execute(
        f"create table quarantined (part integer, row_number bigint, reasons varchar[], {text})"
    )


def _sort_rows(
    connection: duckdb.DuckDBPyConnection, part: Part, *, checks: RowChecks, number: int
) -> int:
    """Send each row of a file to `accepted` or `quarantined`; answer how many there were.

    Bad rows are read a second time for their text: they are few, and keeping the text of every row
    beside its values doubles the memory.
    """
    names = ", ".join(quoted(name) for name in checks.typed)
    before = _count(connection, "accepted")
    connection.execute(
        f"insert into accepted select {number}, {checks.is_bad},"
        f" {row_digest(list(checks.typed))}, {names} from {checks.rows_sql(part.text_rows)}"
    )
    rows = _count(connection, "accepted") - before
    unreadable = unreadable_lines(connection)
    _number_rows(connection, number)
    if connection.execute("select count(*) from numbered where is_bad").fetchall()[0][0]:
        _quarantine_bad_rows(connection, part, checks=checks, number=number)
    for line, problem in unreadable:
        connection.execute(
            "insert into quarantined (part, row_number, reasons) values (?, ?, ?)",
            [number, line - 1, [f"structure:{problem}"]],
        )
    return rows + len(unreadable)


def _number_rows(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """Count the rows of a part in the file's order, which is the order of insertion."""
    connection.execute(
        "create or replace temp view numbered as"
        " select accepted.rowid as accepted_row, is_bad,"
        " accepted.rowid - first_row + 1 as row_number"
        " from accepted cross join"
        f" (select min(rowid) as first_row from accepted where part = {number})"
        f" where part = {number}"
    )


def _quarantine_bad_rows(
    connection: duckdb.DuckDBPyConnection, part: Part, *, checks: RowChecks, number: int
) -> None:
    listed = ", ".join(
        f"case when {sql} then {text_literal(why)} end" for why, sql in checks.reasons.items()
    )
    texts = ", ".join(text_name(name) for name in checks.text)
    connection.execute(
        f"insert into quarantined select {number}, _row,"
        f" list_filter([{listed}], lambda reason: reason is not null), {texts}"
        f" from {checks.rows_sql(part.text_rows, numbered=True)}"
        " where _row in (select row_number from numbered where is_bad) order by _row"
    )
    unreadable_lines(connection)
    connection.execute("delete from accepted where is_bad")


def row_digest(names: list[str]) -> str:
    """Write a 64-bit number, equal for equal rows; compared only between rows of one key."""
    parts = ", ".join(f"coalesce({quoted(name)}::varchar, chr(30))" for name in names)
    return f"md5_number_lower(concat_ws(chr(31), {parts}))"


def _set_duplicates_aside(connection: duckdb.DuckDBPyConnection, contract: Contract) -> int:
    """Keep one row of a key: the newest by the source's stamp; answer how many were dropped.

    Two rows of one key that differ and carry the same stamp contradict each other: both go to
    quarantine, because choosing one would be guessing.
    """
    key = ", ".join(quoted(name) for name in contract.key if name != "source_system")
    stamp = contract.stamp or "null"
    connection.execute(
        f"create table repeated as with keys as ("
        f" select {key} from accepted group by all having count(*) > 1)"
        f" select accepted.rowid as accepted_row, row_digest, {key},"
        f" dense_rank() over (partition by {key} order by {stamp} desc nulls last) as age,"
        f" row_number() over (partition by {key} order by {stamp} desc nulls last, accepted.rowid)"
        f" as place from accepted semi join keys using ({key})"
    )
    repeated = _count(connection, "repeated")
    if repeated == 0:
        return 0
    connection.execute(
        f"create table conflicting as select accepted_row from repeated where age = 1"
        f" qualify min(row_digest) over (partition by {key})"
        f" <> max(row_digest) over (partition by {key})"
    )
    text = ", ".join(f"{quoted(name)}::varchar" for name in contract.columns)
    connection.execute(
        f"insert into quarantined select part, null, ['key:conflict'], {text} from accepted"
        " where rowid in (select accepted_row from conflicting)"
    )
    connection.execute(
        "delete from accepted where rowid in (select accepted_row from conflicting)"
        " or rowid in (select accepted_row from repeated where place > 1)"
    )
    (kept,) = connection.execute(
        "select count(*) from repeated where place = 1"
        " and accepted_row not in (select accepted_row from conflicting)"
    ).fetchall()[0]
    return repeated - int(kept) - _count(connection, "conflicting")


def _account(connection: duckdb.DuckDBPyConnection, *, read: int, duplicates: int) -> Accounting:
    counted = connection.execute(
        "select reason, count(*) from (select unnest(reasons) as reason from quarantined)"
        " group by all order by all"
    ).fetchall()
    accounting = Accounting(
        read=read,
        accepted=_count(connection, "accepted"),
        quarantined=_count(connection, "quarantined"),
        duplicates=duplicates,
        reasons={str(reason): int(rows) for reason, rows in counted},
    )
    kept = accounting.accepted + accounting.quarantined + accounting.duplicates
    if kept != read:  # the equation the whole layer stands on; never an ordinary error
        raise AssertionError(f"{read} rows were read and {kept} are accounted for")
    return accounting


def _compare_with_promise(delivery: Delivery, part: Path, *, rows: int) -> None:
    for name, promised, _ in delivery.promised:
        if name == part.name and promised != rows:
            raise DeliveryRefused(
                feed=delivery.feed,
                file=name,
                reason=f"holds {rows} rows and its manifest says {promised}",
                next_step="deliver the extract again, manifest last",
            )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"select count(*) from {table}").fetchall()[0][0])
