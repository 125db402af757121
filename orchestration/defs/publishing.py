"""The published run, as an asset.

Belongs here: that it comes after the gate.
Does not belong here: pages, tables, the pointer (`reports`).
"""

import dagster as dg

from orchestration.defs.checks import CHECK_RESULT
from orchestration.defs.resources import NightResource


@dg.asset(
    key=["published", "run"],
    deps=[CHECK_RESULT],
    group_name="published",
    owners=["team:operations", "team:people"],
)
def published_run(night: NightResource) -> dg.MaterializeResult[None]:
    """Publish scorecards, tables and pages as one immutable folder, then move the pointer."""
    return dg.MaterializeResult(metadata={"run_id": night.night().publish().name})
