"""The contract check: a delivery goes in, a raw batch and a quarantine batch come out.

Belongs here: running the row checks, duplicates inside the delivery, the limits that refuse it.
Does not belong here: where batches are kept (`batches`), what they mean to earlier ones (`apply`).
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.landing.contract import Contract
from orchestration.landing.delivery import Delivery
from orchestration.landing.expressions import quoted, text_literal
from orchestration.landing.reading import missing_columns, read_part
from orchestration.landing.refusal import DeliveryRefused
from orchestration.landing.row_checks import RowChecks, row_checks, text_name
from orchestration.landing.source_set import FeedMapping

# A row that the site's own mapping refuses is nobody's mistake, whatever else is odd about it.
_BLAMED = "not list_has_any(list_transform(reasons, lambda r: r[:8]), ['refused:'])"


@dataclass(frozen=True, kw_only=True)
class Accounting:
    """Every row of a delivery, once: read = accepted + quarantined + duplicates."""

    read: int
    accepted: int
    quarantined: int
    duplicates: int
    reasons: dict[str, int]


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
    for number, part in enumerate(delivery.parts):
        names = read_part(connection, part, feed=delivery.feed, delimiter=mapping.delimiter)
        checks, lacking = row_checks(contract, mapping, names=names)
        if lacking:
            raise missing_columns(delivery.feed, part, missing=lacking, names=names)
        rows = _sort_rows(connection, checks, part=number)
        _compare_with_promise(delivery, part, rows=rows)
        read += rows
    duplicates = _set_duplicates_aside(connection, contract)
    accounting = _account(connection, read=read, duplicates=duplicates)
    _refuse_if_too_bad(connection, delivery, contract=contract, accounting=accounting)
    return accounting


def _create_tables(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    typed = ", ".join(f"{quoted(n)} {c.sql_type}" for n, c in contract.columns.items())
    text = ", ".join(f"{quoted(n)} varchar" for n in contract.columns)
    connection.execute(
        f"create or replace table accepted"
        f" (part integer, row_number bigint, {typed}, row_digest ubigint)"
    )
    connection.execute(
        f"create or replace table quarantined"
        f" (part integer, row_number bigint, reasons varchar[], {text})"
    )


def _sort_rows(connection: duckdb.DuckDBPyConnection, checks: RowChecks, *, part: int) -> int:
    """Send each row of `text_rows` to `accepted` or `quarantined`; answer how many there were."""
    all_reasons = {**checks.reasons, **checks.refusals}
    needed_early = {  # these read the file's own columns, which the typed row no longer has
        reason: condition
        for reason, condition in all_reasons.items()
        if reason in checks.refusals or reason.startswith("col:time:")
    }
    text = ", ".join(f"{source} as {text_name(name)}" for name, source in checks.text.items())
    early = "".join(f", ({sql}) as {quoted(why)}" for why, sql in needed_early.items())
    typed = ", ".join(f"{source} as {quoted(name)}" for name, source in checks.typed.items())
    conditions = {
        why: quoted(why) if why in needed_early else sql for why, sql in all_reasons.items()
    }
    is_bad = " or ".join(f"coalesce(({sql}), false)" for sql in conditions.values()) or "false"
    connection.execute(
        f"create or replace table typed_rows as"
        f" with mapped as (select _row, {text}{early} from text_rows),"
        f" typed as (select *, {typed} from mapped)"
        f" select *, {is_bad} as is_bad from typed"
    )
    names = [quoted(name) for name in checks.typed]
    connection.execute(
        f"insert into accepted select {part}, _row, {', '.join(names)}, {_digest(names)}"
        f" from typed_rows where not is_bad"
    )
    listed = ", ".join(
        f"case when {sql} then {text_literal(why)} end" for why, sql in conditions.items()
    )
    texts = ", ".join(text_name(name) for name in checks.text)
    connection.execute(
        f"insert into quarantined select {part}, _row,"
        f" list_filter([{listed}], lambda reason: reason is not null), {texts}"
        f" from typed_rows where is_bad"
    )
    connection.execute(
        "insert into quarantined (part, row_number, reasons)"
        f" select {part}, line - 1, ['structure:' || problem] from unreadable_lines"
    )
    return _count(connection, "text_rows") + _count(connection, "unreadable_lines")


def _digest(names: list[str]) -> str:
    """A number that is equal for equal rows; 64 bits, compared only between rows of one key."""
    parts = ", ".join(f"coalesce({name}::varchar, chr(30))" for name in names)
    return f"md5_number_lower(concat_ws(chr(31), {parts}))"


def _set_duplicates_aside(connection: duckdb.DuckDBPyConnection, contract: Contract) -> int:
    """Keep one row of a key: the newest by the source's stamp; answer how many were dropped.

    Two rows of one key that differ and carry the same stamp contradict each other: both go to
    quarantine, because choosing one would be guessing.
    """
    key = ", ".join(quoted(name) for name in contract.key if name != "source_system")
    stamp = contract.stamp or "null"
    connection.execute(
        f"create or replace table repeated as with keys as ("
        f" select {key} from accepted group by all having count(*) > 1)"
        f" select part, row_number, row_digest, dense_rank() over newest as age,"
        f" row_number() over (newest_first) as place,"
        f" {key} from accepted semi join keys using ({key})"
        f" window newest as (partition by {key} order by {stamp} desc nulls last),"
        f" newest_first as (partition by {key} order by {stamp} desc nulls last, part, row_number)"
    )
    if _count(connection, "repeated") == 0:
        return 0
    text = ", ".join(f"{quoted(n)}::varchar" for n in contract.columns)
    connection.execute(
        f"create or replace table conflicting as select part, row_number from repeated"
        f" where age = 1 qualify min(row_digest) over (partition by {key})"
        f" <> max(row_digest) over (partition by {key})"
    )
    connection.execute(
        f"insert into quarantined select part, row_number, ['key:conflict'], {text} from accepted"
        f" semi join conflicting using (part, row_number)"
    )
    connection.execute(
        "delete from accepted using conflicting as c"
        " where accepted.part = c.part and accepted.row_number = c.row_number"
    )
    before = _count(connection, "accepted")
    connection.execute(
        "delete from accepted using repeated as r where accepted.part = r.part"
        " and accepted.row_number = r.row_number and r.place > 1"
    )
    return before - _count(connection, "accepted")


def _account(
    connection: duckdb.DuckDBPyConnection, *, read: int, duplicates: int
) -> Accounting:
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


def _refuse_if_too_bad(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    *,
    contract: Contract,
    accounting: Accounting,
) -> None:
    bad = connection.execute(f"select count(*) from quarantined where {_BLAMED}").fetchall()[0][0]
    file = delivery.parts[0].name
    if accounting.read == 0 and not delivery.has_manifest:
        raise DeliveryRefused(
            feed=delivery.feed,
            file=file,
            where="line 2",
            reason="has a header and no rows",
            next_step="deliver the rows, or a manifest that says there are none",
        )
    limit = min(contract.max_bad_share * accounting.read, contract.max_bad_rows)
    if bad > limit:
        why, rows, line, part = _commonest_reason(connection)
        raise DeliveryRefused(
            feed=delivery.feed,
            file=delivery.parts[part].name,
            where=f"line {line + 1}",
            reason=f"{bad} of {accounting.read} rows cannot be used and {limit:.0f} may be;"
            f" most often {why}, in {rows} rows",
            next_step="have it corrected at the source and deliver it again; nothing of it was used",
        )


def _commonest_reason(connection: duckdb.DuckDBPyConnection) -> tuple[str, int, int, int]:
    found = connection.execute(
        "select reason, count(*) as rows, arg_min(row_number, (part, row_number)), min(part)"
        " from (select unnest(reasons) as reason, part, row_number from quarantined"
        f" where {_BLAMED}) group by reason order by rows desc, reason limit 1"
    ).fetchall()[0]
    return str(found[0]), int(found[1]), int(found[2]), int(found[3])


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
