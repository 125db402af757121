"""Time: what was scheduled, what was done, and the seconds in which both were the same.

Belongs here: stretches of time and their sums per agent and day.
Does not belong here: shifts and days (`days`).
"""

import polars as pl

from tests.bench.by_polars.days import CODE, on_their_day
from tests.bench.by_polars.feeds import IS_FLAGGED, Raw
from tests.bench.by_polars.people import People
from tests.bench.wanted import DAY_KEY, LOGGED_IN


def read_actual(raw: Raw, people: People, types: pl.LazyFrame) -> pl.LazyFrame:
    """One row per state of an agent; one still open lasts until now."""
    columns = ["agent_external_id", "platform", "state_code", "activity_code", "start_at", "end_at"]
    states = raw.newest_window("actual_activity", columns)
    named = people.named(states, "wfm", login="agent_external_id", moment="start_at")
    return (
        named.filter(pl.col("agent_id").is_not_null())
        .with_columns(
            pl.coalesce("activity_code", "state_code").alias("activity_code"),
            pl.col("end_at").fill_null(raw.as_of),
        )
        .sort("end_at", "platform")
        .unique(["agent_id", "start_at"], keep="last")
        .with_columns(CODE)
        .join(types, on="activity_code", how="left")
        .select(
            "agent_id",
            starts_at="start_at",
            ends_at="end_at",
            category=pl.col("category").fill_null("unknown"),
            is_worked=pl.col("counts_in_adherence").fill_null(value=False),
            is_paid=pl.col("is_paid").fill_null(value=False),
        )
    )


def time_of_day(
    planned: pl.LazyFrame, actual: pl.LazyFrame, left_out: pl.LazyFrame, *, calendar: pl.LazyFrame
) -> pl.LazyFrame:
    """One row per agent and day: the seconds of each kind."""
    stretches = _stretches(planned, actual, left_out, calendar)
    category, planned_category = pl.col("category"), pl.col("planned_category")
    scheduled, worked, seconds = pl.col("is_scheduled"), pl.col("is_worked"), pl.col("seconds")
    in_adherence = scheduled & (category == planned_category).fill_null(value=False)
    counts = ~(scheduled & pl.col("is_left_out"))
    counted = {
        "scheduled": scheduled,
        "eligible_scheduled": scheduled & counts,
        "in_adherence": in_adherence,
        "eligible_in_adherence": in_adherence & counts,
        "unexplained": scheduled & ~in_adherence & counts,
        "worked": worked,
        "eligible_worked": worked & counts,
        "overtime": worked & pl.col("is_in_shift") & planned_category.is_null(),
        "paid": pl.col("is_paid"),
        "leave": pl.coalesce(category, planned_category) == "time_off",
        "undescribed": category == "unknown",
        "logged_in": category.is_in(LOGGED_IN),
        **{name: category == name for name in LOGGED_IN},
    }
    return stretches.group_by(DAY_KEY).agg(
        pl.when(those).then(seconds).otherwise(0).sum().alias(f"{name}_seconds")
        for name, those in counted.items()
    )


def shifts_of_day(shifts: pl.LazyFrame, *, calendar: pl.LazyFrame) -> pl.LazyFrame:
    """One row per agent and day on which a shift begins: how many with work."""
    begun = on_their_day(shifts, calendar, moment="starts_at")
    return begun.group_by(DAY_KEY).agg(scheduled_shifts=pl.col("has_work").sum())


def lesson_days(raw: Raw, people: People, *, calendar: pl.LazyFrame) -> pl.LazyFrame:
    """One row per agent and day with a lesson that was done, or due by now and before they left."""
    columns = ["event_id", "agent_external_id", "event_type", "status", "due_at", "completed_at",
               "is_deleted"]  # fmt: skip
    ended = pl.col("status").is_in(["completed", "missed"]) | (pl.col("due_at") < raw.as_of)
    events = (
        raw.newest_rows("development_event", columns, key=["event_id"])
        .filter(
            ~IS_FLAGGED,
            pl.col("event_type").is_in(["coaching_session", "learning_assignment"]),
            pl.col("status") != "cancelled",
            ended,
        )
        .with_columns(happened_at=pl.coalesce("completed_at", "due_at"))
    )
    lessons = people.named(events, "qa", login="agent_external_id", moment="happened_at")
    left_at = people.zones.midnight_of(pl.col("to_date"), pl.col("site_time_zone"))
    places = people.assignments.lazy().select("agent_id", "starts_at", left_at=left_at)
    happened_at = pl.col("happened_at")
    there = lessons.join(places, on="agent_id").filter(
        happened_at >= pl.col("starts_at"), happened_at < pl.col("left_at")
    )
    return on_their_day(there, calendar, moment="happened_at").select(DAY_KEY).unique()


def _stretches(
    planned: pl.LazyFrame, actual: pl.LazyFrame, left_out: pl.LazyFrame, calendar: pl.LazyFrame
) -> pl.LazyFrame:
    """One row per agent and time between two instants at which something begins or ends.

    All instants in one line, in order: what began last is carried forward, and holds unless it has
    ended. The calendar's instants say the day of those that follow and cut nothing.
    """
    planned = planned.rename({"category": "planned_category"}).drop("shift_id")
    sides = {"planned": planned, "actual": actual, "left_out": left_out}
    begun = [
        side.rename({"starts_at": "happened_at", "ends_at": f"{name}_until"})
        for name, side in sides.items()
    ]
    ended = [side.select("agent_id", happened_at="ends_at") for side in sides.values()]
    days = calendar.rename({"begins_at": "happened_at"}).with_columns(cuts=False)
    line = pl.concat([days, *begun, *ended], how="diagonal").with_columns(
        pl.col("cuts").fill_null(value=True)
    )
    holds = {name: pl.col(f"{name}_until") > pl.col("happened_at") for name in sides}
    return (
        line.sort("agent_id", "happened_at", "cuts")
        .with_columns(pl.exclude(*_LINE).forward_fill().over("agent_id"))
        .filter("cuts")
        .with_columns(until=pl.col("happened_at").shift(-1).over("agent_id"))
        .with_columns(
            pl.when(holds["planned"]).then("planned_category").alias("planned_category"),
            pl.when(holds["actual"]).then("category").alias("category"),
            (pl.col("is_scheduled") & holds["planned"]).fill_null(value=False),
            (pl.col("is_worked", "is_paid") & holds["actual"]).fill_null(value=False),
            is_left_out=holds["left_out"].fill_null(value=False),
            seconds=(pl.col("until") - pl.col("happened_at")).dt.total_seconds(),
        )
        .filter(
            pl.col("seconds") > 0,
            pl.col("planned_category").is_not_null() | pl.col("category").is_not_null(),
        )
    )


_LINE = ("agent_id", "happened_at", "cuts")
