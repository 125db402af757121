"""The Dagster code location: `dagster dev` and `evenhand nightly` load the same definitions."""

from pathlib import Path

import dagster as dg

from orchestration.defs.checks import check_scorecards
from orchestration.defs.publishing import published_run
from orchestration.defs.resources import NightResource
from orchestration.defs.schedules import (
    feeds_every_night,
    scorecards_every_night,
    scorecards_nightly,
)
from orchestration.defs.sources import feeds_daily, land_feeds
from orchestration.defs.warehouse import apply_raw, warehouse_models
from orchestration.night.home import Home
from orchestration.night.models import ensure_parsed


def definitions(night: NightResource) -> dg.Definitions:
    """Define everything for one night; the models are parsed first when the project changed."""
    home = Home(Path(night.home))
    home.prepare()
    models = warehouse_models(ensure_parsed(home))
    nightly = scorecards_nightly(models)
    return dg.Definitions(
        assets=[land_feeds, apply_raw, models, check_scorecards, published_run],
        jobs=[feeds_daily, nightly],
        schedules=[feeds_every_night, scorecards_every_night(nightly)],
        resources={"night": night},
    )


@dg.definitions
def evenhand() -> dg.Definitions:
    """Answer the code location of the home and source set that the environment names."""
    return definitions(NightResource.from_environment())
