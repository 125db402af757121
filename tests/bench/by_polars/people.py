"""Who was where under whom, and which log-in was whose.

Belongs here: assignments with their zone, log-ins with their holder, the agent of an event.
Does not belong here: shifts and business days (`days`).
"""

from datetime import datetime

import polars as pl

from tests.bench.by_polars.feeds import Raw
from tests.bench.wanted import PLACE

OPEN_END = datetime(9999, 12, 31)


class Zones:
    """The zones of a centre: polars converts a column to one zone, and a centre has a few."""

    def __init__(self, zones: pl.Series) -> None:
        self.names = zones.unique().sort().to_list()

    def date_of(self, moment: pl.Expr, zone: pl.Expr) -> pl.Expr:
        """The local date of a UTC instant."""
        utc = moment.dt.replace_time_zone("UTC")
        return self._in_each(
            zone, {name: utc.dt.convert_time_zone(name).dt.date() for name in self.names}
        )

    def midnight_of(self, date: pl.Expr, zone: pl.Expr) -> pl.Expr:
        """The UTC instant at which a local date begins."""
        local = date.cast(pl.Datetime("us"))
        return self._in_each(
            zone,
            {
                name: local.dt.replace_time_zone(name, ambiguous="earliest")
                .dt.convert_time_zone("UTC")
                .dt.replace_time_zone(None)
                for name in self.names
            },
        )

    def _in_each(self, zone: pl.Expr, answers: dict[str, pl.Expr]) -> pl.Expr:
        return pl.coalesce(pl.when(zone == name).then(answer) for name, answer in answers.items())


class People:
    """The roster and the log-ins of a centre: small, and read once."""

    def __init__(self, raw: Raw) -> None:
        roster = raw.newest_snapshot(
            "agent_roster",
            ["agent_id", "team_id", "supervisor_agent_id", "site_id", "job_role",
             "site_time_zone", "scorecard_eligible", "employment_status", "valid_from", "valid_to"],
        )  # fmt: skip
        logins = raw.newest_snapshot(
            "agent_identity",
            ["identity_system", "external_id", "agent_id", "valid_from", "valid_to"],
        )
        self.agents = pl.Enum(pl.concat([roster["agent_id"], logins["agent_id"]]).unique().sort())
        self.zones = Zones(roster["site_time_zone"])
        self.usual_zone: str = roster.sort("site_id")["site_time_zone"][0]
        self.assignments = self._assignments(roster)
        self.logins = self._logins(logins)

    def named(self, events: pl.LazyFrame, system: str, *, login: str, moment: str) -> pl.LazyFrame:
        """Add who held each log-in at each moment; the events come back in order of the moment."""
        mine = self.logins.lazy().filter(identity_system=system).drop("identity_system")
        held = events.sort(moment).join_asof(
            mine.sort("holds_from"),
            left_on=moment, right_on="holds_from", by_left=login, by_right="external_id",
            check_sortedness=False,
        )  # fmt: skip
        return held.with_columns(
            agent_id=pl.when(pl.col(moment) < pl.col("holds_to")).then("agent_id")
        ).drop("holds_from", "holds_to")

    def _assignments(self, roster: pl.DataFrame) -> pl.DataFrame:
        """One row per agent and time in one team, with the UTC instant at which it begins."""
        eligible = pl.col("scorecard_eligible") & (pl.col("employment_status") == "active")
        return roster.select(
            pl.col("agent_id").cast(self.agents),
            *(name for name in PLACE if name != "is_scorecard_eligible"),
            "site_time_zone",
            is_scorecard_eligible=eligible,
            from_date="valid_from",
            to_date=_day_after("valid_to"),
            starts_at=self.zones.midnight_of(pl.col("valid_from"), pl.col("site_time_zone")),
        )

    def _logins(self, logins: pl.DataFrame) -> pl.DataFrame:
        """One row per log-in and holder; midnight is that of the holder's first place."""
        logins = logins.with_columns(
            pl.col("agent_id").cast(self.agents), to_date=_day_after("valid_to")
        ).with_row_index("login")
        places = self.assignments.select(
            "agent_id", "from_date", "site_time_zone", there_to="to_date"
        )
        first = (
            logins.join(places, on="agent_id")
            .filter(pl.col("valid_from") < pl.col("there_to"))
            .sort("from_date")
            .unique("login", keep="first")
            .select("login", zone="site_time_zone")
        )
        zone = pl.col("zone")
        utc = pl.col("valid_from").cast(pl.Datetime("us"))
        ends = pl.when(pl.col("valid_to").is_not_null()).then("to_date")
        holds_to = pl.coalesce(
            self.zones.midnight_of(ends, zone), ends.cast(pl.Datetime("us")), pl.lit(OPEN_END)
        )
        handed_on = pl.col("holds_from").shift(-1).over("identity_system", "external_id")
        return (
            logins.join(first, on="login", how="left")
            .with_columns(
                holds_from=pl.coalesce(self.zones.midnight_of(pl.col("valid_from"), zone), utc),
                holds_to=holds_to,
            )
            .sort("holds_from", "agent_id")
            .with_columns(holds_to=pl.min_horizontal("holds_to", handed_on))
            .select("identity_system", "external_id", "agent_id", "holds_from", "holds_to")
        )


def latest(events: pl.LazyFrame, states: pl.LazyFrame, *, moment: str, since: str) -> pl.LazyFrame:
    """Add what last began for the agent; sorted are both, which polars cannot check in groups."""
    return events.sort(moment).join_asof(
        states.sort(since), left_on=moment, right_on=since, by="agent_id", check_sortedness=False
    )


def _day_after(last_date: str) -> pl.Expr:
    return pl.col(last_date).dt.offset_by("1d").fill_null(OPEN_END.date())
