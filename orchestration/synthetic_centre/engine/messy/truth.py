"""What a pipeline must find in the messy feeds, worked out from the sources' own outboxes.

Belongs here: which rows a mishap met, and what every extract must be counted as.
Does not belong here: how a pipeline reads files; nothing here has seen one.
"""

from pathlib import Path

import duckdb

from orchestration.synthetic_centre.engine.drop import write_rows
from orchestration.synthetic_centre.engine.messy.declared import read_messy_feeds
from orchestration.synthetic_centre.engine.messy.shipment import open_outbox
from orchestration.synthetic_centre.engine.sent_feeds import PARQUET
from orchestration.synthetic_centre.engine.world import SQL

MESSY_ROW, MESSY_EXTRACT = "messy_row", "messy_extract"
_ROWS = (
    "select extract_id, mishap, phase, version, fate, row_key, event_at, due_at, reasons"
    " from outbox where mishap is not null and phase is not null"
)


def write_messy_truth(connection: duckdb.DuckDBPyConnection, *, outbox: Path, truth: Path) -> None:
    """Write `messy_row.parquet` and `messy_extract.parquet` of everything sent so far."""
    found: dict[str, list[str]] = {MESSY_ROW: [], MESSY_EXTRACT: []}
    for feed, messy in sorted(read_messy_feeds()[1].items()):
        open_outbox(connection, outbox / feed)
        verdicts = "counts_of_snapshots" if messy.is_snapshot else "counts_of_changes"
        connection.execute(f"create or replace temp table verdict as {_query(verdicts)}")
        for name, query in ((MESSY_ROW, _ROWS), (MESSY_EXTRACT, _query("counts_of_extracts"))):
            table = f"{name}_of_{feed}"
            connection.execute(
                f"create temp table {table} as select '{feed}' as feed, * from ({query})"
            )
            found[name].append(f"from {table}")
    for name, tables in found.items():
        query = f"from ({' union all '.join(tables)}) order by all"
        write_rows(connection, query, path=truth / f"{name}.parquet", ending=PARQUET)


def _query(name: str) -> str:
    return (SQL / f"messy/{name}.sql").read_text(encoding="utf-8")
