"""A night is published only when everything that had to be checked was, and nothing blocks."""

from dataclasses import replace

import duckdb
import pytest

from quality_checks.engine import dbt_results
from quality_checks.engine.gate import decide
from quality_checks.engine.policy import Expected, RequiredCheck
from quality_checks.engine.results import CheckResult, write

PASSED = CheckResult(
    run_id="r2",
    check_id="evaluators_agree",
    family="fair",
    scope_type="form",
    scope_id="voice",
    severity="withhold",
    status="passed",
    n=40,
    explanation="Ninety per cent agree.",
)
REQUIRED = RequiredCheck(check="evaluators_agree", because="Nobody is judged.", needs_feeds=())
EXPECTED = Expected(run_id="r2", required=(REQUIRED,))


def test_a_night_in_which_everything_required_passed_is_published() -> None:
    decision = decide([PASSED], EXPECTED)
    assert decision.is_published
    assert decision.held_because == []


def test_a_night_without_any_result_is_held() -> None:
    decision = decide([], Expected(run_id="r2", required=()))
    assert not decision.is_published
    assert "No check has a result" in decision.held_because[0]


def test_a_required_check_that_did_not_run_holds() -> None:
    decision = decide([replace(PASSED, check_id="another_check")], EXPECTED)
    assert not decision.is_published
    assert decision.held_because == [
        "evaluators_agree was not evaluated, and must be, because nobody is judged. "
        "Look in the log for why it did not run."
    ]


@pytest.mark.parametrize("severity", ["block", "withhold", "warn", "annotate"])
def test_a_required_check_that_could_not_be_evaluated_holds_whatever_its_severity(
    severity: str,
) -> None:
    result = replace(PASSED, status="not_evaluated", severity=severity)
    decision = decide([result], EXPECTED)
    assert len(decision.held_because) == 1


def test_a_required_check_that_passed_on_no_rows_holds() -> None:
    assert not decide([replace(PASSED, n=0)], EXPECTED).is_published
    assert not decide([replace(PASSED, n=None)], EXPECTED).is_published


def test_a_required_check_may_not_excuse_itself() -> None:
    excused = replace(PASSED, status="not_applicable", n=0)
    assert not decide([excused], EXPECTED).is_published
    may = REQUIRED.model_copy(update={"may_not_apply_because": "No target is in force."})
    assert decide([excused], Expected(run_id="r2", required=(may,))).is_published


@pytest.mark.parametrize(
    ("severity", "is_published"),
    [("block", False), ("withhold", True), ("warn", True), ("annotate", True)],
)
def test_only_a_blocking_failure_holds(severity: str, is_published: bool) -> None:
    failed = replace(PASSED, status="failed", severity=severity)
    decision = decide([failed], EXPECTED)
    assert decision.is_published is is_published
    if not is_published:
        assert decision.held_because == [
            "evaluators_agree failed on form voice. Ninety per cent agree."
        ]


def test_a_blocking_check_that_nobody_required_still_holds() -> None:
    broken = replace(PASSED, check_id="extra", severity="block", status="failed")
    unread = replace(PASSED, check_id="other", severity="block", status="not_evaluated")
    assert len(decide([PASSED, broken, unread], EXPECTED).held_because) == 2


def test_a_result_of_another_run_holds_and_does_not_count() -> None:
    decision = decide([replace(PASSED, run_id="r1")], EXPECTED)
    assert len(decision.held_because) == 2
    assert "run r1, not of this run r2" in decision.held_because[0]


def test_results_are_written_in_an_order_that_never_changes() -> None:
    results = [
        PASSED,
        replace(PASSED, scope_id="chat"),
        replace(PASSED, check_id="a_check", family="complete"),
    ]
    with duckdb.connect() as connection:
        write(connection, results)
        first = connection.execute("from gate.check_result").fetchall()
        write(connection, results[::-1])
        assert connection.execute("from gate.check_result").fetchall() == first
        assert [row[1] for row in first] == ["a_check", "evaluators_agree", "evaluators_agree"]
        write(connection, [])
        assert connection.execute("from gate.check_result").fetchall() == []


DBT_TEST = {
    "name": "one_row_per_agent",
    "status": "pass",
    "failures": 0,
    "model": "fct_agent_day",
}


@pytest.mark.parametrize(
    ("said", "status", "severity"),
    [
        ("pass", "passed", "block"),
        ("fail", "failed", "block"),
        ("warn", "failed", "warn"),
        ("error", "not_evaluated", "block"),
        ("skipped", "not_evaluated", "block"),
        ("a word dbt invents later", "not_evaluated", "block"),
    ],
)
def test_a_dbt_test_means_what_dbt_said(said: str, status: str, severity: str) -> None:
    results = dbt_results.read_results([{**DBT_TEST, "status": said}], run_id="r2")
    one = next(result for result in results if result.check_id == "one_row_per_agent")
    assert (one.status, one.severity) == (status, severity)
    assert "fct_agent_day" in one.explanation


def test_no_dbt_test_at_all_is_a_failure() -> None:
    (summary,) = dbt_results.read_results([], run_id="r2")
    assert (summary.check_id, summary.status, summary.severity, summary.n) == (
        "every_dbt_test_was_evaluated",
        "failed",
        "block",
        0,
    )


def test_a_skipped_dbt_test_is_missed_in_the_summary() -> None:
    tests = [DBT_TEST, {**DBT_TEST, "name": "skipped_one", "status": "skipped", "failures": None}]
    results = dbt_results.read_results(tests, run_id="r2")
    assert "Only 1 of 2 dbt tests were evaluated." in results[0].explanation
    assert not decide(results, Expected(run_id="r2", required=())).is_published
