"""The gate, as one table of results and as checks that block publication.

Belongs here: which promise is a Dagster check, and that it blocks.
Does not belong here: how a check decides, what holds a night (`quality_checks`).
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.resources import NightResource
from orchestration.night.gate import POLICY
from quality_checks.engine.policy import required_check_names
from quality_checks.engine.results import CheckResult

CHECK_RESULT = dg.AssetKey(["gate", "check_result"])
CHECKED = [
    dg.AssetKey(["facts", "fct_adherence_reconciliation"]),
    dg.AssetKey(["facts", "fct_agent_day"]),
    dg.AssetKey(["facts", "fct_attribution"]),
    dg.AssetKey(["facts", "fct_contact"]),
    dg.AssetKey(["facts", "fct_survey_response"]),
    dg.AssetKey(["kpis", "kpi_agent_period"]),
    dg.AssetKey(["kpis", "kpi_evaluator_agreement"]),
    dg.AssetKey(["scorecards", "scorecard_agent_period"]),
    dg.AssetKey(["scorecards", "scorecard_agent_period_metric"]),
]
GATE = "the_gate_lets_this_run_through"


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            CHECK_RESULT, deps=CHECKED, group_name="gate", owners=["team:analytics-engineering"]
        )
    ],
    check_specs=[
        dg.AssetCheckSpec(name, asset=CHECK_RESULT, blocking=True)
        for name in [*required_check_names(POLICY), GATE]
    ],
    name="check_scorecards",
)
def check_scorecards(
    night: NightResource,
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Evaluate every check; hold publication unless the gate lets the run through."""
    results, decision = night.night().check()
    yield dg.MaterializeResult(CHECK_RESULT, metadata={"results": len(results)})
    for name in required_check_names(POLICY):
        yield _as_event(name, [result for result in results if result.check_id == name])
    yield dg.AssetCheckResult(
        check_name=GATE,
        asset_key=CHECK_RESULT,
        passed=decision.is_published,
        description="\n".join(decision.held_because),
    )


def _as_event(name: str, results: list[CheckResult]) -> dg.AssetCheckResult:
    """Say one check: what withholds single values is no reason to hold the run."""
    broken = [result for result in results if result.status == "failed"]
    blocks = [result for result in broken if result.severity == "block"]
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=CHECK_RESULT,
        passed=not broken,
        severity=dg.AssetCheckSeverity.ERROR if blocks else dg.AssetCheckSeverity.WARN,
        description="\n".join(result.explanation for result in results),
    )
