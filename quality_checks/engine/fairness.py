"""Turns the evidence that the models left behind into results about people.

Belongs here: running one count per promise and saying what it means.
Does not belong here: the evidence itself, which is SQL in `dbt_project/models/kpis` and
`scorecards`, and what follows for the publication (`gate`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from duckdb import DuckDBPyConnection

from quality_checks.engine.promises import Finding, Promise, load_promises
from quality_checks.engine.results import CheckResult, Severity, Status, in_order

_CHECKS = Path(__file__).parents[1]
_PROMISES = (_CHECKS / "fairness", _CHECKS / "presence")
_UNKNOWN = "–"
_COUNTS = Path(__file__).parent / "counts"

_COUNT_COLUMNS = (
    "scope_type, scope_id, severity, cast(n as bigint), cast(failing as bigint), "
    "cast(measured as double), cast(threshold as double), reason_code"
)
_DECLARED_FEEDS = "select feed from run.feed where is_declared"
_LIMITS = """
select threshold, cast(min(value) as double) from catalogue.policy_threshold
where check_id = ? group by threshold order by threshold
"""


@dataclass(frozen=True)
class Count:
    """What one count of a promise returned for one scope."""

    scope_type: str
    scope_id: str
    severity: Severity
    n: int = 0
    failing: int = 0
    measured: float | None = None
    threshold: float | None = None
    reason_code: str = "nothing_to_judge"


def read_results(connection: DuckDBPyConnection, *, run_id: str) -> list[CheckResult]:
    """Judge every promise about people on the tables of this night."""
    feeds = frozenset(str(feed) for (feed,) in connection.execute(_DECLARED_FEEDS).fetchall())
    return in_order(
        result
        for promise in _promises()
        for result in _judge(connection, promise, declared_feeds=feeds, run_id=run_id)
    )


@cache
def _promises() -> tuple[Promise, ...]:
    return tuple(promise for folder in _PROMISES for promise in load_promises(folder))


def _judge(
    connection: DuckDBPyConnection, promise: Promise, *, declared_feeds: frozenset[str], run_id: str
) -> Iterator[CheckResult]:
    whole_run = Count("run", "run", promise.severity)
    if not promise.applies_to(declared_feeds):
        finding: Finding = "not_declared"
        yield _result(promise, whole_run, "not_applicable", run_id, promise.explain(finding, {}))
        return
    limits = _limits(connection, promise)
    for count in _counts(connection, promise) or [whole_run]:
        status, finding = _verdict(promise, count)
        explanation = promise.explain(finding, {**limits, **_said(count)})
        yield _result(promise, count, status, run_id, explanation)


def _verdict(promise: Promise, count: Count) -> tuple[Status, Finding]:
    """Judge one count; nothing to look at is judged as the promise says, never as a pass."""
    if not count.n:
        return promise.when_nothing, "nothing"
    if count.failing:
        return "failed", count.severity
    return "passed", "kept" if count.severity == "block" else "passed"


def _result(
    promise: Promise, count: Count, status: Status, run_id: str, explanation: str
) -> CheckResult:
    return CheckResult(
        run_id=run_id,
        check_id=promise.promise,
        family=promise.family,
        scope_type=count.scope_type,
        scope_id=count.scope_id,
        severity=count.severity,
        status=status,
        measured=count.measured,
        threshold=count.threshold,
        n=count.n,
        reason_code=None if status == "passed" else count.reason_code,
        explanation=explanation,
    )


def _counts(connection: DuckDBPyConnection, promise: Promise) -> list[Count]:
    counting = (_COUNTS / f"{promise.promise}.sql").read_text(encoding="utf-8")
    rows = connection.execute(
        f"select {_COUNT_COLUMNS} from ({counting}) as counted order by all"
    ).fetchall()
    return [Count(*row) for row in rows]


def _limits(connection: DuckDBPyConnection, promise: Promise) -> dict[str, str]:
    """Return the limits of a promise as its sentences write them."""
    limits = connection.execute(_LIMITS, [promise.promise]).fetchall()
    return {name: f"{value:g}" for name, value in limits} | {
        f"{name}_percent": f"{value:.0%}" for name, value in limits
    }


def _said(count: Count) -> Mapping[str, str]:
    said = {"scope": count.scope_id, "n": f"{count.n:,}", "failing": f"{count.failing:,}"}
    for name, value in (("measured", count.measured), ("threshold", count.threshold)):
        said[f"{name}_percent"] = _UNKNOWN if value is None else f"{value:.0%}"
    return said
