"""The number by which a re-delivered row is known to be the same."""

from pathlib import Path

import duckdb

from orchestration.landing.duplicates import row_digest
from orchestration.landing.land import checking_connection

ROW = (
    "(select 'a' as one, 2::bigint as two, null::varchar as three, timestamp '2026-01-01' as four)"
)
KNOWN = 10583799276461965860


def digest(*names: str, row: str = ROW) -> int:
    return int(duckdb.sql(f"select {row_digest(names)} from {row}").fetchall()[0][0])


def test_the_digest_is_the_one_that_stored_batches_hold() -> None:
    """If this fails after an upgrade of DuckDB, every re-delivered row would look changed."""
    assert digest("one", "two", "three", "four") == KNOWN


def test_neither_the_order_of_columns_nor_a_new_empty_one_changes_it() -> None:
    assert digest("four", "two", "one") == KNOWN


def test_values_that_change_places_change_it() -> None:
    swapped = "(select 'b' as one, 'a' as two)"
    straight = "(select 'a' as one, 'b' as two)"
    assert digest("one", "two", row=swapped) != digest("one", "two", row=straight)


def test_a_delivery_makes_the_same_bytes_on_a_machine_of_any_size(tmp_path: Path) -> None:
    """On two threads the row groups of a large batch, and so its digest, came out at random."""
    with checking_connection(tmp_path) as connection:
        assert connection.execute("select current_setting('threads')").fetchall() == [(1,)]
