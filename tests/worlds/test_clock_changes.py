"""World (h): a shift through the night in which a clock is moved has the seconds that passed.

In one October the clocks of Lisbon go back and those of Sydney forward, so the third site of the
made-up centre is moved there; everybody works nights, or few would work those two. The answers come
from the files as they were sent, and from Python's own time zones.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from orchestration.night.home import Home
from orchestration.night.models import build_models
from orchestration.synthetic_centre import make_centre
from orchestration.synthetic_centre.engine.declarations import read_declarations
from tests.conftest import Centre
from tests.worlds.test_synthetic_centre import tables_of

pytestmark = pytest.mark.night

AGENTS, DAYS, FIRST_DAY = 24, 27, date(2026, 10, 1)
DAY = timedelta(days=1)
# metrics/measures.yml: so long before and after a shift, what happens still belongs to it.
SHIFT_MARGIN = timedelta(minutes=120)
NIGHT_SHIFT_STARTS_MINUTE = 22 * 60


@dataclass(frozen=True, kw_only=True)
class Change:
    """The day on which a site's clock is moved, the day's length, and how far the hands move."""

    zone: str
    day: date
    day_seconds: int
    moved_seconds: int


BACK = Change(zone="Europe/Lisbon", day=date(2026, 10, 25), day_seconds=90_000, moved_seconds=-3600)
FORWARD = Change(
    zone="Australia/Sydney", day=date(2026, 10, 4), day_seconds=82_800, moved_seconds=3600
)
CHANGES = pytest.mark.parametrize("change", [BACK, FORWARD], ids=["back", "forward"])


@dataclass(frozen=True, kw_only=True)
class Shift:
    """One shift as it was planned."""

    agent_id: str
    zone: ZoneInfo
    starts_at: datetime
    ends_at: datetime
    scheduled_seconds: int

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(self.zone).date()

    @property
    def seconds_on_the_wall(self) -> float:
        """What somebody would say who only looked at the clock on the wall, before and after."""
        began, ended = (
            moment.astimezone(self.zone).replace(tzinfo=None)
            for moment in (self.starts_at, self.ends_at)
        )
        return (ended - began).total_seconds()

    def is_through(self, change: Change) -> bool:
        began, ended = self.starts_at.astimezone(self.zone), self.ends_at.astimezone(self.zone)
        is_moved = began.utcoffset() != ended.utcoffset()
        return is_moved and (self.zone.key, self.day) == (change.zone, change.day - DAY)


@dataclass(frozen=True, kw_only=True)
class Lived:
    """The centre after the build, and what it sent."""

    centre: Centre
    shifts: list[Shift]
    legs: list[tuple[str | None, datetime, datetime]]
    zones: dict[str, ZoneInfo]

    def warehouse(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.centre.home.warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def lived(new_home: Callable[[Path], Home], tmp_path_factory: pytest.TempPathFactory) -> Lived:
    centre = Centre(new_home(tmp_path_factory.mktemp("clocks") / "home").root)
    tables = read_declarations().tables
    (toronto,) = (site for site in tables["sites"] if site["site_id"] == "toronto")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(toronto, "zone", FORWARD.zone)
        for pattern in tables["shift_patterns"]:
            patch.setitem(pattern, "start_minute", NIGHT_SHIFT_STARTS_MINUTE)
        facts = make_centre(
            centre.home.root, agents=AGENTS, days=DAYS, first_day=FIRST_DAY, worlds=()
        )
    centre.applied()
    facts_of_the_day = ["+fct_agent_day", "+fct_agent_day_queue"]
    results = build_models(centre.home, warehouse=centre.home.warehouse, select=facts_of_the_day)
    assert all(result.is_good for result in results)
    sent = tables_of(facts)
    roster = sent.execute("select distinct agent_id, site_time_zone from agent_roster").fetchall()
    zones = {agent_id: ZoneInfo(zone) for agent_id, zone in roster}
    legs = sent.execute("select agent_id, began, arrived from leg").fetchall()
    return Lived(centre=centre, shifts=list(shifts_of(sent, zones)), legs=legs, zones=zones)


def shifts_of(sent: duckdb.DuckDBPyConnection, zones: dict[str, ZoneInfo]) -> Iterator[Shift]:
    planned = sent.execute(
        "select agent_id, min(start_at::timestamptz), max(end_at::timestamptz),"
        " coalesce(sum(epoch(end_at::timestamptz - start_at::timestamptz))"
        "     filter (counts_in_adherence = 'true'), 0)::bigint"
        " from planned_activity inner join activity_type using (activity_code)"
        " inner join agent_identity on external_id = agent_external_id"
        " and identity_system = 'wfm' group by agent_id, shift_id"
    ).fetchall()
    for agent_id, starts_at, ends_at, seconds in planned:
        yield Shift(
            agent_id=agent_id,
            zone=zones[agent_id],
            starts_at=starts_at.astimezone(UTC),
            ends_at=ends_at.astimezone(UTC),
            scheduled_seconds=seconds,
        )


@CHANGES
def test_the_day_of_the_change_is_an_hour_longer_or_shorter_for_who_is_off(
    lived: Lived, change: Change
) -> None:
    at_work = {
        (shift.agent_id, day) for shift in lived.shifts for day in (shift.day, shift.day + DAY)
    }
    off = {
        (agent_id, day): seconds
        for agent_id, day, seconds in lived.warehouse(
            "select agent_id, activity_date, sum(epoch(ends_at) - epoch(starts_at))::bigint"
            " from conformed.int_business_day group by all"
        )
        if agent_id
        and lived.zones[agent_id].key == change.zone
        and (agent_id, day) not in at_work
        and FIRST_DAY <= day < FIRST_DAY + (DAYS - 1) * DAY
    }
    usual = {seconds for (_, day), seconds in off.items() if day != change.day}
    assert {seconds for (_, day), seconds in off.items() if day == change.day} == {
        change.day_seconds
    }
    assert usual == {86_400}


@CHANGES
def test_a_shift_through_the_change_is_scheduled_for_the_seconds_that_pass(
    lived: Lived, change: Change
) -> None:
    shifts = {shift.agent_id: shift for shift in lived.shifts if shift.is_through(change)}
    found = lived.warehouse(
        "select agent_id, scheduled_seconds from facts.fct_agent_day"
        f" where activity_date = '{change.day - DAY}' and scheduled_seconds > 0"
    )
    scheduled = {agent: seconds for agent, seconds in found if agent in shifts}
    working = {agent: shift for agent, shift in shifts.items() if shift.scheduled_seconds}
    assert working
    for elapsed in (
        {agent: (it.ends_at - it.starts_at).total_seconds() for agent, it in working.items()},
        {agent: it.seconds_on_the_wall - change.moved_seconds for agent, it in working.items()},
    ):
        assert scheduled == elapsed


def test_every_day_has_the_scheduled_seconds_that_were_sent(lived: Lived) -> None:
    sent: Counter[tuple[str, date]] = Counter()
    for shift in lived.shifts:
        sent[shift.agent_id, shift.day] += shift.scheduled_seconds
    found = lived.warehouse(
        "select agent_id, activity_date, scheduled_seconds from facts.fct_agent_day"
        " where scheduled_seconds > 0"
    )
    assert {(agent, day): seconds for agent, day, seconds in found} == +sent


def test_agents_and_nobody_have_every_contact_of_the_days_of_a_change(lived: Lived) -> None:
    sent = Counter(
        (agent or "", business_day(lived, agent, began=began, arrived=arrived))
        for agent, began, arrived in lived.legs
    )
    found = lived.warehouse(
        "select agent_id, activity_date, sum(offered_contacts)::bigint"
        " from facts.fct_agent_day_queue where offered_contacts > 0 group by all"
        " union all select '', activity_date, count(*) from facts.fct_contact"
        " where agent_id is null group by all"
    )
    assert {(agent, day): contacts for agent, day, contacts in found} == sent
    for change in (BACK, FORWARD):
        for day in (change.day - DAY, change.day):
            assert sum(count for (agent, of), count in sent.items() if of == day and agent) > 0
            assert sent["", day] > 0


def business_day(lived: Lived, agent: str | None, *, began: datetime, arrived: datetime) -> date:
    """In a shift its local date, outside of one the contact's own; nobody is in Lisbon."""
    for shift in lived.shifts:
        is_own = shift.agent_id == agent
        if is_own and shift.starts_at - SHIFT_MARGIN <= began < shift.ends_at + SHIFT_MARGIN:
            return shift.day
    zone = lived.zones[agent] if agent else ZoneInfo(BACK.zone)
    return arrived.astimezone(zone).date()
