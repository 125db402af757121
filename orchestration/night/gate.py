"""Checking what the models built: every result into one table, and one decision.

Belongs here: collecting what dbt, Great Expectations and the fairness evidence say of this run.
Does not belong here: how a check decides, what holds a night (`quality_checks.engine`).
"""

from pathlib import Path

import duckdb

from orchestration.night.home import CHECKOUT
from orchestration.night.models import NodeResult
from orchestration.night.warehouse import open_warehouse
from quality_checks.engine import dbt_results, expectations, fairness, results
from quality_checks.engine.gate import Decision, decide
from quality_checks.engine.policy import expected_checks
from quality_checks.engine.results import CheckResult

POLICY = CHECKOUT / "quality_checks" / "policy"


def check_run(
    warehouse: Path, *, run_id: str, answers: list[NodeResult], declared_feeds: tuple[str, ...]
) -> tuple[list[CheckResult], Decision]:
    """Evaluate every check on the warehouse, keep the results in it, and decide."""
    tests = [
        {
            "name": answer.name,
            "status": answer.status,
            "failures": answer.failures,
            "model": answer.about,
        }
        for answer in answers
        if answer.resource_type == "test"
    ]
    with open_warehouse(warehouse, "export") as connection:
        found = [
            *dbt_results.read_results(tests, run_id=run_id),
            *expectations.read_results(connection, run_id=run_id),
            *fairness.read_results(connection, run_id=run_id),
        ]
        results.write(connection, found)
        _note_run(connection, run_id)
    expected = expected_checks(POLICY, run_id=run_id, declared_feeds=declared_feeds)
    return found, decide(found, expected)


def held_because(warehouse: Path, *, run_id: str, declared_feeds: tuple[str, ...]) -> list[str]:
    """Answer why the gate held this run, from the results it kept; nothing before it spoke."""
    if not warehouse.is_file():
        return []
    with open_warehouse(warehouse, "read") as connection:
        kept = results.read(connection, run_id=run_id)
    if not kept:
        return []
    return decide(
        kept, expected_checks(POLICY, run_id=run_id, declared_feeds=declared_feeds)
    ).held_because


def _note_run(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Refuse a warehouse that another run has taken over since it was built."""
    found = connection.execute("select run_id from run.context").fetchall()
    if found != [(run_id,)]:
        raise RuntimeError(f"the warehouse holds run {found}, not {run_id}; run the night again")
