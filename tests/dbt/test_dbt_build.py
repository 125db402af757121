"""What the models say about a centre small enough to check by hand.

Ann works overnight in Berlin, Ben by day in New York. Surveys are not declared at all.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration.night.home import Home
from orchestration.night.models import build_models
from tests.dbt.conftest import FAR_FUTURE, Warehouse

pytestmark = pytest.mark.dbt

AGENTS = {"ann": "Europe/Berlin", "ben": "America/New_York"}


def leg(contact: str, agent: str | None, at: str, **more: Any) -> dict[str, Any]:
    return {
        "contact_id": contact,
        "leg_id": "1",
        "agent_external_id": agent,
        "channel": "voice",
        "direction": "inbound",
        "queue_id": "bills",
        "contact_started_at": at,
        "leg_started_at": at,
        "talk_seconds": 200,
        "hold_seconds": 0,
        "acw_seconds": 40,
        "was_handled": agent is not None,
        "was_abandoned": agent is None,
        "source_updated_at": at,
        **more,
    }


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Answer the centre as it was written down, not yet built."""
    made = Warehouse(tmp_path_factory.mktemp("by_hand"))
    made.make(as_of="2026-03-31 06:00:00", undeclared=("survey_invitation", "survey_response"))
    for agent, zone in AGENTS.items():
        made.put(
            "agent_roster",
            {
                "agent_id": agent,
                "valid_from": "2026-01-01",
                "employment_status": "active",
                "worker_type": "employee",
                "job_role": "agent",
                "team_id": f"team_of_{agent}",
                "site_id": zone,
                "site_time_zone": zone,
                "hire_date": "2025-01-01",
                "scorecard_eligible": True,
            },
        )
        made.put(
            "agent_identity",
            *(
                {
                    "agent_id": agent,
                    "identity_system": system,
                    "external_id": f"x_{agent}",
                    "id_type": "login",
                    "valid_from": "2026-01-01",
                }
                for system in ("acd", "wfm")
            ),
        )
    made.put(
        "activity_type",
        {
            "source_system": "wfm",
            "activity_code": "QUEUE",
            "activity_name": "On queue",
            "category": "on_queue",
            "is_paid": True,
            "counts_in_adherence": True,
            "valid_from": "2020-01-01",
        },
    )
    overnight = {"start_at": "2026-03-02 21:00:00", "end_at": "2026-03-03 05:00:00"}
    made.put(
        "planned_activity",
        {
            "source_system": "wfm",
            "agent_external_id": "x_ann",
            "shift_id": "s1",
            "activity_code": "queue",
            "is_published": True,
            "schedule_version": 1,
            **overnight,
        },
    )
    made.put(
        "actual_activity",
        {
            "agent_external_id": "x_ann",
            "platform": "all",
            "state_code": "Queue",
            "start_at": "2026-03-02 22:00:00",
            "end_at": "2026-03-03 06:00:00",
        },
    )
    made.put(
        "contact_leg",
        leg("in_the_night", "x_ann", "2026-03-03 03:00:00", customer_key="kim", case_id="k1"),
        leg("kim_again", "x_ben", "2026-03-04 15:00:00", customer_key="kim"),
        leg("before_midnight", "x_ben", "2026-03-05 04:30:00"),
        leg("nobody", None, "2026-03-05 15:00:00"),
        leg("stranger", "x_zoe", "2026-03-05 15:00:00"),
        leg("corrected", "x_ben", "2026-03-06 15:00:00", superseded_at="2026-03-10"),
        leg("corrected", "x_ben", "2026-03-06 15:00:00", known_at="2026-03-10", talk_seconds=500),
        leg("known_too_late", "x_ben", "2026-03-06 16:00:00", known_at="2026-04-15"),
    )
    made.put(
        "case_record",
        {
            "case_id": "k1",
            "created_at": "2026-03-03 03:00:00",
            "status_native": "done",
            "status": "resolved",
            "resolved_at": "2026-03-03 03:20:00",
            "source_updated_at": "2026-03-03 03:20:00",
            "superseded_at": FAR_FUTURE,
        },
    )
    return made


@pytest.fixture(scope="session")
def answered(warehouse: Warehouse) -> dict[str, Any]:
    """Answer what dbt said about each node of one build."""
    return warehouse.build()


@pytest.fixture
def built(warehouse: Warehouse, answered: dict[str, Any]) -> Warehouse:
    """Answer the centre after the build."""
    assert answered["results"]
    return warehouse


def test_every_model_is_built_and_every_promise_and_example_holds(
    answered: dict[str, Any],
) -> None:
    kinds: dict[str, set[str]] = {}
    for result in answered["results"]:
        kinds.setdefault(result["unique_id"].split(".")[0], set()).add(result["status"])
    assert kinds == {
        "model": {"success"},
        "seed": {"success"},
        "test": {"pass"},
        "unit_test": {"pass"},
    }


