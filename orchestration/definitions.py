"""The Dagster code location: `dagster dev` and `evenhand nightly` load the same definitions."""

import dagster as dg

from orchestration.defs.checks import check_scorecards
from orchestration.defs.publishing import published_run
from orchestration.defs.resources import NightResource
from orchestration.defs.schedules import (
    feeds_every_night,
    scorecards_every_night,
    scorecards_nightly,
)
from orchestration.defs.sources import feed_assets, feeds_daily
from orchestration.defs.warehouse import apply_raw, warehouse_models
from orchestration.night.models import ensure_parsed


def definitions(night: NightResource) -> dg.Definitions:
    """Define everything for one night; the models are parsed first when the project changed."""
    this_night = night.night()
    feeds = feed_assets(this_night)  # before dbt: a mistake in the YAML is said at once
    this_night.home.prepare()
    applied = apply_raw(this_night, feeds)
    models = warehouse_models(ensure_parsed(this_night.home), beside=[feeds, applied])
    daily, nightly = feeds_daily(feeds), scorecards_nightly(applied, models)
    return dg.Definitions(
        assets=[feeds, applied, models, check_scorecards, published_run],
        jobs=[daily, nightly],
        schedules=[feeds_every_night(daily), scorecards_every_night(nightly)],
        resources={"night": night},
        executor=dg.in_process_executor,  # another process a step costs 2.8 CPU s
    )


@dg.definitions
def evenhand() -> dg.Definitions:
    """Answer the code location of the home and source set that the environment names."""
    return definitions(NightResource.from_environment())
