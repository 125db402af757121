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
from reports.engine.run_facts import read_run

POLICY = CHECKOUT / "quality_checks" / "policy"


def check_run(warehouse: Path, *, answers: list[NodeResult]) -> tuple[list[CheckResult], Decision]:
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
        run_id = read_run(connection).run_id
        found = [
            *dbt_results.read_results(tests, run_id=run_id),
            *expectations.read_results(connection, run_id=run_id),
            *fairness.read_results(connection, run_id=run_id),
        ]
        results.write(connection, found)
        return found, _decide(connection, found)


def held_because(warehouse: Path) -> list[str]:
    """Answer why the gate held the run that the warehouse holds; nothing before it spoke."""
    if not warehouse.is_file():
        return []
    with open_warehouse(warehouse, "read") as connection:
        kept = results.read(connection, run_id=read_run(connection).run_id)
        return _decide(connection, kept).held_because if kept else []


def _decide(connection: duckdb.DuckDBPyConnection, found: list[CheckResult]) -> Decision:
    run = read_run(connection)
    declared = [feed for feed, is_declared in run.declared_feeds.items() if is_declared]
    return decide(found, expected_checks(POLICY, run_id=run.run_id, declared_feeds=declared))
