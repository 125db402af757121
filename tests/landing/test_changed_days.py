"""Every feed of the warehouse can be applied, and its rows say which days they reach."""

from datetime import date

import duckdb
import pytest

from tests.landing.conftest import Site
from tests.landing.contract_rows import GOOD, as_csv, material_for

ALWAYS = (date(1, 1, 1), date(9999, 12, 31))
CONTACT = "contact_id,leg_id,channel,direction,contact_started_at,leg_started_at,was_handled"
CONTACT += ",was_abandoned,source_updated_at\n"
EVALUATION = "evaluation_id,revision,contact_id,agent_external_id,method,purpose,sampling,form_id"
EVALUATION += ",form_version,status,evaluated_at,source_updated_at\n"
INCIDENT = "incident_id,scope_type,scope_id,affected_system,severity,status,started_at,ended_at"
INCIDENT += ",affects_adherence,affects_handle_time,affects_resolution,affects_survey"
INCIDENT += ",source_updated_at\n"


def reached(site: Site, warehouse: duckdb.DuckDBPyConnection, feed: str) -> list[tuple[date, date]]:
    site.apply(warehouse)
    return warehouse.execute(
        "select first_date, last_date from raw.changed_day where feed = ? order by all", [feed]
    ).fetchall()


def land(site: Site, feed: str, content: str, *, at: str = "2026-07-01T00:00:00Z") -> None:
    site.extract(feed, content, at=at)
    assert len(site.land(feed, files=f"{feed}/*.csv")) == 1


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def test_every_feed_of_the_warehouse_can_be_applied(
    site: Site, warehouse: duckdb.DuckDBPyConnection
) -> None:
    feeds = [
        name
        for name, contract in site.contracts.items()
        if contract.store == "warehouse" and contract.written_by == "source"
    ]
    assert len(feeds) == 23
    for feed in feeds:
        land(site, feed, as_csv(site.contracts[feed], material_for(feed).good))
    applied = site.apply(warehouse)
    assert {one.opened for one in applied} == {GOOD}  # type: ignore[attr-defined]
    found = warehouse.execute("select distinct feed from raw.changed_day").fetchall()
    # The made-up answers and disputes are of evaluations that nobody sent.
    assert {feed for (feed,) in found} == set(feeds) - {"qa_answer"}


def test_an_answer_reaches_the_day_of_the_contact_that_was_evaluated(
    site: Site, warehouse: duckdb.DuckDBPyConnection
) -> None:
    at, later = "2026-06-01T08:00:00Z", "2026-06-20T08:00:00Z"
    leg = f"c1,1,voice,inbound,{at},{at},false,false,{at}\n"
    evaluation = f"e1,1,c1,x1,auto,standard,random,f1,1,in_review,{later},{later}\n"
    answer = "evaluation_id,revision,section_id,question_id,is_na\ne1,1,s1,q1,true\n"
    land(site, "contact_leg", CONTACT + leg, at="2026-06-02T00:00:00Z")
    land(site, "qa_evaluation", EVALUATION + evaluation, at="2026-06-21T00:00:00Z")
    land(site, "qa_answer", answer, at="2026-06-22T00:00:00Z")
    assert reached(site, warehouse, "qa_answer") == [(date(2026, 6, 1), date(2026, 6, 1))]


@pytest.mark.parametrize(
    ("ended", "last"),
    [("2026-06-03T01:00:00Z", date(2026, 6, 3)), ("", date(9999, 12, 31))],
)
def test_an_incident_reaches_every_day_that_it_lasts(
    site: Site, warehouse: duckdb.DuckDBPyConnection, ended: str, last: date
) -> None:
    start = "2026-06-01T23:00:00Z"
    row = f"i1,all,*,telephony,outage,confirmed,{start},{ended},true,true,true,true,{start}\n"
    land(site, "service_incident", INCIDENT + row)
    assert reached(site, warehouse, "service_incident") == [(date(2026, 6, 1), last)]


def test_a_question_of_a_form_reaches_every_day(
    site: Site, warehouse: duckdb.DuckDBPyConnection
) -> None:
    questions = material_for("qa_form_question").good[:3]
    land(site, "qa_form_question", as_csv(site.contracts["qa_form_question"], questions))
    assert reached(site, warehouse, "qa_form_question") == [ALWAYS]


ROSTER = "agent_id,valid_from,valid_to,employment_status,worker_type,job_role,team_id,site_id"
ROSTER += ",site_time_zone,hire_date,termination_date,scorecard_eligible\n"


def employed(agent: str, *, until: str = "", team: str = "blue") -> str:
    return (
        f"{agent},2026-01-01,{until},active,employee,agent,{team},s1,Europe/Berlin,2026-01-01,"
        f"{until},true\n"
    )


@pytest.mark.parametrize(
    ("before", "after", "reaches"),
    [
        ({}, {"until": "2026-06-30"}, [(date(2026, 7, 1), date(9999, 12, 31))]),
        ({"until": "2026-06-30"}, {"until": "2026-05-31"}, [(date(2026, 6, 1), date(2026, 6, 30))]),
        ({}, {"team": "red"}, [(date(2026, 1, 1), date(9999, 12, 31))]),
    ],
)
def test_a_period_that_ends_otherwise_reaches_the_days_between_the_ends_and_another_team_all_of_it(
    site: Site,
    warehouse: duckdb.DuckDBPyConnection,
    before: dict[str, str],
    after: dict[str, str],
    reaches: list[tuple[date, date]],
) -> None:
    others = "".join(employed(f"a{n}") for n in range(9))
    land(site, "agent_roster", ROSTER + others + employed("b", **before), at="2026-07-01T00:00:00Z")
    site.apply(warehouse)
    warehouse.execute("delete from raw.changed_day")
    land(site, "agent_roster", ROSTER + others + employed("b", **after), at="2026-07-02T00:00:00Z")
    assert reached(site, warehouse, "agent_roster") == reaches


def test_a_case_reaches_the_days_of_its_contacts(
    site: Site, warehouse: duckdb.DuckDBPyConnection
) -> None:
    at, later, last = "2026-06-01T08:00:00Z", "2026-06-20T08:00:00Z", "2026-06-22T08:00:00Z"
    header = CONTACT.replace("channel", "case_id,channel")
    land(site, "contact_leg", f"{header}c1,1,k1,voice,inbound,{at},{at},false,false,{at}\n")
    case = "case_id,created_at,status_native,status,resolved_at,source_updated_at\n"
    row = f"k1,{later},done,resolved,{last},{last}\n"
    land(site, "case_record", case + row, at="2026-07-02T00:00:00Z")
    assert reached(site, warehouse, "case_record") == [
        (date(2026, 6, day), date(2026, 6, day)) for day in (1, 20, 22)
    ]
