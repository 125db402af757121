"""Time that counts neither for nor against anybody.

Belongs here: outages of a site, approved exceptions, and the two as one.
Does not belong here: what is counted in the rest (`activities`).
"""

import polars as pl

from tests.bench.by_polars.feeds import Raw
from tests.bench.by_polars.people import OPEN_END, People

PERIOD = ["agent_id", "starts_at", "ends_at"]


def read_left_out(raw: Raw, people: People) -> pl.LazyFrame:
    """One row per agent and time left out; what overlaps is one."""
    excused = pl.concat([_outages(raw, people), _exceptions(raw, people)])
    reached_at = pl.col("ends_at").cum_max().shift().over("agent_id")
    begins_anew = (pl.col("starts_at") > reached_at).fill_null(value=True)
    return (
        excused.filter(pl.col("ends_at") > pl.col("starts_at"))
        .sort(PERIOD)
        .with_columns(island=begins_anew.cum_sum())
        .group_by("agent_id", "island")
        .agg(pl.col("starts_at").min(), pl.col("ends_at").max())
        .drop("island")
    )


def _outages(raw: Raw, people: People) -> pl.LazyFrame:
    columns = ["incident_id", "scope_type", "scope_id", "status", "started_at", "ended_at",
               "affects_adherence"]  # fmt: skip
    incidents = raw.newest_rows("service_incident", columns, key=["incident_id"]).filter(
        pl.col("affects_adherence"), pl.col("status") != "retracted", scope_type="site"
    )
    left_at = pl.col("starts_at").shift(-1, fill_value=OPEN_END).over("agent_id")
    there = people.assignments.lazy().sort("starts_at").with_columns(left_at=left_at)
    return there.join(incidents, left_on="site_id", right_on="scope_id").select(
        "agent_id",
        starts_at=pl.max_horizontal("starts_at", "started_at"),
        ends_at=pl.min_horizontal(pl.col("ended_at").fill_null(raw.as_of), "left_at"),
    )


def _exceptions(raw: Raw, people: People) -> pl.LazyFrame:
    columns = ["exception_id", "agent_external_id", "start_at", "end_at", "status"]
    approved = raw.newest_rows("adherence_exception", columns, key=["exception_id"]).filter(
        status="approved"
    )
    named = people.named(approved, "wfm", login="agent_external_id", moment="start_at")
    return named.filter(pl.col("agent_id").is_not_null()).select(
        "agent_id", starts_at="start_at", ends_at="end_at"
    )
