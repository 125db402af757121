"""The contract check: a delivery goes in, a raw batch and a quarantine batch come out.

Belongs here: running the row checks, finding duplicates inside the delivery.
Does not belong here: the limits (`accounting`), keeping batches (`batches`).
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.landing.accounting import Accounting, refuse_if_too_bad
from orchestration.landing.column_checks import text_name
from orchestration.landing.contract import Contract
from orchestration.landing.delivery import Delivery
from orchestration.landing.duplicates import row_digest, set_duplicates_aside
from orchestration.landing.expressions import quoted, text_literal
from orchestration.landing.never_kept import forget_what_may_not_be_kept
from orchestration.landing.places import Places, find_places, write_places
from orchestration.landing.promises import compare_rows, compare_totals, part_totals
from orchestration.landing.reading import (
    Part,
    missing_columns,
    open_part,
    readable,
    unreadable_lines,
)
from orchestration.landing.row_checks import RowChecks, columns_read, row_checks
from orchestration.landing.set_rules import flag_broken_sets
from orchestration.landing.source_set import FeedMapping


@dataclass(kw_only=True)
class _Sorted:
    """What is known once the parts have been read: rows, places, columns, sums."""

    rows: int = 0
    places: list[Places] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    totals: dict[str, Decimal] = field(default_factory=dict)


def check_delivery(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    *,
    contract: Contract,
    mapping: FeedMapping,
    scratch: Path,
) -> Accounting:
    """Fill `accepted` and `quarantined` from the delivery's parts and account for every row.

    `scratch` holds text copies of files that DuckDB does not read itself. Raises DeliveryRefused;
    then nothing of the delivery may be used.
    """
    _create_tables(connection, contract)
    done = _Sorted()
    for number, path in enumerate(delivery.parts):
        _check_part(
            connection,
            delivery,
            path,
            number=number,
            contract=contract,
            mapping=mapping,
            scratch=scratch,
            done=done,
        )
    compare_totals(delivery, contract=contract, totals=done.totals)
    duplicates = set_duplicates_aside(connection, contract)
    for number, places in enumerate(done.places):
        write_places(connection, number, places)
    accounting = _account(connection, done, duplicates=duplicates)
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
        "create table quarantined"
        f" (part integer, row_number bigint, line bigint, reasons varchar[], {text})"
    )
    connection.execute("create table part_starts (part integer, first_row bigint)")


def _check_part(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    path: Path,
    *,
    number: int,
    contract: Contract,
    mapping: FeedMapping,
    scratch: Path,
    done: _Sorted,
) -> None:
    feed = delivery.feed
    wanted = columns_read(contract, mapping)
    part = open_part(connection, path, feed=feed, mapping=mapping, wanted=wanted, scratch=scratch)
    checks, lacking = row_checks(contract, mapping, names=part.names)
    if lacking:
        raise missing_columns(feed, path, lacking, part.names, line=mapping.header_line)
    with readable(path, feed=feed):
        rows, rejected = _read_rows(connection, part, checks=checks, number=number)
        delimiter = mapping.delimiter
        places = find_places(part, feed=feed, delimiter=delimiter, rows=rows, rejected=rejected)
        for name, total in part_totals(connection, delivery, contract, number=number).items():
            done.totals[name] = done.totals.get(name, Decimal(0)) + total
        _quarantine(connection, part, checks=checks, number=number, places=places)
    compare_rows(delivery, path, rows=rows + len(places.unreadable))
    done.rows += rows + len(places.unreadable)
    done.places.append(places)
    done.ignored |= set(part.names) - wanted
    done.missing |= {name for name, source in checks.text.items() if source == "null"}


def _read_rows(
    connection: duckdb.DuckDBPyConnection, part: Part, *, checks: RowChecks, number: int
) -> tuple[int, list[tuple[int, str]]]:
    """Read every row of a file, typed and judged, into `accepted`.

    Answers how many there were, and position and problem of those that were none. Control
    characters are looked for where bytes or lines say that there may be some.
    """
    look = part.surveyed[1] if part.surveyed else None
    if look is None or look.has_controls:
        return _read_once(connection, part, checks=checks, number=number, may_hold_controls=True)
    found = _read_once(connection, part, checks=checks, number=number, may_hold_controls=False)
    if look.lines - 1 == found[0] + len(found[1]):
        return found
    connection.execute(f"delete from accepted where part = {number}")
    connection.execute(f"delete from part_starts where part = {number}")
    return _read_once(connection, part, checks=checks, number=number, may_hold_controls=True)


def _read_once(
    connection: duckdb.DuckDBPyConnection,
    part: Part,
    *,
    checks: RowChecks,
    number: int,
    may_hold_controls: bool,
) -> tuple[int, list[tuple[int, str]]]:
    names = ", ".join(quoted(name) for name in checks.typed)
    is_bad = checks.is_bad(may_hold_controls=may_hold_controls)
    before = _count(connection, "accepted")
    connection.execute(
        f"insert into accepted select {number}, {is_bad},"
        f" {row_digest(checks.typed)}, {names} from {checks.rows_sql(part.text_rows)}"
    )
    connection.execute(
        f"insert into part_starts select {number}, min(rowid) from accepted where part = {number}"
    )
    return _count(connection, "accepted") - before, unreadable_lines(connection)


def _quarantine(
    connection: duckdb.DuckDBPyConnection,
    part: Part,
    *,
    checks: RowChecks,
    number: int,
    places: Places,
) -> None:
    if connection.execute("select count(*) from accepted where is_bad").fetchall()[0][0]:
        _quarantine_bad_rows(connection, part, checks=checks, number=number)
    for line, problem in places.unreadable:
        connection.execute(
            "insert into quarantined (part, row_number, line, reasons) values (?, ?, ?, ?)",
            [number, places.number_of(line), line, [f"structure:{problem}"]],
        )


def _quarantine_bad_rows(
    connection: duckdb.DuckDBPyConnection, part: Part, *, checks: RowChecks, number: int
) -> None:
    """Send the bad rows of a part to `quarantined`, with their text and all their reasons.

    They are read a second time for their text: they are few, and keeping the text of every row
    beside its values doubles the memory.
    """
    listed = ", ".join(
        f"case when {sql} then {text_literal(why)} end" for why, sql in checks.reasons.items()
    )
    texts = ", ".join(text_name(name) for name in checks.text)
    connection.execute(
        f"insert into quarantined select {number}, _row, null,"
        f" list_filter([{listed}], lambda reason: reason is not null), {texts}"
        f" from {checks.rows_sql(part.text_rows, numbered=True)}"
        " where _row in (select accepted.rowid - first_row + 1 from accepted"
        " join part_starts using (part) where is_bad) order by _row"
    )
    unreadable_lines(connection)
    if connection.execute("select 1 from quarantined where reasons = [] limit 1").fetchall():
        raise AssertionError("a row was set aside for no reason: the two readings differ in order")
    connection.execute("delete from accepted where is_bad")


def _account(
    connection: duckdb.DuckDBPyConnection, done: _Sorted, *, duplicates: int
) -> Accounting:
    counted = connection.execute(
        "select reason, count(*) from (select unnest(reasons) as reason from quarantined)"
        " group by all order by all"
    ).fetchall()
    accounting = Accounting(
        read=done.rows,
        accepted=_count(connection, "accepted"),
        quarantined=_count(connection, "quarantined"),
        duplicates=duplicates,
        reasons={str(reason): int(rows) for reason, rows in counted},
        ignored_columns=sorted(done.ignored),
        missing_columns=sorted(done.missing),
    )
    kept = accounting.accepted + accounting.quarantined + accounting.duplicates
    if kept != done.rows:  # the equation the whole layer stands on; never an ordinary error
        raise AssertionError(f"{done.rows} rows were read and {kept} are accounted for")
    return accounting


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"select count(*) from {table}").fetchall()[0][0])
