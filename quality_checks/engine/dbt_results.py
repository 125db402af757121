"""Turns what dbt says about its tests into results.

Belongs here: what a dbt status means for a publication.
Does not belong here: running dbt, and reading its artifacts. Orchestration hands over plain facts.
"""

from collections.abc import Mapping, Sequence
from string import Template
from typing import Any

from quality_checks.engine.policy import load_wording
from quality_checks.engine.results import CheckResult, Severity, Status, in_order

_SUMMARY = "every_dbt_test_was_evaluated"
# dbt's own words. Whatever is not among them was not evaluated.
_MEANING: Mapping[str, tuple[Status, Severity]] = {
    "pass": ("passed", "block"),
    "fail": ("failed", "block"),
    "warn": ("failed", "warn"),
}
_UNKNOWN: tuple[Status, Severity] = ("not_evaluated", "block")


def read_results(tests: Sequence[Mapping[str, Any]], *, run_id: str) -> list[CheckResult]:
    """Judge dbt tests given as {name, status, failures, model}; none at all is a failure."""
    wording = load_wording().dbt
    results = [_one(test, run_id, wording) for test in tests]
    return in_order([*results, _summary(results, run_id, wording)])


def _one(test: Mapping[str, Any], run_id: str, wording: Mapping[str, str]) -> CheckResult:
    status, severity = _MEANING.get(str(test["status"]), _UNKNOWN)
    failures = test.get("failures")
    return CheckResult(
        run_id=run_id,
        check_id=str(test["name"]),
        family="consistent",
        scope_type="model",
        scope_id=str(test["model"]),
        severity=severity,
        status=status,
        measured=None if failures is None else float(failures),
        reason_code=None if status == "passed" else f"dbt_{test['status']}",
        explanation=Template(wording[status]).substitute(
            test=test["name"], model=test["model"], failures=failures, status=test["status"]
        ),
    )


def _summary(
    results: Sequence[CheckResult], run_id: str, wording: Mapping[str, str]
) -> CheckResult:
    evaluated = sum(result.status != "not_evaluated" for result in results)
    is_whole = bool(results) and evaluated == len(results)
    sentence = wording["summary" if is_whole else "summary_failed"]
    return CheckResult(
        run_id=run_id,
        check_id=_SUMMARY,
        family="complete",
        scope_type="run",
        scope_id="run",
        severity="block",
        status="passed" if is_whole else "failed",
        measured=float(evaluated),
        threshold=float(len(results)),
        n=len(results),
        reason_code=None if is_whole else "tests_missing",
        explanation=Template(sentence).substitute(evaluated=evaluated, n=len(results)),
    )
