"""Every contract lets good rows in unchanged, and each of its rules refuses the row it is for."""

from pathlib import Path

import duckdb
import pytest

from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.contract import Contract, load_contracts
from orchestration.landing.delivery import Delivery
from orchestration.landing.land import land
from orchestration.landing.row_checks import row_checks
from orchestration.landing.source_set import FeedMapping
from tests.landing.conftest import NOW
from tests.landing.contract_rows import GOOD, Row, as_csv, material_for

MAPPING = FeedMapping(source_system="acd", files="*.csv")


def landed(folder: Path, contract: Contract, rows: list[Row]) -> Batch:
    path = folder / f"{contract.feed}.csv"
    path.write_text(as_csv(contract, rows), encoding="utf-8")
    delivery = Delivery(
        feed=contract.feed, source_system="acd", extract_id="e1", digest="d1", parts=(path,)
    )
    return land(delivery, mapping=MAPPING, contract=contract, home=folder / "home", received_at=NOW)


def accepted(folder: Path, contract: Contract, batch: Batch) -> list[tuple[object, ...]]:
    file = BatchStore(folder / "home", contract.store).rows_file(batch)
    return duckdb.sql(f"select {', '.join(contract.columns)} from '{file}'").fetchall()


@pytest.mark.parametrize("feed", load_contracts())
def test_500_good_rows_are_accepted_unchanged(tmp_path: Path, feed: str) -> None:
    contract, material = load_contracts()[feed], material_for(feed)
    batch = landed(tmp_path, contract, material.good)
    assert (batch.accounting.read, batch.accounting.accepted) == (GOOD, GOOD)
    assert accepted(tmp_path, contract, batch) == material.values


@pytest.mark.parametrize("feed", load_contracts())
def test_each_rule_refuses_the_row_it_is_for_and_no_other(tmp_path: Path, feed: str) -> None:
    contract, material = load_contracts()[feed], material_for(feed)
    roomy = contract.model_copy(update={"max_bad_share": 1})
    rows = [*material.good, *(bad.row for bad in material.bad), *material.conflict]
    batch = landed(tmp_path, roomy, rows)
    quarantine = BatchStore(tmp_path / "home", contract.store).quarantine
    found = duckdb.sql(
        f"select reasons from '{quarantine}/{feed}/*.parquet' order by row_number nulls last"
    ).fetchall()
    expected = [sorted(bad.reasons) for bad in material.bad] + [["key:conflict"]] * 2
    assert [sorted(reasons) for (reasons,) in found] == expected
    assert accepted(tmp_path, contract, batch) == material.values


@pytest.mark.parametrize("feed", load_contracts())
def test_no_rule_goes_without_a_bad_row(feed: str) -> None:
    contract = load_contracts()[feed]
    checks, _ = row_checks(contract, MAPPING, names=tuple(contract.columns))
    tried = {reason for bad in material_for(feed).bad for reason in bad.reasons}
    assert tried == set(checks.reasons)
