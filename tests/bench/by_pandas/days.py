"""Schedules in force, shifts, and the business day of a moment.

Belongs here: which version of a schedule counts, the window around a shift, the day of anything.
Does not belong here: what happened on the day.
"""

from dataclasses import dataclass

import pandas as pd

from tests.bench.by_pandas.feeds import Raw
from tests.bench.by_pandas.people import agents_of, local_date
from tests.bench.wanted import NO_WORK, SHIFT_MARGIN


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Where each agent was, and when on shift: all that the day of a moment depends on."""

    assignments: pd.DataFrame
    windows: pd.DataFrame

    @property
    def usual_zone(self) -> str:
        """The zone of who is in no roster."""
        return str(self.assignments.sort_values("site_id")["site_time_zone"].iloc[0])

    def of(self, agents: pd.Series, moments: pd.Series) -> pd.DataFrame:
        """Answer `activity_date` and `is_in_shift` on the index of the moments."""
        looked_up = pd.DataFrame({"agent_id": agents.astype("str"), "moment": moments})
        looked_up = looked_up.dropna().sort_values("moment")
        found = pd.merge_asof(
            looked_up.reset_index(names="event"),
            self.windows,
            left_on="moment",
            right_on="opens_at",
            by="agent_id",
        ).set_index("event")
        in_shift = found["moment"] < found["closes_at"]
        days = found["shift_date"].where(in_shift)
        outside = found.loc[~in_shift, ["agent_id", "moment"]]
        days[outside.index] = self._local_dates(outside)
        answer = pd.DataFrame({"activity_date": days, "is_in_shift": in_shift})
        return answer.reindex(moments.index)

    def _local_dates(self, moments: pd.DataFrame) -> pd.Series:
        """The local date where the agent was, not later than the last one there."""
        places = self.assignments[["agent_id", "starts_at", "to_date", "site_time_zone"]]
        there = pd.merge_asof(
            moments.reset_index(names="event"),
            places.sort_values("starts_at"),
            left_on="moment",
            right_on="starts_at",
            by="agent_id",
        ).set_index("event")
        dates = local_date(there["moment"], there["site_time_zone"].fillna(self.usual_zone))
        last = there["to_date"] - pd.Timedelta(days=1)
        return dates.where(last.isna() | (dates <= last), last)


def read_activity_types(raw: Raw) -> pd.DataFrame:
    """One row per activity code; this centre's codes do not change."""
    columns = ["activity_code", "category", "is_paid", "counts_in_adherence"]
    types = raw.newest_snapshot("activity_type", columns)
    types["activity_code"] = types["activity_code"].str.strip().str.lower()
    return types.set_index("activity_code")


def read_planned(raw: Raw, logins: pd.DataFrame, types: pd.DataFrame) -> pd.DataFrame:
    """One row per scheduled activity in force: of the last version stored before the shift."""
    columns = ["agent_external_id:category", "shift_id", "schedule_version", "start_at", "end_at",
               "recorded_at", "activity_code:category", "is_published"]  # fmt: skip
    planned = raw.newest_window("planned_activity", columns)
    planned = planned[planned["is_published"]]
    planned["agent_id"] = agents_of(
        logins, "wfm", planned["agent_external_id"], planned["start_at"]
    )
    planned = planned.dropna(subset="agent_id")
    shift = ["agent_id", "shift_id"]
    versions = planned.groupby([*shift, "schedule_version"], as_index=False).agg(
        recorded_at=("recorded_at", "min"), starts_at=("start_at", "min")
    )
    begins_at = versions.groupby(shift)["starts_at"].transform("min")
    versions["is_in_time"] = versions["recorded_at"] < begins_at
    # In time: the latest. Not in time: the first.
    versions = versions.sort_values(["recorded_at", "schedule_version"])
    in_time = versions[versions["is_in_time"]].drop_duplicates(shift, keep="last")
    late = versions[~versions["is_in_time"]].drop_duplicates(shift, keep="first")
    in_force = pd.concat([in_time, late]).drop_duplicates(shift, keep="first")
    planned = planned.merge(in_force[[*shift, "schedule_version"]])
    codes = planned["activity_code"].astype("str").str.strip().str.lower()
    planned["category"] = codes.map(types["category"]).fillna("unknown").astype("category")
    planned["is_scheduled"] = codes.map(types["counts_in_adherence"]).fillna(False).astype(bool)
    return planned.rename(columns={"start_at": "starts_at", "end_at": "ends_at"})


def shifts_of(planned: pd.DataFrame) -> pd.DataFrame:
    """One row per shift."""
    worked = planned.assign(has_work=~planned["category"].isin(NO_WORK))
    return worked.groupby(["agent_id", "shift_id"], as_index=False).agg(
        starts_at=("starts_at", "min"), ends_at=("ends_at", "max"), has_work=("has_work", "max")
    )


def calendar_of(shifts: pd.DataFrame, assignments: pd.DataFrame) -> Calendar:
    """Open a window around each shift that never reaches into another one."""
    windows = shifts.sort_values(["agent_id", "starts_at", "ends_at", "shift_id"])
    agents = windows["agent_id"]
    earlier_end = windows.groupby("agent_id")["ends_at"].cummax().groupby(agents).shift()
    before = windows["starts_at"] - SHIFT_MARGIN
    windows["opens_at"] = before.where(~(before < earlier_end), earlier_end)
    next_opens = windows.groupby("agent_id")["opens_at"].shift(-1)
    after = windows["ends_at"] + SHIFT_MARGIN
    windows["closes_at"] = after.where(~(after > next_opens), next_opens)
    zone = _zone_on(agents, windows["starts_at"].dt.normalize(), assignments)
    calendar = Calendar(assignments=assignments, windows=windows)
    windows["shift_date"] = local_date(windows["starts_at"], zone.fillna(calendar.usual_zone))
    kept = windows[["agent_id", "opens_at", "closes_at", "shift_date"]]
    return Calendar(assignments=assignments, windows=kept.sort_values("opens_at"))


def _zone_on(agents: pd.Series, dates: pd.Series, assignments: pd.DataFrame) -> pd.Series:
    """Answer the zone of the place in force on a date."""
    asked = pd.DataFrame({"agent_id": agents, "date": dates}).reset_index(names="event")
    there = asked.merge(assignments[["agent_id", "from_date", "to_date", "site_time_zone"]])
    there = there[(there["date"] >= there["from_date"]) & (there["date"] < there["to_date"])]
    return there.set_index("event")["site_time_zone"].reindex(agents.index)
