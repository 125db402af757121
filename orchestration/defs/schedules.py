"""When the night runs.

Belongs here: the job of a night, its hour, and what it does first.
Does not belong here: what a step does.
"""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from orchestration.defs.checks import check_scorecards
from orchestration.defs.publishing import published_run

# Feeds first, the night an hour later: the slowest extract we have seen lands in minutes.
FEEDS_AT = "0 3 * * *"
NIGHT_AT = "0 4 * * *"


def scorecards_nightly(
    applied: dg.AssetsDefinition, models: dg.AssetsDefinition
) -> UnresolvedAssetJobDefinition:
    """Define the night after landing: apply, build, check, publish, in one process."""
    return dg.define_asset_job(
        "scorecards_nightly",
        selection=dg.AssetSelection.assets(applied, models, check_scorecards, published_run),
        description="Apply raw, build and test the models, check, publish or hold.",
    )


def feeds_every_night(job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """Fetch and land today's extracts, and whatever earlier ones came late."""

    @dg.schedule(job=job, cron_schedule=FEEDS_AT, name="feeds_every_night")
    def of_today(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(partition_key=f"{context.scheduled_execution_time:%Y-%m-%d}")

    return of_today


def scorecards_every_night(job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """Run the night after the feeds have landed."""
    return dg.ScheduleDefinition(job=job, cron_schedule=NIGHT_AT)
