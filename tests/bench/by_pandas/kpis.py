"""The two agent-day tables, placed and complete, and the KPIs of months and quarters.

Belongs here: joining the parts, the metrics' numerators and denominators, dividing once.
Does not belong here: counting anything.
"""

from functools import reduce

import pandas as pd

from tests.bench.by_pandas.feeds import is_true
from tests.bench.by_pandas.judgements import PARTS_OF_A_POINT
from tests.bench.by_pandas.people import local_midnight
from tests.bench.wanted import (
    DAY_KEY,
    METRICS,
    PERIOD_KEY,
    PLACE,
    POINTS,
    QUEUE_KEY,
    SECONDS,
)


def joined(parts: list[pd.DataFrame], *, key: list[str]) -> pd.DataFrame:
    """One row per key of any part; what a part does not say is zero."""
    parts = [
        part.astype({name: "str" for name in key if name != "activity_date"}) for part in parts
    ]
    rows = reduce(lambda left, right: left.merge(right, on=key, how="outer"), parts)
    measures = [name for name in rows.columns if name not in key]
    # What was handled and has no time was not measured; what was not handled took no time.
    zero = [name for name in measures if name not in SECONDS]
    rows[zero] = rows[zero].fillna(0).astype("Int64")
    for name in set(SECONDS) & set(measures):
        taken = rows[name].astype("Int64")
        rows[name] = taken.where(taken.notna() | (rows["handled_contacts"] > 0), 0)
    return rows


def placed(
    days: pd.DataFrame, assignments: pd.DataFrame, *, as_of: pd.Timestamp, usual_zone: str
) -> pd.DataFrame:
    """Add where the agent was on the day, and whether the day is over there."""
    columns = ["agent_id", "from_date", "to_date", "site_time_zone", *PLACE]
    dates = days[DAY_KEY].drop_duplicates()
    there = dates.merge(assignments[columns], on="agent_id")
    in_force = (there["activity_date"] >= there["from_date"]) & (
        there["activity_date"] < there["to_date"]
    )
    dates = dates.merge(there[in_force], on=DAY_KEY, how="left").drop(
        columns=["from_date", "to_date"]
    )
    dates["is_scorecard_eligible"] = is_true(dates["is_scorecard_eligible"])
    zones = dates.pop("site_time_zone").fillna(usual_zone)
    next_midnight = local_midnight(dates["activity_date"] + pd.Timedelta(days=1), zones)
    dates["is_complete"] = next_midnight <= as_of
    return days.merge(dates, on=DAY_KEY)


def agent_periods(agent_days: pd.DataFrame, agent_day_queues: pd.DataFrame) -> pd.DataFrame:
    """One row per agent, period and metric."""
    measured = agent_days.columns.difference([*DAY_KEY, *PLACE, "is_complete"])
    counted = agent_days["is_complete"] & agent_days["is_scorecard_eligible"]
    present = _in_periods(agent_days[agent_days["is_complete"]])[PERIOD_KEY].drop_duplicates()
    days = _in_periods(agent_days[counted]).groupby(PERIOD_KEY)[list(measured)].sum()
    queued = agent_day_queues.columns.difference([*QUEUE_KEY, *PLACE, "is_complete"])
    counted = agent_day_queues["is_complete"] & agent_day_queues["is_scorecard_eligible"]
    queues = _in_periods(agent_day_queues[counted]).groupby(PERIOD_KEY)[list(queued)]
    sums = days.join(queues.sum(min_count=1), how="outer")
    sums = present.merge(sums.reset_index(), on=PERIOD_KEY, how="left")
    kpis = [_kpi(sums, metric, parts) for metric, parts in METRICS.items()]
    return pd.concat(kpis, ignore_index=True)


def _in_periods(days: pd.DataFrame) -> pd.DataFrame:
    dates = days["activity_date"]
    quarters = dates.dt.year.astype("str") + "-Q" + dates.dt.quarter.astype("str")
    months = dates.dt.strftime("%Y-%m")
    return pd.concat([days.assign(period_id=months), days.assign(period_id=quarters)])


def _kpi(sums: pd.DataFrame, metric: str, parts: tuple[str, str, str]) -> pd.DataFrame:
    numerator, denominator, sample = (sums[name] for name in parts)
    if parts[0] in POINTS:
        numerator, denominator = numerator / PARTS_OF_A_POINT, denominator / PARTS_OF_A_POINT
    above, below = numerator.astype("Float64"), denominator.astype("Float64")
    return sums[PERIOD_KEY].assign(
        metric=metric,
        numerator=above,
        denominator=below,
        n=sample.astype("Int64"),
        value=(above / below).where(below != 0),
    )
