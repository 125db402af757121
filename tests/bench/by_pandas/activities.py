"""Time: what was scheduled, what was done, and the seconds in which both were the same.

Belongs here: stretches of time and their sums per agent and day.
Does not belong here: shifts and days (`days`).
"""

import pandas as pd

from tests.bench.by_pandas.days import Calendar
from tests.bench.by_pandas.feeds import Raw
from tests.bench.by_pandas.people import agents_of, local_midnight
from tests.bench.wanted import DAY_KEY, LOGGED_IN


def read_actual(raw: Raw, logins: pd.DataFrame, types: pd.DataFrame) -> pd.DataFrame:
    """One row per state of an agent; one still open lasts until now."""
    columns = ["agent_external_id:category", "platform:category", "state_code:category",
               "activity_code:category", "start_at", "end_at"]  # fmt: skip
    actual = raw.newest_window("actual_activity", columns)
    actual["agent_id"] = agents_of(logins, "wfm", actual["agent_external_id"], actual["start_at"])
    actual = actual.dropna(subset="agent_id")
    codes = actual["activity_code"].astype("str").fillna(actual["state_code"].astype("str"))
    codes = codes.str.strip().str.lower()
    actual["actual_category"] = codes.map(types["category"]).fillna("unknown").astype("category")
    actual["is_worked"] = codes.map(types["counts_in_adherence"]).fillna(False).astype(bool)
    actual["is_paid"] = codes.map(types["is_paid"]).fillna(False).astype(bool)
    actual["end_at"] = actual["end_at"].fillna(raw.as_of)
    actual = actual.sort_values(["end_at", "platform"])
    actual = actual.drop_duplicates(["agent_id", "start_at"], keep="last")
    return actual.rename(columns={"start_at": "starts_at", "end_at": "ends_at"})


def time_of_day(
    planned: pd.DataFrame, actual: pd.DataFrame, left_out: pd.DataFrame, *, calendar: Calendar
) -> pd.DataFrame:
    """One row per agent and day: the seconds of each kind."""
    stretches = _stretches(planned, actual, left_out)
    planned = planned.rename(columns={"category": "planned_category"})
    stretches = _side(stretches, planned, columns=["planned_category", "is_scheduled"])
    stretches = _side(stretches, actual, columns=["actual_category", "is_worked", "is_paid"])
    stretches = _side(stretches, left_out, columns=["is_left_out"])
    something = stretches["planned_category"].notna() | stretches["actual_category"].notna()
    stretches = stretches[something].reset_index(drop=True)
    days = calendar.of(stretches["agent_id"], stretches["happened_at"])
    category = stretches["actual_category"].astype("str")
    planned_category = stretches["planned_category"].astype("str")
    scheduled, worked = stretches["is_scheduled"], stretches["is_worked"]
    in_adherence = scheduled & (category == planned_category)
    counts = ~(scheduled & stretches["is_left_out"])
    counted = {
        "scheduled_seconds": scheduled,
        "eligible_scheduled_seconds": scheduled & counts,
        "in_adherence_seconds": in_adherence,
        "eligible_in_adherence_seconds": in_adherence & counts,
        "unexplained_seconds": scheduled & ~in_adherence & counts,
        "worked_seconds": worked,
        "eligible_worked_seconds": worked & counts,
        "overtime_seconds": worked & days["is_in_shift"] & planned_category.isna(),
        "paid_seconds": stretches["is_paid"],
        "leave_seconds": category.fillna(planned_category) == "time_off",
        "undescribed_seconds": category == "unknown",
        "logged_in_seconds": category.isin(LOGGED_IN),
        **{f"{name}_seconds": category == name for name in LOGGED_IN},
    }
    seconds = stretches["seconds"]
    measures = pd.DataFrame({name: seconds.where(those, 0) for name, those in counted.items()})
    keys = pd.DataFrame({"agent_id": stretches["agent_id"], "activity_date": days["activity_date"]})
    return pd.concat([keys, measures], axis=1).groupby(DAY_KEY, as_index=False).sum()


def shifts_of_day(shifts: pd.DataFrame, *, calendar: Calendar) -> pd.DataFrame:
    """One row per agent and day on which a shift begins: how many with work."""
    days = calendar.of(shifts["agent_id"], shifts["starts_at"])
    begun = shifts.assign(activity_date=days["activity_date"])
    begun["scheduled_shifts"] = begun["has_work"].astype("int64")
    return begun.groupby(DAY_KEY, as_index=False)["scheduled_shifts"].sum()


def lesson_days(raw: Raw, logins: pd.DataFrame, *, calendar: Calendar) -> pd.DataFrame:
    """One row per agent and day with a lesson that was done, or due by now and before they left."""
    columns = ["event_id", "agent_external_id", "event_type", "status", "due_at", "completed_at"]
    events = raw.newest_rows("development_event", columns, key=["event_id"])
    ended = events["status"].isin(["completed", "missed"]) | (events["due_at"] < raw.as_of)
    kinds = events["event_type"].isin(["coaching_session", "learning_assignment"])
    events = events[kinds & ended & (events["status"] != "cancelled")]
    happened_at = events["completed_at"].fillna(events["due_at"])
    agents = agents_of(logins, "qa", events["agent_external_id"], happened_at)
    lessons = pd.DataFrame({"agent_id": agents, "happened_at": happened_at}).dropna()
    places = ["agent_id", "starts_at", "to_date", "site_time_zone"]
    there = lessons.merge(calendar.assignments[places], on="agent_id")
    left_at = local_midnight(there["to_date"], there["site_time_zone"])
    there = there[(there["starts_at"] <= there["happened_at"]) & (there["happened_at"] < left_at)]
    days = calendar.of(there["agent_id"], there["happened_at"])
    return days.assign(agent_id=there["agent_id"])[DAY_KEY].drop_duplicates()


def _stretches(*sides: pd.DataFrame) -> pd.DataFrame:
    """One row per agent and time between two instants at which something begins or ends."""
    instants = [
        side[["agent_id", moment]].set_axis(["agent_id", "happened_at"], axis=1)
        for side in sides
        for moment in ("starts_at", "ends_at")
    ]
    stretches = pd.concat(instants, ignore_index=True).drop_duplicates()
    stretches = stretches.sort_values(["agent_id", "happened_at"])
    ends_at = stretches.groupby("agent_id", observed=True)["happened_at"].shift(-1)
    stretches["seconds"] = (ends_at - stretches["happened_at"]).dt.total_seconds()
    stretches = stretches.dropna(subset="seconds").astype({"seconds": "int64"})
    return stretches.sort_values("happened_at")


def _side(stretches: pd.DataFrame, states: pd.DataFrame, *, columns: list[str]) -> pd.DataFrame:
    """Add what one side says about each stretch: the state begun last, unless it has ended."""
    begun = states[["agent_id", "starts_at", "ends_at", *columns]].sort_values("starts_at")
    found = pd.merge_asof(
        stretches, begun, left_on="happened_at", right_on="starts_at", by="agent_id"
    )
    lasts = found["ends_at"] > found["happened_at"]
    for column in columns:
        if column.startswith("is_"):
            found[column] = found[column].eq(True) & lasts
        else:
            found[column] = found[column].where(lasts)
    return found.drop(columns=["starts_at", "ends_at"])