def test_contact_in_an_overnight_shift_belongs_to_the_evening_it_began(built: Warehouse) -> None:
    assert built.read(
        "select cast(activity_date as varchar), handled_contacts, handle_seconds"
        " from facts.fct_agent_day_queue where agent_id = 'ann'"
    ) == [("2026-03-02", 1, 240)]


def test_contact_without_a_shift_belongs_to_the_local_day_it_began(built: Warehouse) -> None:
    """Half past four in UTC is still the evening of 4 March in New York."""
    assert built.read(
        "select cast(activity_date as varchar) from facts.fct_contact"
        " where contact_id = 'before_midnight'"
    ) == [("2026-03-04",)]


def test_repeat_counts_against_whom_the_customer_had_to_come_back_to(built: Warehouse) -> None:
    assert built.read(
        "select agent_id, sum(repeat_eligible_contacts), sum(repeat_contacts),"
        " sum(fcr_eligible_contacts), sum(fcr_resolved_contacts)"
        " from facts.fct_agent_day_queue group by agent_id order by agent_id"
    ) == [("ann", 1, 1, 1, 0), ("ben", 1, 0, 0, 0)]


def test_contact_of_nobody_and_of_a_stranger_is_kept_with_the_reason(built: Warehouse) -> None:
    assert built.read(
        "select contact_id, agent_id, attribution_reason, cast(activity_date as varchar)"
        " from facts.fct_contact where agent_id is null order by contact_id"
    ) == [
        ("nobody", None, "nobody_handled", "2026-03-05"),
        ("stranger", None, "unknown_agent", "2026-03-05"),
    ]


def test_staging_believes_what_was_believed_at_as_of(built: Warehouse) -> None:
    assert built.read(
        "select contact_id, talk_seconds from staging.stg_crm__contact_legs"
        " where contact_id in ('corrected', 'known_too_late')"
    ) == [("corrected", 500)]


def test_an_hour_late_and_an_hour_longer_is_out_of_adherence_and_in_conformance(
    built: Warehouse,
) -> None:
    """Eight hours planned, eight worked, the first of them missed."""
    assert built.read(
        "select scheduled_shifts, scheduled_seconds, in_adherence_seconds, worked_seconds"
        " from facts.fct_agent_day where agent_id = 'ann'"
    ) == [(1, 28800, 25200, 28800)]


def test_every_agent_with_a_day_has_a_row_for_every_metric(built: Warehouse) -> None:
    metrics = built.read("select count(*) from catalogue.metric")[0][0]
    rows = built.read(
        "select agent_id, period_id, count(*) from kpis.kpi_agent_period group by all order by all"
    )
    assert rows == [
        (agent, period, metrics) for agent in AGENTS for period in ("2026-03", "2026-Q1")
    ]


def test_undeclared_surveys_are_not_measured_and_never_zero(built: Warehouse) -> None:
    assert built.read(
        "select distinct value, state, withheld_reason from kpis.kpi_agent_period"
        " where metric = 'csat'"
    ) == [(None, "not_measured", "feed_not_declared")]
    assert built.read("select distinct surveys_invited from facts.fct_agent_day_queue") == [(None,)]


def test_value_with_too_few_events_is_withheld_and_says_how_many_it_needs(
    built: Warehouse,
) -> None:
    assert built.read(
        "select value, n, state, withheld_reason, n_needed from kpis.kpi_agent_period"
        " where metric = 'resolution_rate' and agent_id = 'ann' and period_kind = 'quarter'"
    ) == [(1.0, 1, "withheld", "too_few_events", 10)]


def test_scorecard_without_a_shown_value_says_so(built: Warehouse) -> None:
    rows = built.read(
        "select agent_id, view, composite_points, state, withheld_reason, lost_share"
        " from scorecards.scorecard_agent_period order by all"
    )
    assert rows == [
        (agent, view, None, "withheld", "nothing_measured", 1.0)
        for agent in AGENTS
        for view in ("appraisal", "coaching")
    ]


def test_no_contact_is_lost_between_the_leg_and_the_agent_day(built: Warehouse) -> None:
    assert built.read(
        "select sum(handled_contacts), sum(handle_seconds) from facts.fct_contact"
        " where agent_id is not null"
    ) == built.read(
        "select sum(handled_contacts), sum(handle_seconds) from facts.fct_agent_day_queue"
    )


def test_centre_of_which_nothing_is_known_is_built_without_a_row(
    new_home: Callable[[Path], Home], tmp_path: Path
) -> None:
    home = new_home(tmp_path / "nothing")
    home.prepare()
    nothing = Warehouse(home.root)
    nothing.make(as_of="2026-03-31 06:00:00")
    assert {result.status for result in build_models(home, warehouse=home.warehouse)} == {
        "success", "pass",
    }  # fmt: skip
    assert nothing.read("select count(*) from scorecards.scorecard_agent_period") == [(0,)]
