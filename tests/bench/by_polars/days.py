"""Schedules in force, shifts, and the business day of a moment.

Belongs here: which version of a schedule counts, the window around a shift, the day of anything.
Does not belong here: what happened on the day.
"""

from datetime import datetime, timedelta

import polars as pl

from tests.bench.by_polars.feeds import Raw
from tests.bench.by_polars.people import OPEN_END, People, latest
from tests.bench.wanted import NO_WORK, SHIFT_MARGIN

DAY = timedelta(days=1)
CODE = pl.col("activity_code").str.strip_chars().str.to_lowercase()


def read_activity_types(raw: Raw) -> pl.LazyFrame:
    """One row per activity code; this centre's codes do not change."""
    columns = ["activity_code", "category", "is_paid", "counts_in_adherence"]
    types = raw.newest_snapshot("activity_type", columns).lazy()
    return types.with_columns(CODE, pl.col("category").cast(pl.Categorical))


def read_planned(raw: Raw, people: People, types: pl.LazyFrame) -> pl.LazyFrame:
    """One row per scheduled activity in force: of the last version stored before the shift."""
    columns = ["agent_external_id", "shift_id", "schedule_version", "start_at", "end_at",
               "recorded_at", "activity_code", "is_published"]  # fmt: skip
    published = raw.newest_window("planned_activity", columns).filter("is_published")
    planned = people.named(published, "wfm", login="agent_external_id", moment="start_at").filter(
        pl.col("agent_id").is_not_null()
    )
    shift = ["agent_id", "shift_id"]
    version = pl.col("schedule_version")
    in_time = pl.col("recorded_at") < pl.col("start_at").min()
    in_force = (
        planned.group_by(*shift, version)
        .agg(pl.col("recorded_at", "start_at").min())
        .sort("recorded_at", version)
        .group_by(shift, maintain_order=True)
        .agg(schedule_version=pl.coalesce(version.filter(in_time).last(), version.first()))
    )
    return (
        planned.join(in_force, on=[*shift, "schedule_version"], how="semi")
        .with_columns(CODE)
        .join(types, on="activity_code", how="left")
        .select(
            *shift,
            starts_at="start_at",
            ends_at="end_at",
            category=pl.col("category").fill_null("unknown"),
            is_scheduled=pl.col("counts_in_adherence").fill_null(value=False),
        )
    )


def shifts_of(planned: pl.LazyFrame) -> pl.LazyFrame:
    """One row per shift."""
    return planned.group_by("agent_id", "shift_id").agg(
        pl.col("starts_at").min(),
        pl.col("ends_at").max(),
        has_work=(~pl.col("category").is_in(NO_WORK)).any(),
    )


def calendar_of(
    shifts: pl.LazyFrame, people: People, *, lived: tuple[datetime, datetime]
) -> pl.LazyFrame:
    """One row per agent and instant from which on another day, or shift, is theirs."""
    windows, midnights = _windows(shifts, people), _midnights(people, lived=lived)
    outside = latest(midnights, windows, moment="begins_at", since="opens_at").filter(
        pl.col("closes_at").is_null() | (pl.col("begins_at") >= pl.col("closes_at"))
    )
    closings = latest(
        windows.select("agent_id", begins_at="closes_at"),
        midnights, moment="begins_at", since="begins_at",
    )  # fmt: skip
    openings = windows.select("agent_id", begins_at="opens_at", activity_date="shift_date")
    columns = ["agent_id", "begins_at", "activity_date"]
    off_shift = pl.concat([outside.select(columns), closings.select(columns)])
    changes = [off_shift.with_columns(is_in_shift=False), openings.with_columns(is_in_shift=True)]
    # Where one shift's window closes as the next one's opens, the next one's counts.
    return (
        pl.concat(changes)
        .sort("begins_at", "is_in_shift")
        .unique(["agent_id", "begins_at"], keep="last", maintain_order=True)
    )


def on_their_day(events: pl.LazyFrame, calendar: pl.LazyFrame, *, moment: str) -> pl.LazyFrame:
    """Add `activity_date` and `is_in_shift`; the events come back in order of the moment."""
    return latest(events, calendar, moment=moment, since="begins_at").drop("begins_at")


def _windows(shifts: pl.LazyFrame, people: People) -> pl.LazyFrame:
    """Open a window around each shift that never reaches into another one."""
    earlier_end = pl.col("ends_at").cum_max().shift().over("agent_id")
    opened = shifts.sort("agent_id", "starts_at", "ends_at", "shift_id").with_columns(
        opens_at=pl.max_horizontal(pl.col("starts_at") - SHIFT_MARGIN, earlier_end)
    )
    next_opens = pl.col("opens_at").shift(-1).over("agent_id")
    closed = opened.with_columns(
        closes_at=pl.min_horizontal(pl.col("ends_at") + SHIFT_MARGIN, next_opens),
        utc_date=pl.col("starts_at").dt.date(),
    )
    places = people.assignments.lazy().select("agent_id", "from_date", "to_date", "site_time_zone")
    there = pl.when(pl.col("utc_date") < pl.col("to_date")).then("site_time_zone")
    zone = there.fill_null(people.usual_zone)
    return (
        latest(closed, places, moment="utc_date", since="from_date")
        .filter(pl.col("opens_at") < pl.col("closes_at"))
        .select(
            "agent_id",
            "opens_at",
            "closes_at",
            shift_date=people.zones.date_of(pl.col("starts_at"), zone),
        )
    )


def _midnights(people: People, *, lived: tuple[datetime, datetime]) -> pl.LazyFrame:
    """One row per agent and local day; the last day at a place lasts until the next place."""
    first, end = (lived[0] - DAY).date(), (lived[1] + 2 * DAY).date()
    places = people.assignments.lazy().select("agent_id", "from_date", "to_date", "site_time_zone")
    arrivals = places.group_by("agent_id").agg(to_date=pl.col("from_date").min())
    # Before the first place and without one the usual zone decides.
    nowhere = (
        pl.LazyFrame({"agent_id": people.agents.categories}, schema={"agent_id": people.agents})
        .join(arrivals, on="agent_id", how="left")
        .select(
            "agent_id",
            from_date=pl.lit(first),
            to_date=pl.col("to_date").fill_null(OPEN_END.date()),
            site_time_zone=pl.lit(people.usual_zone),
        )
    )
    dates = pl.date_ranges(
        pl.max_horizontal("from_date", pl.lit(first)),
        pl.min_horizontal("to_date", pl.lit(end)),
        closed="left",
    )
    return (
        pl.concat([places, nowhere])
        .filter(pl.col("from_date") < pl.col("to_date"))
        .with_columns(activity_date=dates)
        .explode("activity_date")
        .filter(pl.col("activity_date").is_not_null())
        .select(
            "agent_id",
            "activity_date",
            begins_at=people.zones.midnight_of(pl.col("activity_date"), pl.col("site_time_zone")),
        )
    )
