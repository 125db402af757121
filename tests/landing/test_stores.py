"""What the warehouse may never hold has a place of its own, and nothing of it is anywhere else."""

from pathlib import Path

import duckdb
import pytest

from orchestration.landing.apply import apply_batches
from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.refusal import DeliveryRefused
from tests.landing.conftest import Site

ATTRIBUTES = (
    "agent_id,attribute_code,attribute_value,valid_from,valid_to,collection_basis,"
    "may_use_for_fairness\n"
)
NAMES = "agent_id,display_name,valid_from,valid_to\n"
CALENDAR = (
    "calendar_id,calendar_date,day_type,occasion\nlisbon,2026-06-10,public_holiday,National day\n"
)
CONSENTED, REFUSED, NAME = "Sapphire-heritage", "Vermilion-heritage", "Amália Quintanilha"


@pytest.fixture
def landed(site: Site) -> dict[str, Batch]:
    """Three feeds, one of each store, landed and applied to a warehouse file."""
    batches = {}
    for feed, content in {
        "agent_protected_attribute": ATTRIBUTES
        + f"a1,heritage,{CONSENTED},2026-01-01,,self_declared,true\n"
        + f"a2,heritage,{REFUSED},2026-01-01,,hr_record,false\n",
        "person_display": NAMES + f"a1,{NAME},2026-01-01,\n",
        "business_calendar": CALENDAR,
    }.items():
        site.write(f"{feed}.csv", content)
        (batches[feed],) = site.land(feed, files=f"{feed}.csv")
    with duckdb.connect(str(site.home / "warehouse.duckdb")) as connection:
        store = BatchStore(site.home)
        apply_batches(connection, store, contracts=site.contracts, batches=store.batches())
    return batches


def files_with(home: Path, text: str) -> set[str]:
    """Search every file below a folder: the bytes of each, and each text column of Parquet."""
    found = set()
    for path in (path for path in home.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content += repr(duckdb.sql(f"from '{path}'").fetchall()).encode()
        if text.encode() in content:
            found.add(path.relative_to(home).parts[0])
    return found


def test_the_search_finds_what_is_in_a_warehouse_file(landed: dict[str, Batch], site: Site) -> None:
    assert landed["business_calendar"].accounting.accepted == 1
    assert files_with(site.home, "National day") == {"landing", "raw", "warehouse.duckdb"}


def test_a_protected_attribute_is_in_its_own_store_and_nowhere_else(
    landed: dict[str, Batch], site: Site
) -> None:
    assert landed["agent_protected_attribute"].accounting.accepted == 1
    assert files_with(site.home, CONSENTED) == {"protected"}


def test_a_name_is_in_its_own_store_and_nowhere_else(landed: dict[str, Batch], site: Site) -> None:
    assert landed["person_display"].accounting.accepted == 1
    assert files_with(site.home, NAME) == {"display"}


def test_a_row_without_consent_is_counted_and_nothing_of_it_is_kept(
    landed: dict[str, Batch], site: Site
) -> None:
    accounting = landed["agent_protected_attribute"].accounting
    assert (accounting.read, accounting.accepted, accounting.quarantined) == (2, 1, 1)
    assert accounting.reasons == {"refused:not_kept:no_consent": 1}
    assert files_with(site.home, REFUSED) == set()
    assert files_with(site.drop, REFUSED) == {"agent_protected_attribute.csv"}


def test_the_warehouse_has_no_table_of_a_feed_it_may_not_hold(
    landed: dict[str, Batch], site: Site
) -> None:
    with duckdb.connect(str(site.home / "warehouse.duckdb")) as connection:
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
        columns = connection.execute("select column_name from duckdb_columns()").fetchall()
    assert ("business_calendar",) in tables
    assert not {("agent_protected_attribute",), ("person_display",)} & set(tables)
    assert not {("attribute_value",), ("display_name",)} & set(columns)
    assert [batch.feed for batch in BatchStore(site.home).batches()] == ["business_calendar"]


def test_only_the_owner_may_read_the_stores(landed: dict[str, Batch], site: Site) -> None:
    for store in ("protected", "display"):
        place = site.home / store
        paths = [place, *place.rglob("*")]
        assert len(paths) > 4
        assert {path.stat().st_mode & 0o777 for path in paths if path.is_dir()} == {0o700}
        assert {path.stat().st_mode & 0o777 for path in paths if path.is_file()} == {0o600}


def test_a_protected_delivery_lands_once(landed: dict[str, Batch], site: Site) -> None:
    assert site.land("agent_protected_attribute", files="agent_protected_attribute.csv") == []


def test_a_refused_delivery_of_a_protected_feed_leaves_no_copy(site: Site) -> None:
    site.write("attributes.csv", ATTRIBUTES + f"a1,heritage,{CONSENTED},then,,hr_record,true\n")
    with pytest.raises(DeliveryRefused) as refusal:
        site.land("agent_protected_attribute")
    assert "col:date:valid_from" in str(refusal.value)
    assert CONSENTED not in str(refusal.value)
    assert files_with(site.home, CONSENTED) == set()
