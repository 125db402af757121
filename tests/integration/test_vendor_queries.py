"""The vendors' own queries, asked of a real PostgreSQL whose columns have types.

The other tests ask them of SQLite, where every column is text: both must come to the same rows.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.landing.refusal import DeliveryRefused
from tests.connectors.postgresql_server import PASSWORD, Server, serve_postgresql
from tests.integration.vendor_site import VendorSite, given

pytestmark = pytest.mark.integration

# Of each vendor: the folder, how its files are called, and its tables.
SEEDS = {
    "zendesk": ("dbt_zendesk", "{}_data.csv", ["ticket", "ticket_field_history"]),
    "intercom": ("dbt_intercom", "{}_data.csv",
                 ["conversation_history", "conversation_part_history"]),
    "qualtrics": ("dbt_qualtrics", "{}.csv",
                  ["distribution", "distribution_contact", "directory_contact", "survey_response",
                   "question_response", "survey_embedded_data"]),
    "servicenow": ("dbt_servicenow", "{}_data.csv", ["incident", "task"]),
    "workday": ("dbt_workday", "workday_{}_data.csv",
                ["worker_history", "worker_position_history",
                 "worker_position_organization_history", "organization"]),
}  # fmt: skip
TYPES = {"BIGINT": "bigint", "BOOLEAN": "boolean", "TIMESTAMP": "timestamp", "DATE": "date"}


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    with serve_postgresql() as server:
        yield server


def fill(server: Server, table: str, file: Path) -> None:
    """Make a table of the types that its values have; a time that is always empty is one too."""
    rows = duckdb.sql(f"from read_csv('{file}', auto_detect = true, header = true)")
    made = ", ".join(
        f'"{name}" {"timestamp" if name.endswith("_at") else TYPES.get(str(kind), "text")}'
        for name, kind in zip(rows.columns, rows.types, strict=True)
    )
    text = duckdb.sql(f"from read_csv('{file}', all_varchar = true, header = true)").fetchall()
    statements = [f'drop table if exists "{table}"', f'create table "{table}" ({made})']
    for row in text:
        said = ("null" if value is None else f"""'{value.replace("'", "''")}'""" for value in row)
        statements.append(f'insert into "{table}" values ({", ".join(said)})')
    server.run(*statements)


def outcome(site: VendorSite, feed: str) -> object:
    """Answer what a delivery came to: its accepted rows and accounting, or why it was refused."""
    try:
        return [(batch.accounting, site.accepted(batch, "*")) for batch in site.land(feed)]
    except DeliveryRefused as refused:
        return refused.reason


@pytest.mark.parametrize("vendor", list(SEEDS))
def test_a_query_comes_to_the_same_rows_in_postgresql(
    postgresql: Server, tmp_path: Path, vendor: str
) -> None:
    folder, named, tables = SEEDS[vendor]
    (tmp_path / "text").mkdir()
    (tmp_path / "typed").mkdir()
    text = VendorSite(tmp_path / "text", vendor)
    typed = VendorSite(tmp_path / "typed", vendor, port=postgresql.port)
    for table in tables:
        path = ("vendor_shapes", folder, named.format(table))
        text.table_given(table, *path)
        fill(postgresql, table, given(*path))
    text.fetch()
    typed.fetch({"REPLICA_PASSWORD": PASSWORD})
    feeds = list(text.source_set.extracts)
    assert feeds
    for feed in feeds:
        assert outcome(typed, feed) == outcome(text, feed), feed
