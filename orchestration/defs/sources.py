"""One asset per feed, partitioned by the day of the extract.

Belongs here: which feeds exist and in which group they stand.
Does not belong here: fetching, checking, keeping (`orchestration.landing`).
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.resources import NightResource
from orchestration.landing.batches import Batch
from orchestration.landing.contract import Contract, load_contracts
from orchestration.landing.refusal import DeliveriesRefused, DeliveryRefused

# An older extract counts on the first day: Dagster lists all days since then several times a night.
FIRST_EXTRACT_DAY = "2026-01-01"
EXTRACT_DAYS = dg.DailyPartitionsDefinition(start_date=FIRST_EXTRACT_DAY, end_offset=1)


def raw_feed(contract: Contract) -> dg.AssetSpec:
    """Specify the asset of one feed: its accepted rows as immutable batches."""
    return dg.AssetSpec(
        ["raw" if contract.store == "warehouse" else contract.store, contract.feed],
        partitions_def=EXTRACT_DAYS,
        group_name=f"sources/{contract.area}",
        owners=[contract.owner],
        description=f"One row per {contract.one_row_is}.",
        skippable=True,
    )


# One step for all feeds: a step of its own costs Dagster a dozen events, 18 ms of CPU each.
@dg.multi_asset(
    specs=[
        raw_feed(contract)
        for contract in load_contracts().values()
        if contract.written_by == "source"
    ],
    partitions_def=EXTRACT_DAYS,
    can_subset=True,
    name="land_feeds",
)
def land_feeds(
    context: dg.AssetExecutionContext, night: NightResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Check the extracts against their contracts and keep them; every feed, then the refusals."""
    refused = []
    this_night = night.night()
    for key in sorted(context.selected_asset_keys):
        if key.path[-1] not in this_night.source_set.feeds:
            continue  # not measured, and so nothing has landed
        try:
            landed = list(this_night.land_feed(key.path[-1], up_to_day=context.partition_key))
            yield dg.MaterializeResult(key, metadata=_counts(landed))
        except DeliveryRefused as refusal:
            refused.append(str(refusal))
    if refused:
        raise DeliveriesRefused("\n".join(refused))


def _counts(landed: list[Batch]) -> dict[str, int]:
    counts = [batch.accounting for batch in landed]
    return {
        "batches": len(landed),
        "rows_read": sum(count.read for count in counts),
        "rows_accepted": sum(count.accepted for count in counts),
        "rows_quarantined": sum(count.quarantined for count in counts),
        "rows_duplicate": sum(count.duplicates for count in counts),
    }


feeds_daily = dg.define_asset_job(
    "feeds_daily",
    selection=dg.AssetSelection.assets(land_feeds),
    executor_def=dg.in_process_executor,
    description="Check one day's extracts against their contracts and keep them as batches.",
)
