"""Raw applied to the warehouse, and the dbt models, as assets.

Belongs here: their keys, groups and owners, and dbt's answers as Dagster events.
Does not belong here: applying and building (`orchestration.night`), the models (`dbt_project`).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from orchestration.defs.resources import NightResource
from orchestration.defs.sources import land_feeds
from orchestration.night.catalogue import catalogue_of_the_night
from orchestration.night.models import NodeResult

RUN_TABLES = [["run", "context"], ["run", "feed"], ["run", "kept_apart"]]
UNIQUE_ID = "dagster_dbt/unique_id"


def applied_tables() -> list[dg.AssetSpec]:
    """Specify what applying raw writes beside raw itself: the run, and what people have defined."""
    feeds = [key for key in land_feeds.keys if key.path[0] == "raw"]
    catalogue = [["catalogue", table.name] for table in catalogue_of_the_night()]
    return [
        *(_applied(key, deps=feeds) for key in RUN_TABLES),
        *(_applied(key, deps=[]) for key in catalogue),
    ]


def _applied(key: list[str], *, deps: list[dg.AssetKey]) -> dg.AssetSpec:
    group = f"warehouse/{key[0]}"
    return dg.AssetSpec(key, deps=deps, group_name=group, owners=["team:platform"])


APPLIED_TABLES = applied_tables()


@dg.multi_asset(specs=APPLIED_TABLES, name="apply_raw")
def apply_raw(night: NightResource) -> Iterator[dg.MaterializeResult[None]]:
    """Open and close rows in schema raw, and write the definitions in force."""
    this_night = night.night()
    this_night.land_derived()
    applied = this_night.apply()
    counts = {
        "batches": len(applied),
        "rows_opened": sum(batch.opened for batch in applied),
        "rows_closed": sum(batch.closed for batch in applied),
        "rows_contradicted": sum(batch.conflicts for batch in applied),
    }
    for spec in APPLIED_TABLES:
        yield dg.MaterializeResult(spec.key, metadata=counts if spec.key.path[0] == "run" else {})


class Layers(DagsterDbtTranslator):
    """Keys and groups that are the layer and the table, so that a key pasted into SQL works.

    dbt's tests are no Dagster checks of their own: every one is a row of gate.check_result, and the
    gate asks that each was evaluated. As events they would cost 35 ms of CPU each.
    """

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Answer schema and name."""
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Answer the flow's part and the layer."""
        return f"warehouse/{dbt_resource_props['schema']}"

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """Answer the owner of dbt_project."""
        del dbt_resource_props
        return ["team:analytics-engineering"]


def warehouse_models(manifest: Path) -> dg.AssetsDefinition:
    """Define the assets of every dbt model."""
    layers = Layers(DagsterDbtTranslatorSettings(enable_asset_checks=False))

    @dbt_assets(manifest=manifest, dagster_dbt_translator=layers, name="warehouse_models")
    def models(context: dg.AssetExecutionContext, night: NightResource) -> Iterator[Any]:
        chosen = context.selected_asset_keys if context.is_subset else ()
        results = night.night().build(sorted(key.path[-1] for key in chosen))
        yield from _events(context, results)
        broken = [result.name for result in results if not result.is_good]
        if broken:
            raise dg.Failure(f"dbt: {', '.join(broken)}", allow_retries=False)

    return models


def _events(
    context: dg.AssetExecutionContext, results: list[NodeResult]
) -> Iterator[dg.MaterializeResult[None]]:
    """Say each model that was built as the event that Dagster knows it by."""
    assets = {spec.metadata[UNIQUE_ID]: spec.key for spec in context.assets_def.specs}
    for result in results:
        if result.unique_id in assets and result.is_good:
            metadata = {"seconds": result.seconds}
            yield dg.MaterializeResult(assets[result.unique_id], metadata=metadata)
