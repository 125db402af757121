"""Which columns any row fills: a column that nobody delivers is not measured, which is not zero.

Belongs here: the table `run.delivered`, asked of schema `raw` before the models run.
Does not belong here: what follows from it (the models). They ask here and not their own rows, so
that a business day does not depend on what some other day holds.
"""

from collections.abc import Iterator, Mapping

import duckdb

from orchestration.landing.contract import Contract
from orchestration.landing.expressions import quoted

# The category of a state is that of its code, where the list of activity types explains it.
_EXPLAINED = (
    "select 1 from raw.actual_activity"
    " where lower(trim(coalesce(activity_code, state_code)))"
    " in (select lower(trim(activity_code)) from raw.activity_type)"
)


def write_delivered(
    connection: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]
) -> None:
    """Write one row per feed and counted column that some row of it fills."""
    connection.execute("create or replace table run.delivered (feed varchar, column_name varchar)")
    for feed, name, one_row in _questions(contracts):
        connection.execute(
            f"insert into run.delivered select ?, ? where exists ({one_row})", [feed, name]
        )


def _questions(contracts: Mapping[str, Contract]) -> Iterator[tuple[str, str, str]]:
    for feed, contract in contracts.items():
        if contract.store == "warehouse" and contract.written_by == "source":
            for name, column in contract.columns.items():
                if column.is_counted:
                    row = f"select 1 from raw.{feed} where {quoted(name)} is not null"
                    yield feed, name, row
    yield "actual_activity", "category", _EXPLAINED
