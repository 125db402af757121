"""Who was where under whom, and which log-in was whose.

Belongs here: assignments with their zone, log-ins with their holder, the agent of an event.
Does not belong here: shifts and business days (`days`).
"""

import pandas as pd

from tests.bench.by_pandas.feeds import Raw

OPEN_END = pd.Timestamp("9999-12-31")


def local_midnight(dates: pd.Series, zones: pd.Series) -> pd.Series:
    """The UTC instants at which local dates begin."""
    begun = pd.Series(pd.NaT, index=dates.index, dtype="datetime64[us]")
    for zone, those in dates.groupby(zones, observed=True):
        local = those.dt.tz_localize(zone)
        begun[those.index] = local.dt.tz_convert("UTC").dt.tz_localize(None).astype(begun.dtype)
    return begun


def local_date(moments: pd.Series, zones: pd.Series) -> pd.Series:
    """The local dates of UTC instants."""
    dates = pd.Series(pd.NaT, index=moments.index, dtype="datetime64[us]")
    for zone, those in moments.groupby(zones, observed=True):
        local = those.dt.tz_localize("UTC").dt.tz_convert(zone)
        dates[those.index] = local.dt.tz_localize(None).dt.normalize().astype(dates.dtype)
    return dates


def read_assignments(raw: Raw) -> pd.DataFrame:
    """One row per agent and time in one team, with the UTC instant at which it begins."""
    columns = ["agent_id", "team_id", "supervisor_agent_id", "site_id", "job_role",
               "site_time_zone", "scorecard_eligible", "employment_status",
               "valid_from", "valid_to"]  # fmt: skip
    roster = raw.newest_snapshot("agent_roster", columns)
    roster["is_scorecard_eligible"] = roster["scorecard_eligible"] & (
        roster["employment_status"] == "active"
    )
    roster["from_date"] = roster["valid_from"].astype("datetime64[us]")
    roster["to_date"] = _day_after(roster["valid_to"])
    roster["starts_at"] = local_midnight(roster["from_date"], roster["site_time_zone"])
    return roster[
        ["agent_id", "team_id", "supervisor_agent_id", "site_id", "job_role", "site_time_zone",
         "is_scorecard_eligible", "from_date", "to_date", "starts_at"]
    ]  # fmt: skip


def read_logins(raw: Raw, assignments: pd.DataFrame) -> pd.DataFrame:
    """One row per log-in and holder; midnight is that of the holder's first place."""
    columns = ["identity_system", "external_id", "agent_id", "valid_from", "valid_to"]
    logins = raw.newest_snapshot("agent_identity", columns)
    logins["valid_from"] = logins["valid_from"].astype("datetime64[us]")
    logins["to_date"] = _day_after(logins["valid_to"])
    places = logins.reset_index().merge(
        assignments[["agent_id", "from_date", "to_date", "site_time_zone"]],
        on="agent_id",
        suffixes=("", "_there"),
    )
    places = places[places["valid_from"] < places["to_date_there"]].sort_values("from_date")
    first = places.drop_duplicates("index").set_index("index")["site_time_zone"]
    zone = first.reindex(logins.index).fillna("UTC")
    logins["holds_from"] = local_midnight(logins["valid_from"], zone)
    ended = logins["to_date"] < OPEN_END
    logins["holds_to"] = local_midnight(logins["to_date"].where(ended), zone).fillna(OPEN_END)
    logins = logins.sort_values(["holds_from", "agent_id"])
    handed_on = logins.groupby(["identity_system", "external_id"])["holds_from"].shift(-1)
    logins["holds_to"] = logins["holds_to"].where(
        handed_on.isna() | (logins["holds_to"] <= handed_on), handed_on
    )
    return logins[["identity_system", "external_id", "agent_id", "holds_from", "holds_to"]]


def agents_of(
    logins: pd.DataFrame, system: str, external_ids: pd.Series, moments: pd.Series
) -> pd.Series:
    """Answer who held each log-in at each moment, on the index of the events."""
    mine = logins[logins["identity_system"] == system]
    events = pd.DataFrame({"external_id": external_ids.astype("str"), "moment": moments})
    held = events.reset_index(names="event").merge(mine, on="external_id")
    held = held[(held["moment"] >= held["holds_from"]) & (held["moment"] < held["holds_to"])]
    return held.set_index("event")["agent_id"].reindex(events.index)


def _day_after(last_dates: pd.Series) -> pd.Series:
    days = last_dates.astype("datetime64[us]")
    return (days + pd.Timedelta(days=1)).fillna(OPEN_END)
