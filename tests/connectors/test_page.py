"""The page about connectors shows what can be declared; what an extract writes can be landed."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.landing.contract import load_contracts
from orchestration.landing.land import land, new_deliveries
from orchestration.landing.source_set import load_source_set
from tests.connectors.conftest import FetchingSite
from tests.connectors.postgresql_server import PASSWORD, Server

PAGE = Path(__file__).parents[2] / "docs" / "connectors.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
REFERENCE = sorted(
    (Path(__file__).parents[2] / "orchestration" / "connectors" / "reference").glob("*.yml")
)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_page_is_a_source_set(example: str, tmp_path: Path) -> None:
    path = tmp_path / "sources.yml"
    path.write_text(example, encoding="utf-8")
    assert load_source_set(path, load_contracts(), folder=None).extracts


@pytest.mark.parametrize("path", REFERENCE, ids=lambda path: path.stem)
def test_every_reference_is_a_source_set(path: Path) -> None:
    assert load_source_set(path, load_contracts(), folder=None).extracts


def test_the_page_shows_every_connector() -> None:
    assert {re.search(r"connector: (\w+)", text)[1] for text in EXAMPLES} == {  # type: ignore[index]
        "sql",
        "rest",
        "files",
    }


def test_an_extract_from_postgresql_becomes_a_batch(site: FetchingSite, postgresql: Server) -> None:
    site.environ["CRM_PASSWORD"] = PASSWORD
    source_set = site.declare(
        postgresql.declaration(
            "query: >-\n"
            "  select 'c' || n as case_id, timestamptz '2026-10-30 10:00:00+01' as created_at,\n"
            "  'Open' as status_native, 'open' as status, 'chat' as channel,\n"
            "  timestamptz '2026-10-31 10:00:00.25+01' as source_updated_at\n"
            "  from generate_series(1, 7) as n\n"
            "keyset: {stamp: source_updated_at, id: case_id}\nbatch_rows: 3\n"
        )
    )
    assert site.fetch(source_set).problem is None
    home = site.root / "home"
    (delivery,) = new_deliveries(source_set, home)
    batch = land(
        delivery,
        mapping=source_set.feeds["case_record"],
        contract=load_contracts()["case_record"],
        home=home,
        received_at=datetime(2026, 11, 2),
    )
    assert batch.is_complete
    assert batch.accounting.accepted == 7
    assert new_deliveries(source_set, home) == []
