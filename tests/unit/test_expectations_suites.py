"""Suites are read without Great Expectations and never ask for more than they look at."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from metrics.engine.documents import DefinitionError
from quality_checks.engine.suites import EXPECTATIONS, ExpectedPromise, Suite, load_suites

PROMISE = {
    "promise": "worked_time_fits_into_a_day",
    "says": "Nobody works longer than a day lasts.",
    "expectation": "expect_column_values_to_be_between",
    "arguments": {"column": "worked_seconds", "min_value": 0, "max_value": 90000},
    "family": "plausible",
    "severity": "block",
    "minimum_rows": 1,
    "next_step": "Look at fct_activity.",
}
PERSONAL = {"agent_id", "customer_key", "case_id", "contact_id", "evaluator_id"}


def test_reading_suites_imports_neither_pandas_nor_great_expectations() -> None:
    code = (
        "import sys; from quality_checks.engine.suites import load_suites; load_suites(); "
        "sys.exit(bool({'great_expectations', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=EXPECTATIONS.parents[1])
    assert done.returncode == 0


def test_no_suite_reads_who_somebody_is() -> None:
    for suite in load_suites():
        columns = {column for promise in suite.promises for column in promise.columns}
        assert not columns & PERSONAL
        assert "*" not in suite.query


def test_every_promise_says_what_to_do_next() -> None:
    promises = [promise for suite in load_suites() for promise in suite.promises]
    assert len(promises) >= 12
    assert all(promise.says.endswith(".") and promise.next_step for promise in promises)


def test_an_expectation_that_answers_with_somebodys_value_is_refused() -> None:
    with pytest.raises(ValidationError):
        ExpectedPromise.model_validate(
            {**PROMISE, "expectation": "expect_column_max_to_be_between"}
        )


def test_a_table_is_a_plain_name() -> None:
    with pytest.raises(ValidationError):
        Suite.model_validate(
            {
                "suite": "s",
                "table": "read_csv('people.csv')",
                "rows_are": "rows",
                "slice": "whole_table",
            }
        )


@pytest.mark.parametrize(
    ("needs", "any_of", "declared", "applies"),
    [
        ([], [], [], True),
        (["a"], [], ["a", "b"], True),
        (["a"], [], ["b"], False),
        ([], ["a", "b"], ["b"], True),
        ([], ["a", "b"], ["c"], False),
        (["c"], ["a", "b"], ["a"], False),
        (["a"], ["b"], None, True),
    ],
)
def test_a_promise_applies_when_its_feeds_are_declared(
    needs: list[str], any_of: list[str], declared: list[str] | None, applies: bool
) -> None:
    promise = ExpectedPromise.model_validate(
        {**PROMISE, "needs_feeds": needs, "needs_any_feed": any_of}
    )
    assert promise.applies_to(declared) is applies


def test_a_promise_that_is_made_twice_is_refused(tmp_path: Path) -> None:
    text = (EXPECTATIONS / "fct_contact.yml").read_text(encoding="utf-8")
    for name in ("first.yml", "second.yml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"second\.yml:\d+: .* also promised by first\.yml"):
        load_suites(tmp_path)
