"""The tables of schema `raw`.

Belongs here: one table per feed of the warehouse, and what applying notes about batches and days.
Does not belong here: filling them (`apply`, `changed_days`).
"""

import duckdb

from orchestration.landing.contract import Contract
from orchestration.landing.expressions import quoted


def create_raw_schema(
    connection: duckdb.DuckDBPyConnection, contracts: dict[str, Contract]
) -> None:
    """Create schema `raw` with one table per feed of the warehouse; an undeclared one is empty."""
    connection.execute("create schema if not exists raw")
    for feed, contract in contracts.items():
        if contract.store != "warehouse":
            continue
        typed = ", ".join(f"{quoted(n)} {c.sql_type}" for n, c in contract.columns.items())
        connection.execute(
            f"create table if not exists raw.{feed} ({typed}, source_system varchar,"
            " row_digest ubigint, batch_id varchar, known_at timestamp, superseded_at timestamp)"
        )
    connection.execute(
        "create table if not exists raw.changed_day"
        " (batch_id varchar, feed varchar, first_date date, last_date date)"
    )
    connection.execute(
        "create table if not exists raw.loaded_batch (batch_id varchar, feed varchar,"
        " known_at timestamp, opened bigint, closed bigint, unchanged bigint, stale bigint,"
        " conflicts bigint, refused_because varchar)"
    )
    # Written last, after a green build: days of a loaded batch that is not here are still to build.
    connection.execute("create table if not exists raw.applied_batch (batch_id varchar)")
