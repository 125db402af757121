"""Raw applied to the warehouse, and the dbt models, as assets.

Belongs here: their keys, groups and owners, and dbt's answers as Dagster events.
Does not belong here: applying and building (`orchestration.night`), the models (`dbt_project`).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtProject,
    dbt_assets,
)

from orchestration.defs.resources import NightResource
from orchestration.defs.sources import raw_key
from orchestration.landing.refusal import DeliveriesRefused
from orchestration.night.catalogue import catalogue_of_the_night
from orchestration.night.extracts import unfetched
from orchestration.night.models import NodeResult
from orchestration.night.night import Night

_RUN_TABLES = (
    "context",
    "feed",
    "stopped_column",
    "quiet_day",
    "queue",
    "kept_apart",
    "code",
    "delivered",
    "changed_date",
)
RUN_TABLES = [["run", name] for name in _RUN_TABLES]
UNIQUE_ID = "dagster_dbt/unique_id"


def apply_raw(declared: Night, feeds: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """Define what applying writes: the run, what people have defined, a roster nobody sends."""

    @dg.multi_asset(specs=list(_applied_tables(declared, feeds)), name="apply_raw")
    def apply(
        context: dg.AssetExecutionContext, night: NightResource
    ) -> Iterator[dg.MaterializeResult[None]]:
        """Open and close rows in schema raw, and write the definitions in force."""
        this_night = night.night()
        if held := unfetched(this_night):
            raise DeliveriesRefused("\n".join(held))
        this_night.land_derived()
        applied = this_night.apply()
        counts = {
            "batches": len(applied),
            "rows_opened": sum(batch.opened for batch in applied),
            "rows_closed": sum(batch.closed for batch in applied),
            "rows_contradicted": sum(batch.conflicts for batch in applied),
        }
        for key in sorted(context.assets_def.keys):
            yield dg.MaterializeResult(key, metadata=counts if key.path[0] == "run" else {})

    return apply


def _applied_tables(night: Night, feeds: dg.AssetsDefinition) -> Iterator[dg.AssetSpec]:
    source_set, contracts = night.source_set, night.contracts
    landed = {key for key in feeds.keys if key.path[0] == "raw"}
    seen_in = source_set.derive_roster.from_feeds if source_set.derive_roster else ()
    derived = {raw_key(contracts[feed]) for feed in set(source_set.declared) - {*source_set.feeds}}
    for key in sorted(derived):
        agents_of = {raw_key(contracts[feed]) for feed in seen_in}
        yield _applied(key, deps=agents_of, group="sources/hr")
    for path in RUN_TABLES:
        yield _applied(dg.AssetKey(path), deps=landed | derived)
    for table in catalogue_of_the_night():
        yield _applied(dg.AssetKey(["catalogue", table.name]), deps=set())


def _applied(key: dg.AssetKey, *, deps: set[dg.AssetKey], group: str | None = None) -> dg.AssetSpec:
    group = group or f"warehouse/{key.path[0]}"
    return dg.AssetSpec(key, deps=sorted(deps), group_name=group, owners=["team:platform"])


class Layers(DagsterDbtTranslator):
    """Keys and groups that are the layer and the table, so that a key pasted into SQL works.

    dbt's tests are no Dagster checks of their own: every one is a row of gate.check_result, and the
    gate asks that each was evaluated. As events they would cost 35 ms of CPU each.
    """

    def __init__(self, beside: set[dg.AssetKey]) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_asset_checks=False))
        self.beside = beside

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """Answer a model's asset; a feed that is not declared has an empty table and no asset."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        deps = [dep for dep in spec.deps if self._is_there(dep.asset_key)]
        # It is asked for some 400 times, and a copy costs half a millisecond.
        return spec if len(deps) == len([*spec.deps]) else spec.replace_attributes(deps=deps)

    def _is_there(self, key: dg.AssetKey) -> bool:
        return key.path[0] != "raw" or key in self.beside

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


def warehouse_models(
    manifest: Path, *, beside: Sequence[dg.AssetsDefinition]
) -> dg.AssetsDefinition:
    """Define the assets of every dbt model; `beside` them are the assets that they may read."""
    layers = Layers({key for assets in beside for key in assets.keys})

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
