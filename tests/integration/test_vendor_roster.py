"""Workday's history tables and BambooHR's jobInfo: periods, and what never leaves HR."""

from pathlib import Path

import pytest

from orchestration.landing.refusal import DeliveryRefused
from tests.integration.vendor_site import VendorSite

pytestmark = pytest.mark.integration

TABLES = ("worker_history", "worker_position_history", "worker_position_organization_history",
          "organization")  # fmt: skip
PERIOD = "agent_id, valid_from::varchar, valid_to::varchar"


@pytest.fixture
def workday(tmp_path: Path) -> VendorSite:
    site = VendorSite(tmp_path, "workday")
    for table in TABLES:
        site.table_given(table, "vendor_shapes", "dbt_workday", f"workday_{table}_data.csv")
    return site


@pytest.fixture
def bamboohr(tmp_path: Path) -> VendorSite:
    site = VendorSite(tmp_path, "bamboohr")
    at = {"job_title": "Agent", "location": "Porto", "reportsTo": "Maria Silva"}
    site.table(
        "job_info",
        [
            {
                "employee_id": "157",
                "date": "2020-02-03",
                "division": "Blue",
                "department": "A",
                **at,
            },
            {
                "employee_id": "157",
                "date": "2026-09-01",
                "division": "Red",
                "department": "A",
                **at,
            },
            {
                "employee_id": "158",
                "date": "2024-05-06",
                "division": "Red",
                "department": "A",
                **at,
            },
        ],
    )
    site.table(
        "employment_status",
        [{"employee_id": "157", "date": "2020-02-03", "employment_status": "Full-Time"},
         {"employee_id": "158", "date": "2024-05-06", "employment_status": "Contractor"},
         {"employee_id": "158", "date": "2025-01-31", "employment_status": "Terminated"}],
    )  # fmt: skip
    site.table(
        "employees",
        [{"id": "157", "hire_date": "2020-02-03"}, {"id": "158", "hire_date": "2024-05-06"}],
    )
    site.table("compensation", [{"employee_id": "157", "rate": "4321.99"}])
    return site


def with_everything(workday: VendorSite) -> list[tuple[object, ...]]:
    """Complete what the seed tables leave open: hire dates, teams; answer the periods in them."""
    workers = workday.replica(
        "select worker_id, min(_fivetran_start) from worker_position_history"
        " where worker_id not in (select id from worker_history) group by worker_id"
    )
    workday.table(
        "worker_history",
        [{"id": str(worker), "_fivetran_start": str(start), "hire_date": "2000-01-01",
          "termination_date": None} for worker, start in workers],
    )  # fmt: skip
    alone = workday.replica(
        "select worker_id, position_id, _fivetran_start from worker_position_history as position"
        " where not exists (select 1 from worker_position_organization_history as team where"
        " team.worker_id = position.worker_id and team.position_id = position.position_id"
        " and team.\"index\" = '0')"
    )
    workday.table(
        "worker_position_organization_history",
        [{"worker_id": str(worker), "position_id": str(position), "_fivetran_start": str(start),
          "_fivetran_end": "9999-12-31", "index": "0", "organization_id": "team"}
         for worker, position, start in alone],
    )  # fmt: skip
    workday.run("update worker_position_history set employee_type = 'Regular'")
    workday.run("update worker_position_history set business_site_summary_name = 'Sydney'"
                " where business_site_summary_name = 'Melbourne'")  # fmt: skip
    return workday.replica(
        "select worker_id, effective_date, date(lead(effective_date) over"
        " (partition by worker_id order by effective_date), '-1 day')"
        " from worker_position_history order by 1, 2"
    )


def test_people_without_a_hire_date_hold_the_whole_roster(workday: VendorSite) -> None:
    workday.fetch()
    with pytest.raises(DeliveryRefused, match=r"5 of 7 rows.*col:required:hire_date"):
        workday.land("agent_roster")


def test_periods_follow_effective_dates_and_each_ends_before_the_next(workday: VendorSite) -> None:
    expected = with_everything(workday)
    workday.fetch()
    (batch,) = workday.land("agent_roster")
    assert (batch.accounting.read, batch.accounting.accepted) == (7, 7)
    assert workday.accepted(batch, PERIOD) == expected
    moved = [row for row in expected if row[2]]
    assert [row[2] for row in moved] == ["2025-03-31"]


def test_terms_that_were_taken_back_end_no_period(workday: VendorSite) -> None:
    expected = with_everything(workday)
    ((worker, begin),) = [row[:2] for row in expected if row[1] == "2025-04-01"]
    workday.run(
        "update worker_position_history set _fivetran_deleted = 'true'"
        " where worker_id = ? and effective_date = ?", str(worker), str(begin),
    )  # fmt: skip
    workday.fetch()
    (batch,) = workday.land("agent_roster")
    assert workday.accepted(batch, PERIOD, where=f"agent_id = '{worker}'") == [
        (worker, "2024-01-01", None)
    ]


@pytest.mark.parametrize(("terminated", "until"), [("true", "2026-06-30"), ("false", None)])
def test_terms_end_with_a_termination_unless_the_person_was_hired_again(
    workday: VendorSite, terminated: str, until: str | None
) -> None:
    *_, (worker, begin, _end) = with_everything(workday)
    workday.run(
        "update worker_history set terminated = ?, termination_date = '2026-06-30' where id = ?",
        terminated, str(worker),
    )  # fmt: skip
    workday.fetch()
    (batch,) = workday.land("agent_roster")
    assert workday.accepted(
        batch,
        f"{PERIOD}, employment_status",
        where=f"agent_id = '{worker}' and valid_from = '{begin}'",
    ) == [(worker, begin, until, "active")]


def test_pay_never_leaves_the_replica(workday: VendorSite) -> None:
    with_everything(workday)
    workday.run("update worker_position_history set pay_rate = '98765.43'")
    workday.run("update worker_history set annual_summary_total_base_pay = '98765.43'")
    workday.fetch()
    workday.land("agent_roster")
    assert b"98765.43" not in workday.bytes_dropped() + workday.bytes_kept()


def test_job_rows_without_an_end_become_periods(bamboohr: VendorSite) -> None:
    bamboohr.fetch()
    (batch,) = bamboohr.land("agent_roster")
    assert bamboohr.accepted(batch, f"{PERIOD}, team_id, employment_status, worker_type") == [
        ("157", "2020-02-03", "2026-08-31", "Blue", "active", "employee"),
        ("157", "2026-09-01", None, "Red", "active", "employee"),
        ("158", "2024-05-06", "2025-01-31", "Red", "active", "contractor"),
    ]


def test_a_supervisor_known_by_name_is_no_supervisor(bamboohr: VendorSite) -> None:
    bamboohr.fetch()
    (batch,) = bamboohr.land("agent_roster")
    assert bamboohr.accepted(batch, "distinct supervisor_agent_id") == [(None,)]
    assert b"Silva" not in bamboohr.bytes_dropped() + bamboohr.bytes_kept()
    assert b"4321.99" not in bamboohr.bytes_dropped() + bamboohr.bytes_kept()


def test_a_site_whose_zone_is_not_written_out_holds_the_roster(bamboohr: VendorSite) -> None:
    bamboohr.run("update job_info set location = 'Lyon' where employee_id = '158'")
    bamboohr.fetch()
    with pytest.raises(DeliveryRefused, match="col:zone:site_time_zone"):
        bamboohr.land("agent_roster")
