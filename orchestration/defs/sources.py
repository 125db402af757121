"""The declared feeds, each partitioned by the day of the extract.

Belongs here: one asset per feed of the source set, and one before it where the feed is fetched.
Does not belong here: fetching (`orchestration.connectors`), checking and keeping
(`orchestration.landing`).
"""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, timedelta

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from metrics.engine.plain_yaml import Place, read_plain_yaml
from orchestration.defs.resources import NightResource
from orchestration.landing.batches import Batch
from orchestration.landing.contract import Contract
from orchestration.landing.refusal import DeliveriesRefused, DeliveryRefused
from orchestration.night.extracts import fetch
from orchestration.night.lock import only_night
from orchestration.night.night import Night

# An older extract counts on the first day: Dagster lists all days since then several times a night.
FIRST_EXTRACT_DAY = "2026-01-01"
EXTRACT_DAYS = dg.DailyPartitionsDefinition(start_date=FIRST_EXTRACT_DAY, end_offset=1)
FETCHED = "drop"  # what a connector writes lies in the drop folder


def feed_assets(declared: Night) -> dg.AssetsDefinition:
    """Define the assets of the source set in force; raises DefinitionError with file and line."""

    # One step for all feeds: a step of its own costs Dagster a dozen events, 18 ms of CPU each.
    @dg.multi_asset(
        specs=list(_specs(declared)),
        partitions_def=EXTRACT_DAYS,
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,
        name="land_feeds",
    )
    def land_feeds(
        context: dg.AssetExecutionContext, night: NightResource
    ) -> Iterator[dg.MaterializeResult[None]]:
        """Fetch the extracts of the days, check and keep them; every feed, then what failed."""
        this_night, failed = night.night(), dict[str, str]()
        chosen, days = sorted(context.selected_asset_keys), context.partition_key_range
        alone = only_night(this_night.home, now=this_night.now)
        with nullcontext() if night.from_command_line else alone:
            for key in chosen:
                if key.path[0] == FETCHED and not night.from_command_line:
                    yield from _fetch(this_night, key, days=days, log=context.log, failed=failed)
            for key in chosen:
                if key.path[0] != FETCHED and key.path[-1] not in failed:
                    yield from _land(
                        this_night, key, up_to_day=days.end, log=context.log, failed=failed
                    )
        if failed:
            raise DeliveriesRefused("\n".join(failed.values()))

    return land_feeds


def raw_key(contract: Contract) -> dg.AssetKey:
    """Name the asset of a feed's accepted rows: schema and table, or the store that is closed."""
    return dg.AssetKey(["raw" if contract.store == "warehouse" else contract.store, contract.feed])


def feeds_daily(feeds: dg.AssetsDefinition) -> UnresolvedAssetJobDefinition:
    """Define what comes before the night: one day's extracts, fetched, checked and kept."""
    return dg.define_asset_job(
        "feeds_daily",
        selection=dg.AssetSelection.assets(feeds),
        description="Fetch one day's extracts, check them against their contracts, keep them.",
    )


def _specs(night: Night) -> Iterator[dg.AssetSpec]:
    source_set = night.source_set
    _, lines = read_plain_yaml(night.sources)
    for feed, mapping in sorted(source_set.feeds.items()):
        contract, extract = night.contracts[feed], source_set.extracts.get(feed)
        rows = dg.AssetSpec(
            raw_key(contract),
            partitions_def=EXTRACT_DAYS,
            group_name=f"sources/{contract.area}",
            owners=[contract.owner],
            description=f"One row per {contract.one_row_is}.",
            metadata={
                "source_system": mapping.source_system,
                "files": dg.MetadataValue.path(str(source_set.folder / mapping.files)),
                "declared_in": _place(night, lines, ("feeds", feed)),
                "load": contract.load,
                "window_days": contract.window_days,
            },
            skippable=True,
        )
        if extract is None:
            yield rows
            continue
        fetched = rows.replace_attributes(
            key=dg.AssetKey([FETCHED, feed]),
            description=f"What the source answered, as files: {contract.arrives}.",
            metadata={
                "source_system": mapping.source_system,
                "connector": extract.connector,
                "declared_in": _place(night, lines, ("extracts", feed)),
            },
        )
        yield from (fetched, rows.replace_attributes(deps=[fetched]))


def _place(night: Night, lines: dict[Place, int], place: Place) -> dg.MetadataValue:
    return dg.MetadataValue.path(f"{night.sources}:{lines[place]}")


def _fetch(
    night: Night,
    key: dg.AssetKey,
    *,
    days: dg.PartitionKeyRange,
    log: dg.DagsterLogManager,
    failed: dict[str, str],
) -> Iterator[dg.MaterializeResult[None]]:
    """Fetch one feed day after day, up to the first that fails."""
    extract_ids: list[str] = []
    for day in _days_of(days):
        outcome = fetch(night, key.path[-1], day=day)
        log.info(outcome.in_words())
        if outcome.problem:
            failed[outcome.feed] = outcome.in_words()
            return
        extract_ids += outcome.extract_ids
    if extract_ids:
        yield dg.MaterializeResult(key, metadata={"extracts": extract_ids})


def _days_of(days: dg.PartitionKeyRange) -> list[date]:
    first, last = date.fromisoformat(days.start), date.fromisoformat(days.end)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _land(
    night: Night,
    key: dg.AssetKey,
    *,
    up_to_day: str,
    log: dg.DagsterLogManager,
    failed: dict[str, str],
) -> Iterator[dg.MaterializeResult[None]]:
    """Land what is new of one feed, up to its first delivery that cannot be used.

    What a site publishes without fails nothing here: the night leaves it out, and says so.
    """
    feed = key.path[-1]
    try:
        landed = list(night.land_feed(feed, up_to_day=up_to_day))
    except DeliveryRefused as refusal:
        if night.source_set.feeds[feed].when_incomplete == "hold":
            failed[feed] = str(refusal)
        else:
            log.warning(f"The night leaves this out: {refusal}")
    else:
        yield dg.MaterializeResult(key, metadata=_counts(landed))


def _counts(landed: list[Batch]) -> dict[str, int]:
    counts = [batch.accounting for batch in landed]
    return {
        "batches": len(landed),
        "rows_read": sum(count.read for count in counts),
        "rows_accepted": sum(count.accepted for count in counts),
        "rows_quarantined": sum(count.quarantined for count in counts),
        "rows_duplicate": sum(count.duplicates for count in counts),
    }
