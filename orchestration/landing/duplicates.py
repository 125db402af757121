"""Rows of one key inside a delivery: kept once, or kept apart where they contradict each other.

Belongs here: the number by which two rows are the same, and what becomes of repeated keys.
Does not belong here: rows of earlier deliveries (`apply`).
"""

from collections.abc import Iterable

import duckdb

from orchestration.landing.contract import Contract
from orchestration.landing.expressions import quoted, text_literal


def row_digest(names: Iterable[str]) -> str:
    """Write a 64-bit number, equal for equal rows; compared only between rows of one key.

    Every value is hashed with the name of its column and the column's order does not matter; a
    null adds nothing, so a contract that gains an optional column changes no digest. A third of
    the CPU of an MD5 over text. The hash is DuckDB's: a test holds it to known answers, because a
    version that hashes otherwise would make every row of a re-delivery look changed.
    """
    digest = "0::ubigint"
    for name in sorted(names):
        value = quoted(name)
        salted = f"hash(hash({value}, {text_literal(name)}))"
        digest = f"xor({digest}, case when {value} is null then 0::ubigint else {salted} end)"
    return digest


def set_duplicates_aside(connection: duckdb.DuckDBPyConnection, contract: Contract) -> int:
    """Keep one row of a key: the newest by the source's stamp; answer how many were dropped.

    Two rows of one key that differ and carry the same stamp contradict each other: both go to
    quarantine, because choosing one would be guessing.
    """
    key = ", ".join(quoted(name) for name in contract.key if name != "source_system")
    # Keys are compared only where their hashes are equal: a third less CPU where none repeats.
    number = f"hash({key})"
    stamp = contract.stamp or "null"
    connection.execute(
        f"create table repeated as with keys as ("
        f" select {key} from accepted where {number} in"
        f" (select {number} as number from accepted group by number having count(*) > 1)"
        f" group by all having count(*) > 1)"
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
        f"insert into quarantined select part, accepted.rowid - first_row + 1, null,"
        f" ['key:conflict'], {text} from accepted join part_starts using (part)"
        " where accepted.rowid in (select accepted_row from conflicting)"
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


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"select count(*) from {table}").fetchall()[0][0])
