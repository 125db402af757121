"""One asset per feed, partitioned by the day of the extract.

Belongs here: which feeds exist and in which group they stand.
Does not belong here: fetching, checking, keeping (`orchestration.landing`).
"""

import dagster as dg

from orchestration.defs.resources import NightResource
from orchestration.landing.contract import Contract, load_contracts

# An older extract counts on the first day: Dagster lists all days since then several times a night.
FIRST_EXTRACT_DAY = "2026-01-01"
EXTRACT_DAYS = dg.DailyPartitionsDefinition(start_date=FIRST_EXTRACT_DAY, end_offset=1)


def raw_feed(contract: Contract) -> dg.AssetsDefinition:
    """Define the asset of one feed: its accepted rows as immutable batches."""

    @dg.asset(
        key=["raw", contract.feed],
        partitions_def=EXTRACT_DAYS,
        group_name=f"sources/{contract.area}",
        owners=[contract.owner],
        description=f"One row per {contract.one_row_is}.",
        op_tags={"kind": "landing"},
    )
    def feed(context: dg.AssetExecutionContext, night: NightResource) -> dg.MaterializeResult[None]:
        landed = list(night.night().land_feed(contract.feed, up_to_day=context.partition_key))
        counts = [batch.accounting for batch in landed]
        return dg.MaterializeResult(
            metadata={
                "batches": len(landed),
                "rows_read": sum(count.read for count in counts),
                "rows_accepted": sum(count.accepted for count in counts),
                "rows_quarantined": sum(count.quarantined for count in counts),
                "rows_duplicate": sum(count.duplicates for count in counts),
            }
        )

    return feed


RAW_FEEDS = [raw_feed(contract) for contract in load_contracts().values()]

feeds_daily = dg.define_asset_job(
    "feeds_daily",
    selection=dg.AssetSelection.assets(*RAW_FEEDS),
    partitions_def=EXTRACT_DAYS,
    executor_def=dg.in_process_executor,
    description="Check one day's extracts against their contracts and keep them as batches.",
)
