"""What every check says, in one shape, in one table.

Belongs here: the shape of a result, its table and its order.
Does not belong here: how a check decides, and what follows from it (`gate`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Literal

from duckdb import DuckDBPyConnection

Family = Literal["complete", "consistent", "plausible", "timely", "fair"]
Severity = Literal["block", "withhold", "warn", "annotate"]
Status = Literal["passed", "failed", "not_applicable", "not_evaluated"]

_CREATE_SCHEMA = "create schema if not exists gate"
_CREATE_TABLE = """
create or replace table gate.check_result (
    run_id varchar not null,
    check_id varchar not null,
    family varchar not null,
    scope_type varchar not null,
    scope_id varchar not null,
    severity varchar not null,
    status varchar not null,
    measured double,
    threshold double,
    n bigint,
    reason_code varchar,
    explanation varchar not null
)
"""


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """One check on one scope in one run: what was found, in a sentence someone can act on."""

    run_id: str
    check_id: str
    family: Family
    scope_type: str
    scope_id: str
    severity: Severity
    status: Status
    measured: float | None = None
    threshold: float | None = None
    n: int | None = None
    reason_code: str | None = None
    explanation: str


def in_order(results: Iterable[CheckResult]) -> list[CheckResult]:
    """Sort results so that the same results are always the same table."""
    return sorted(
        results,
        key=lambda result: (
            result.family,
            result.check_id,
            result.scope_type,
            result.scope_id,
            result.severity,
            result.explanation,
        ),
    )


def write(connection: DuckDBPyConnection, results: Sequence[CheckResult]) -> None:
    """Replace `gate.check_result` with these results."""
    connection.execute(_CREATE_SCHEMA)
    connection.execute(_CREATE_TABLE)
    if results:
        marks = ", ".join("?" for _ in fields(CheckResult))
        connection.executemany(
            f"insert into gate.check_result values ({marks})",
            [astuple(result) for result in in_order(results)],
        )


def read(connection: DuckDBPyConnection, *, run_id: str) -> list[CheckResult]:
    """Return the kept results of one run; none where no check has spoken of it."""
    kept = (
        "select 1 from duckdb_tables() where schema_name = 'gate' and table_name = 'check_result'"
    )
    if not connection.execute(kept).fetchall():
        return []
    names = [field.name for field in fields(CheckResult)]
    rows = connection.execute(
        f"select {', '.join(names)} from gate.check_result where run_id = ?", [run_id]
    ).fetchall()
    return in_order(CheckResult(**dict(zip(names, row, strict=True))) for row in rows)
