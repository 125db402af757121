"""Asks Great Expectations whether tables are plausible, and accepts no answer about nothing.

Belongs here: which answers count. An empty frame, a column without values, an empty suite and
a check that broke all look green to Great Expectations and are failures here.
Does not belong here: calling Great Expectations (`great_expectations_call`), and what to expect
(`quality_checks/expectations`).
"""

import math
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from string import Template

import pandas as pd
from duckdb import DuckDBPyConnection

from quality_checks.engine.great_expectations_call import Answer, answers
from quality_checks.engine.policy import load_wording
from quality_checks.engine.results import CheckResult, Status, in_order
from quality_checks.engine.suites import EXPECTATIONS, ExpectedPromise, Suite, load_suites

_DECLARED_FEEDS = "select feed from run.feed where is_declared"


def read_results(
    connection: DuckDBPyConnection, *, run_id: str, folder: Path = EXPECTATIONS
) -> list[CheckResult]:
    """Evaluate every suite on its slice of this night's tables."""
    feeds = {str(feed) for (feed,) in connection.execute(_DECLARED_FEEDS).fetchall()}
    results: list[CheckResult] = []
    for suite in load_suites(folder):
        frame: pd.DataFrame = connection.execute(suite.query).df()
        results += evaluate(frame, suite, run_id=run_id, declared_feeds=feeds)
    return in_order(results)


def evaluate(
    frame: pd.DataFrame,
    suite: Suite,
    *,
    run_id: str,
    declared_feeds: Collection[str] | None = None,
) -> list[CheckResult]:
    """Evaluate one suite on one frame; without `declared_feeds`, every feed counts as declared."""
    return in_order(_Evaluation(frame, suite, run_id).results(declared_feeds))


class _Evaluation:
    """One suite on one frame."""

    def __init__(self, frame: pd.DataFrame, suite: Suite, run_id: str) -> None:
        self.frame = frame
        self.suite = suite
        self.run_id = run_id
        self.wording = load_wording().expectations

    def results(self, declared_feeds: Collection[str] | None) -> Iterator[CheckResult]:
        if not self.suite.promises:
            yield self._empty_suite()
        to_ask: list[ExpectedPromise] = []
        for promise in self.suite.promises:
            if not promise.applies_to(declared_feeds):
                yield self._result(promise, "not_applicable", "not_declared")
            elif refusal := self._refusal(promise):
                yield refusal
            else:
                to_ask.append(promise)
        found = answers(self.frame, to_ask)
        for promise in to_ask:
            yield self._judged(promise, found.get(promise.promise))

    def _refusal(self, promise: ExpectedPromise) -> CheckResult | None:
        """Refuse what Great Expectations would pass without having looked at anything."""
        for column in promise.columns:
            if column not in self.frame.columns:
                said = {"column": column}
                return self._result(promise, "not_evaluated", "column_missing", said=said)
            if len(self.frame) and bool(self.frame[column].isna().all()):
                said = {"column": column, "n": f"{len(self.frame):,}"}
                return self._result(promise, "failed", "all_null", said=said)
        if self._rows(promise) < promise.minimum_rows:
            return self._result(promise, "not_evaluated", "too_few_rows")
        return None

    def _judged(self, promise: ExpectedPromise, answer: Answer | None) -> CheckResult:
        if answer is None or not math.isfinite(answer.measured):
            return self._result(promise, "not_evaluated", "raised")
        if answer.is_kept:
            return self._result(promise, "passed", "passed", answer=answer)
        reason = "failed_rows" if answer.unexpected is not None else "failed_measure"
        return self._result(promise, "failed", reason, answer=answer)

    def _rows(self, promise: ExpectedPromise) -> int:
        """Count the rows in which every column the promise looks at has a value."""
        if promise.counts_missing or not promise.columns:
            return len(self.frame)
        return int(self.frame[promise.columns].notna().all(axis=1).sum())

    def _result(
        self,
        promise: ExpectedPromise,
        status: Status,
        reason: str,
        *,
        answer: Answer | None = None,
        said: Mapping[str, str] | None = None,
    ) -> CheckResult:
        is_readable = all(column in self.frame.columns for column in promise.columns)
        n = self._rows(promise) if is_readable else 0
        sentence = Template(self.wording[reason]).substitute(
            {
                "says": promise.says,
                "next_step": promise.next_step,
                "rows_are": self.suite.rows_are,
                "n": f"{n:,}",
                "minimum_rows": f"{promise.minimum_rows:,}",
                "feeds": ", ".join(promise.needs_feeds + promise.needs_any_feed),
                "failing": f"{answer.unexpected:,}" if answer and answer.unexpected else "0",
                "measured": f"{answer.measured:,.6g}" if answer else "nothing",
                **(said or {}),
            }
        )
        return CheckResult(
            run_id=self.run_id,
            check_id=promise.promise,
            family=promise.family,
            scope_type="table",
            scope_id=self.suite.table,
            severity=promise.severity,
            status=status,
            measured=answer.measured if answer else None,
            threshold=_threshold(promise, answer) if answer else None,
            n=n,
            reason_code=None if status == "passed" else reason,
            explanation=sentence,
        )

    def _empty_suite(self) -> CheckResult:
        sentence = Template(self.wording["empty_suite"]).substitute(scope=self.suite.suite)
        return CheckResult(
            run_id=self.run_id,
            check_id=self.suite.suite,
            family="complete",
            scope_type="table",
            scope_id=self.suite.table,
            severity="block",
            status="not_evaluated",
            n=0,
            reason_code="empty_suite",
            explanation=sentence,
        )


def _threshold(promise: ExpectedPromise, answer: Answer) -> float | None:
    """Return the one limit of a promise, where it has just one."""
    if answer.unexpected is not None:
        return float(promise.arguments.get("mostly", 1))
    limits = [promise.arguments.get(name) for name in ("min_value", "max_value")]
    given = [float(limit) for limit in limits if limit is not None]
    return given[0] if len(given) == 1 else None
