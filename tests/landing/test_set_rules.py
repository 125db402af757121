"""Rules between rows: who is where when, once; broken ones refuse a delivery or are counted."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from orchestration.landing.contract import Contract, SetRule, load_contracts
from orchestration.landing.refusal import DeliveryRefused
from orchestration.landing.set_rules import broken_set_rules
from tests.landing.conftest import Site

ROSTER = (
    "agent_id,valid_from,valid_to,employment_status,worker_type,job_role,team_id,site_id,"
    "site_time_zone,hire_date,scorecard_eligible\n"
)
IDENTITY = "agent_id,identity_system,external_id,id_type,valid_from,valid_to\n"
STATES = "agent_external_id,platform,state_code,start_at,end_at\n"


def period(agent: str, since: str, until: str = "", status: str = "active") -> str:
    terms = "employee,agent,t1,s1,Europe/Lisbon,2020-01-01,true"
    return f"{agent},{since},{until},{status},{terms}\n"


def state(since: str, until: str, *, platform: str = "telephony", agent: str = "x1") -> str:
    end = f"2026-06-01T{until}Z" if until else ""
    return f"{agent},{platform},READY,2026-06-01T{since}Z,{end}\n"


def flagged(site: Site, feed: str, content: str) -> dict[str, int]:
    site.write("rows.csv", content)
    (batch,) = site.land(feed)
    return batch.accounting.flagged


def test_periods_of_an_agent_that_follow_each_other_are_accepted(site: Site) -> None:
    rows = period("a1", "2026-01-01", "2026-02-28") + period("a1", "2026-03-01")
    assert flagged(site, "agent_roster", ROSTER + rows) == {}


def test_a_roster_with_an_agent_in_two_places_at_once_is_sent_back(site: Site) -> None:
    rows = period("a1", "2026-01-01", "2026-03-01") + period("a1", "2026-03-01")
    site.write("roster.csv", ROSTER + period("a2", "2026-01-01") + rows)
    with pytest.raises(DeliveryRefused) as refusal:
        site.land("agent_roster")
    assert str(refusal.value) == (
        "agent_roster: roster.csv: breaks the rule no_overlapping_periods 1 times, first for"
        " agent_id a1 from 2026-03-01 00:00:00. Next: have the periods corrected at the source,"
        " and deliver it again whole."
    )
    assert not list(site.home.rglob("*.json"))


def test_a_long_period_is_noticed_behind_a_short_one(site: Site) -> None:
    rows = [
        ("2026-01-01", "2026-12-31"),
        ("2027-01-01", "2027-01-02"),
        ("2026-06-01", "2026-06-02"),
    ]
    site.write("roster.csv", ROSTER + "".join(period("a1", *row) for row in rows))
    with pytest.raises(DeliveryRefused, match="from 2026-06-01"):
        site.land("agent_roster")


@pytest.mark.parametrize(
    ("rows", "times"),
    [
        (period("a1", "2026-01-01"), 0),
        (period("a1", "2026-01-01", "2026-02-28"), 1),
        (
            period("a1", "2026-01-01", "2026-02-28") + period("a1", "2026-03-01", "", "terminated"),
            0,
        ),
        (period("a1", "2026-01-01", "2026-02-28", "terminated"), 0),
        (period("a1", "2026-01-01", "2026-02-28") + period("a2", "2026-01-01"), 1),
    ],
)
def test_an_agent_who_has_not_left_has_exactly_one_open_period(
    site: Site, rows: str, times: int
) -> None:
    expected = {"one_open_period": times} if times else {}
    assert flagged(site, "agent_roster", ROSTER + rows) == expected


def test_a_log_in_may_be_written_twice_for_the_same_agent(site: Site) -> None:
    rows = "a1,acd,x1,login,2026-01-01,\n" + "a1,acd,x1,login,2026-02-01,\n"
    assert flagged(site, "agent_identity", IDENTITY + rows) == {}


@pytest.mark.parametrize(
    "rows",
    [
        ["a1,acd,x1,login,2026-01-01,", "a2,acd,x1,login,2026-02-01,"],
        # The two that overlap do not follow each other.
        [
            "a1,acd,x1,login,2026-01-01,",
            "a2,acd,x1,login,2026-02-01,2026-02-02",
            "a1,acd,x1,login,2026-02-03,",
        ],
        [
            "a2,acd,x1,login,2026-01-01,2026-03-01",
            "a1,acd,x1,login,2026-02-01,",
            "a1,acd,x1,login,2026-02-15,",
        ],
    ],
)
def test_a_log_in_of_two_agents_at_once_sends_the_identities_back(
    site: Site, rows: list[str]
) -> None:
    site.write("identities.csv", IDENTITY + "".join(f"{row}\n" for row in rows))
    with pytest.raises(DeliveryRefused, match="identity_system acd external_id x1"):
        site.land("agent_identity")


def test_one_log_in_in_two_systems_is_two_log_ins(site: Site) -> None:
    rows = "a1,acd,x1,login,2026-01-01,\n" + "a2,crm,x1,login,2026-01-01,\n"
    assert flagged(site, "agent_identity", IDENTITY + rows) == {}


@pytest.mark.parametrize(
    ("rows", "times"),
    [
        (state("08:00:00", "08:30:00") + state("08:30:00", "09:00:00"), 0),
        (state("08:00:00", "08:30:00") + state("08:29:59", "09:00:00"), 0),
        (state("08:00:00", "08:30:00") + state("08:29:58", "09:00:00"), 1),
        (state("08:00:00", "") + state("08:10:00", "08:20:00"), 1),
        (state("08:00:00", "08:30:00") + state("08:10:00", "08:20:00", platform="chat"), 0),
        (state("08:00:00", "08:30:00") + state("08:10:00", "08:20:00", agent="x2"), 0),
    ],
)
def test_states_that_overlap_by_more_than_a_second_are_counted_and_kept(
    site: Site, rows: str, times: int
) -> None:
    expected = {"one_state_at_a_time": times} if times else {}
    assert flagged(site, "actual_activity", STATES + rows) == expected


@pytest.fixture
def chaotic() -> Iterator[tuple[duckdb.DuckDBPyConnection, Contract]]:
    """Ten thousand periods of two hundred keys, set down at random."""
    contract = load_contracts()["agent_identity"]
    with duckdb.connect() as connection:
        connection.execute(
            "create table accepted as select 'a' || (hash(i, 1) % 2) as agent_id,"
            " 'acd' as identity_system, 'x' || (i % 4000) as external_id,"
            " date '2026-01-01' + (hash(i, 2) % 300)::integer as valid_from,"
            " case when hash(i, 3) % 5 > 0 then valid_from + (hash(i, 4) % 90)::integer end"
            " as valid_to from range(10000) as numbers(i)"
        )
        yield connection, contract


@pytest.mark.parametrize("differing", [None, "agent_id"])
def test_a_key_is_broken_exactly_when_two_of_its_rows_overlap(
    chaotic: tuple[duckdb.DuckDBPyConnection, Contract], differing: str | None
) -> None:
    connection, contract = chaotic
    differs = "and one.agent_id <> other.agent_id" if differing else ""
    (pairs,) = connection.execute(
        "select list(distinct one.external_id order by one.external_id) from accepted as one"
        " inner join accepted as other on one.external_id = other.external_id"
        f" and one.rowid < other.rowid {differs}"
        " and one.valid_from <= coalesce(other.valid_to, date '9999-12-31')"
        " and other.valid_from <= coalesce(one.valid_to, date '9999-12-31')"
    ).fetchall()[0]
    assert 100 < len(pairs) < 3_900
    rule: dict[str, Any] = {"kind": "no_overlap", "per": ["external_id"], "on_break": "flag"}
    alone = contract.model_copy(update={"set_rules": {"r": SetRule(**rule, differing=differing)}})
    for key in pairs[:30]:
        (broken,) = broken_set_rules(connection, alone)
        assert broken.example.split()[1] == key
        connection.execute("delete from accepted where external_id = ?", [key])
