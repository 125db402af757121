"""The two agent-day tables, placed and complete, and the KPIs of months and quarters.

Belongs here: joining the parts, the metrics' numerators and denominators, dividing once.
Does not belong here: counting anything.
"""

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from tests.bench.by_polars.feeds import Raw
from tests.bench.by_polars.people import People, latest
from tests.bench.wanted import (
    DAY_KEY,
    METRICS,
    PERIOD_KEY,
    PLACE,
    QUEUE_KEY,
    SECONDS,
)


def joined(parts: Sequence[pl.LazyFrame], *, key: list[str]) -> pl.LazyFrame:
    """One row per key of any part; what a part does not say is zero."""
    rows = pl.concat(parts, how="diagonal_relaxed")
    measures = [name for name in rows.collect_schema() if name not in key]
    # What was handled and has no time was not measured; what was not handled took no time.
    unmeasured = {
        name: (pl.col(name).count() == 0) & (pl.col("handled_contacts").sum() > 0)
        for name in measures
        if name in SECONDS
    }
    return rows.group_by(key).agg(
        pl.when(~unmeasured.get(name, pl.lit(value=False))).then(pl.col(name).sum()).alias(name)
        for name in measures
    )


def placed(days: pl.LazyFrame, people: People, *, raw: Raw) -> pl.LazyFrame:
    """Add where the agent was on the day, and whether the day is over there."""
    places = people.assignments.lazy().drop("starts_at")
    there = latest(days, places, moment="activity_date", since="from_date")
    is_there = pl.col("activity_date") < pl.col("to_date")
    zone = pl.col("site_time_zone").fill_null(people.usual_zone)
    next_day = pl.col("activity_date") + timedelta(days=1)
    return (
        there.with_columns(pl.when(is_there).then(pl.col(*PLACE, "site_time_zone")).name.keep())
        .with_columns(
            pl.col("is_scorecard_eligible").fill_null(value=False),
            is_complete=people.zones.midnight_of(next_day, zone) <= raw.as_of,
        )
        .drop("from_date", "to_date", "site_time_zone")
    )


def agent_periods(agent_days: pl.LazyFrame, agent_day_queues: pl.LazyFrame) -> pl.LazyFrame:
    """One row per agent, period and metric."""
    sums = _sums(agent_days, key=DAY_KEY).join(
        _sums(agent_day_queues.filter("is_scorecard_eligible"), key=QUEUE_KEY),
        on=PERIOD_KEY,
        how="left",
    )
    return pl.concat([_kpi(sums, metric, *parts) for metric, parts in METRICS.items()])


def _sums(days: pl.LazyFrame, *, key: list[str]) -> pl.LazyFrame:
    """One row per agent and period with a complete day: the sums of those that count."""
    measures = pl.exclude(*key, *PLACE, "is_complete", "period_id")
    counted = measures.filter(pl.col("is_scorecard_eligible"))
    day = pl.col("activity_date").dt
    quarter = pl.format("{}-Q{}", day.year(), day.quarter())
    complete = days.filter("is_complete")
    periods = [complete.with_columns(period_id=name) for name in (day.strftime("%Y-%m"), quarter)]
    sums = pl.when(counted.count() > 0).then(counted.sum())
    return pl.concat(periods).group_by(PERIOD_KEY).agg(sums)


def _kpi(
    sums: pl.LazyFrame, metric: str, numerator: str, denominator: str, sample: str
) -> pl.LazyFrame:
    above, below = (pl.col(name).cast(pl.Float64) for name in (numerator, denominator))
    return sums.select(
        *PERIOD_KEY,
        metric=pl.lit(metric),
        numerator=above,
        denominator=below,
        n=pl.col(sample).cast(pl.Int64),
        value=pl.when(below != 0).then(above / below),
    )
