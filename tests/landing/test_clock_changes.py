"""Local times on the two nights of the year on which a clock is moved.

Bounds are those of the zones' own rules: the first and the last second that is skipped or shown
twice, and the seconds beside them.
"""

from datetime import datetime, timedelta

import pytest

from orchestration.landing.local_times import shifts_back
from tests.landing.conftest import Site

HEAD = "agent_external_id,activity_code,start_at,end_at,is_published,schedule_version,second_hour\n"
GOOD = "".join(
    f"a,work,2026-06-{1 + n % 28:02}T{n // 28:02}:00:00,2026-06-{1 + n % 28:02}T{n // 28:02}:30:00,"
    "true,0,\n"
    for n in range(400)
)
SECOND = timedelta(seconds=1)

# Zone, the first local time that was skipped, the first one after the gap.
SKIPPED = [
    ("Europe/London", "2026-03-29T01:00:00", "2026-03-29T02:00:00"),
    ("America/New_York", "2026-03-08T02:00:00", "2026-03-08T03:00:00"),
    ("America/Sao_Paulo", "2018-11-04T00:00:00", "2018-11-04T01:00:00"),
    ("Australia/Lord_Howe", "2026-10-04T02:00:00", "2026-10-04T02:30:00"),
    ("Antarctica/Troll", "2026-03-29T01:00:00", "2026-03-29T03:00:00"),
]
# Zone, the first local time that was shown twice, the first one after, its first moment in UTC,
# and the seconds between the two moments.
REPEATED = [
    ("Europe/London", "2026-10-25T01:00:00", "2026-10-25T02:00:00", "2026-10-25T00:00:00", 3600),
    ("America/New_York", "2026-11-01T01:00:00", "2026-11-01T02:00:00", "2026-11-01T05:00:00",
     3600),
    ("America/Sao_Paulo", "2019-02-16T23:00:00", "2019-02-17T00:00:00", "2019-02-17T01:00:00",
     3600),
    ("Australia/Lord_Howe", "2026-04-05T01:30:00", "2026-04-05T02:00:00", "2026-04-04T14:30:00",
     1800),
    ("Antarctica/Troll", "2026-10-25T01:00:00", "2026-10-25T03:00:00", "2026-10-24T23:00:00",
     7200),
]  # fmt: skip
# Zone, start and end of a shift across the change, its hours.
OVERNIGHT = [
    ("Europe/London", "2026-03-28T22:00:00", "2026-03-29T06:00:00", 7),
    ("Europe/London", "2026-10-24T22:00:00", "2026-10-25T06:00:00", 9),
    ("America/New_York", "2026-03-07T22:00:00", "2026-03-08T06:00:00", 7),
    ("America/New_York", "2026-10-31T22:00:00", "2026-11-01T06:00:00", 9),
    ("America/Sao_Paulo", "2018-11-03T22:00:00", "2018-11-04T06:00:00", 7),
    ("America/Sao_Paulo", "2019-02-16T22:00:00", "2019-02-17T06:00:00", 9),
    ("America/Sao_Paulo", "2026-02-21T22:00:00", "2026-02-22T06:00:00", 8),
    ("Australia/Lord_Howe", "2026-10-03T22:00:00", "2026-10-04T06:00:00", 7.5),
    ("Australia/Lord_Howe", "2026-04-04T22:00:00", "2026-04-05T06:00:00", 8.5),
]


def reasons_at(site: Site, zone: str, start: datetime) -> list[str]:
    """Land one activity that starts at a local time; answer what is wrong with its start."""
    end = start + timedelta(hours=12)
    site.write(f"{start:%H%M%S}.csv", f"{HEAD}{GOOD}a,work,{start:%FT%T},{end:%FT%T},true,0,\n")
    (batch,) = site.land("planned_activity", more=f"    zone: {zone}\n")
    return [why for _, reasons in site.quarantined(batch) for why in reasons if "start" in why]


