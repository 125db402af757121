"""Every contract lets good rows in unchanged, and each of its rules refuses the row it is for."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.landing.accounting import Accounting
from orchestration.landing.check import check_delivery
from orchestration.landing.contract import Contract, load_contracts
from orchestration.landing.delivery import Delivery
from orchestration.landing.row_checks import row_checks
from orchestration.landing.source_set import FeedMapping
from tests.unit.landing.contract_rows import GOOD, Row, as_csv, material_for

MAPPING = FeedMapping(source_system="acd", files="*.csv")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'")
        yield opened


def checked(
    connection: duckdb.DuckDBPyConnection, folder: Path, contract: Contract, rows: list[Row]
) -> Accounting:
    path = folder / f"{contract.feed}.csv"
    path.write_text(as_csv(contract, rows), encoding="utf-8")
    delivery = Delivery(
        feed=contract.feed, source_system="acd", extract_id="e1", digest="d1", parts=(path,)
    )
    return check_delivery(connection, delivery, contract=contract, mapping=MAPPING)


def kept(connection: duckdb.DuckDBPyConnection, contract: Contract) -> list[tuple[object, ...]]:
    columns = ", ".join(contract.columns)
    return connection.execute(f"select {columns} from accepted order by rowid").fetchall()


@pytest.mark.parametrize("feed", load_contracts())
def test_500_good_rows_are_accepted_unchanged(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, feed: str
) -> None:
    contract, material = load_contracts()[feed], material_for(feed)
    accounting = checked(connection, tmp_path, contract, material.good)
    assert (accounting.read, accounting.accepted, accounting.quarantined) == (GOOD, GOOD, 0)
    assert kept(connection, contract) == material.values


@pytest.mark.parametrize("feed", load_contracts())
def test_each_rule_refuses_the_row_it_is_for_and_no_other(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, feed: str
) -> None:
    contract, material = load_contracts()[feed], material_for(feed)
    roomy = contract.model_copy(update={"max_bad_share": 1})
    rows = [*material.good, *(bad.row for bad in material.bad), *material.conflict]
    checked(connection, tmp_path, roomy, rows)
    found = connection.execute(
        "select row_number, reasons from quarantined order by row_number nulls last"
    ).fetchall()
    expected = [
        (number, sorted(bad.reasons)) for number, bad in enumerate(material.bad, GOOD + 1)
    ] + [(None, ["key:conflict"])] * 2
    assert [(number, sorted(reasons)) for number, reasons in found] == expected
    assert kept(connection, contract) == material.values


@pytest.mark.parametrize("feed", load_contracts())
def test_no_rule_goes_without_a_bad_row(feed: str) -> None:
    contract = load_contracts()[feed]
    checks, _ = row_checks(contract, MAPPING, names=tuple(contract.columns))
    tried = {reason for bad in material_for(feed).bad for reason in bad.reasons}
    assert tried == set(checks.reasons)
