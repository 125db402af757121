"""Time that counts neither for nor against anybody.

Belongs here: outages of a site, approved exceptions, and the two as one.
Does not belong here: what is counted in the rest (`activities`).
"""

import pandas as pd

from tests.bench.by_pandas.feeds import Raw
from tests.bench.by_pandas.people import OPEN_END, agents_of

PERIOD = ["agent_id", "starts_at", "ends_at"]


def read_left_out(raw: Raw, logins: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """One row per agent and time left out; what overlaps is one."""
    excused = pd.concat([_outages(raw, assignments), _exceptions(raw, logins)], ignore_index=True)
    excused = excused[excused["ends_at"] > excused["starts_at"]].sort_values(PERIOD)
    agents = excused["agent_id"]
    reached_at = excused.groupby("agent_id")["ends_at"].cummax().groupby(agents).shift()
    excused["island"] = (reached_at.isna() | (excused["starts_at"] > reached_at)).cumsum()
    merged = excused.groupby(["agent_id", "island"], as_index=False)
    return merged.agg(starts_at=("starts_at", "min"), ends_at=("ends_at", "max")).assign(
        is_left_out=True
    )


def _outages(raw: Raw, assignments: pd.DataFrame) -> pd.DataFrame:
    columns = ["incident_id", "scope_type", "scope_id", "status", "started_at", "ended_at",
               "affects_adherence"]  # fmt: skip
    incidents = raw.newest_rows("service_incident", columns, key=["incident_id"])
    counted = (incidents["status"] != "retracted") & incidents["affects_adherence"]
    incidents = incidents[counted & (incidents["scope_type"] == "site")]
    there = assignments.sort_values("starts_at")
    there["left_at"] = there.groupby("agent_id")["starts_at"].shift(-1).fillna(OPEN_END)
    concerned = there.merge(incidents, left_on="site_id", right_on="scope_id")
    until = concerned["ended_at"].fillna(raw.as_of)
    return pd.DataFrame(
        {
            "agent_id": concerned["agent_id"],
            "starts_at": concerned[["starts_at", "started_at"]].max(axis=1),
            "ends_at": until.where(until < concerned["left_at"], concerned["left_at"]),
        }
    )


def _exceptions(raw: Raw, logins: pd.DataFrame) -> pd.DataFrame:
    columns = ["exception_id", "agent_external_id", "start_at", "end_at", "status"]
    asked = raw.newest_rows("adherence_exception", columns, key=["exception_id"])
    asked["agent_id"] = agents_of(logins, "wfm", asked["agent_external_id"], asked["start_at"])
    approved = asked[asked["status"] == "approved"].dropna(subset="agent_id")
    return approved.rename(columns={"start_at": "starts_at", "end_at": "ends_at"})[PERIOD]