@pytest.mark.parametrize(("zone", "first", "after"), SKIPPED)
def test_a_skipped_time_is_kept_apart_and_the_seconds_beside_it_are_not(
    site: Site, zone: str, first: str, after: str
) -> None:
    begin, end = datetime.fromisoformat(first), datetime.fromisoformat(after)
    for inside in (begin, end - SECOND):
        assert reasons_at(site, zone, inside) == ["time:nonexistent:start_at"]
    for outside in (begin - SECOND, end):
        assert reasons_at(site, zone, outside) == []


@pytest.mark.parametrize(("zone", "first", "after", "_utc", "_apart"), REPEATED)
def test_a_repeated_time_is_kept_apart_and_the_seconds_beside_it_are_not(
    site: Site, zone: str, first: str, after: str, _utc: str, _apart: int
) -> None:
    begin, end = datetime.fromisoformat(first), datetime.fromisoformat(after)
    for inside in (begin, end - SECOND):
        assert reasons_at(site, zone, inside) == ["time:ambiguous:start_at"]
    for outside in (begin - SECOND, end):
        assert reasons_at(site, zone, outside) == []


@pytest.mark.parametrize(("zone", "local", "_after", "utc", "apart"), REPEATED)
def test_a_column_that_says_which_hour_it_was_resolves_a_repeated_time(
    site: Site, zone: str, local: str, _after: str, utc: str, apart: int
) -> None:
    end = datetime.fromisoformat(local) + timedelta(hours=12)
    rows = [f"a,work,{local},{end:%FT%T},true,{n},{hour}\n" for n, hour in enumerate("NY")]
    site.write("a.csv", HEAD + "".join(rows))
    fold = "    fold: {start_at: \"second_hour = 'Y'\"}\n"
    (batch,) = site.land("planned_activity", more=f"    zone: {zone}\n{fold}")
    first = datetime.fromisoformat(utc)
    found = sorted(site.accepted(batch, "schedule_version, start_at"))
    assert found == [(0, first), (1, first + timedelta(seconds=apart))]


def test_an_empty_fold_column_resolves_nothing(site: Site) -> None:
    row = "a,work,2026-10-25T01:30:00,2026-10-25T09:00:00,true,0,\n"
    site.write("a.csv", HEAD + GOOD + row)
    fold = "    fold: {start_at: \"second_hour = 'Y'\"}\n"
    (batch,) = site.land("planned_activity", more=f"    zone: Europe/London\n{fold}")
    assert batch.accounting.reasons == {"time:ambiguous:start_at": 1}


def test_an_offset_resolves_a_repeated_time(site: Site) -> None:
    end = "2026-10-25T09:00:00Z"
    rows = [f"a,work,2026-10-25T01:30:00{at},{end},true,{n},\n" for n, at in enumerate(
        ["+01:00", "+00:00"])]  # fmt: skip
    site.write("a.csv", HEAD + "".join(rows))
    (batch,) = site.land("planned_activity", more="    zone: Europe/London\n")
    found = sorted(site.accepted(batch, "start_at::varchar"))
    assert found == [("2026-10-25 00:30:00",), ("2026-10-25 01:30:00",)]


@pytest.mark.parametrize(("zone", "start", "end", "hours"), OVERNIGHT)
def test_a_shift_across_a_clock_change_has_the_hours_that_were_worked(
    site: Site, zone: str, start: str, end: str, hours: float
) -> None:
    site.write("a.csv", f"{HEAD}a,work,{start},{end},true,0,\n")
    (batch,) = site.land("planned_activity", more=f"    zone: {zone}\n")
    assert site.accepted(batch, "epoch(end_at - start_at) / 3600") == [(hours,)]


def test_the_sizes_of_the_steps_back_come_from_the_zone() -> None:
    years = {"first_year": 1990, "last_year": 2100}
    assert shifts_back("Australia/Lord_Howe", **years) == (1800,)
    assert shifts_back("Europe/London", **years) == (3600,)
    assert shifts_back("Asia/Tokyo", **years) == ()
