"""Every contact of the made-up centre is counted once, and parallel ones share the clock."""

from typing import Any

import duckdb
import pytest

from tests.conftest import Centre

pytestmark = pytest.mark.night

# The clock of an agent-day: islands of handled legs, told in other words than the model's.
BY_THE_CLOCK = """
with handled as (
    select
        agent_id, activity_date, leg_started_at as began,
        leg_started_at + to_seconds(handle_seconds) as done
    from facts.fct_contact
    where agent_id is not null and handled_contacts = 1
), reached as (
    select *, max(done) over (
        partition by agent_id, activity_date order by began, done
        rows between unbounded preceding and 1 preceding
    ) as busy_until
    from handled
)
select
    agent_id, activity_date, date_diff('second', min(began), max(done)) as present_seconds,
    sum(greatest(0, date_diff('second', greatest(began, busy_until), done))) as busy_seconds
from reached
group by all
"""


def answer(centre: Centre, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(centre.home.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_parallel_chats_take_the_time_of_the_clock_and_not_their_sum(built: Centre) -> None:
    days = answer(
        built,
        "select busy_seconds, present_seconds, sum(shared_handle_seconds), sum(handle_seconds),"
        f" bool_or(channel = 'chat') from ({BY_THE_CLOCK}) inner join facts.fct_agent_day_queue"
        " using (agent_id, activity_date) where handled_contacts > 0"
        " group by agent_id, activity_date, busy_seconds, present_seconds",
    )
    assert len(days) > 100
    assert [day for day in days if day[0] != day[2]] == []
    assert [day for day in days if day[2] > day[1]] == []
    shared = [day for day in days if day[2] < day[3]]
    assert len(shared) > 20
    assert all(has_chats for *_, has_chats in shared)


def test_no_leg_takes_more_of_the_clock_than_its_own_time(built: Centre) -> None:
    legs, wrong = answer(
        built,
        "select count(*), count(case when shared_handle_seconds not between 0 and handle_seconds"
        " then 1 end) from facts.fct_parallel_contact",
    )[0]
    assert legs > 100
    assert wrong == 0


def test_every_leg_is_handled_or_abandoned_or_left_out_with_a_reason(built: Centre) -> None:
    ((legs, counted),) = answer(
        built,
        "select (select count(*) from staging.stg_crm__contact_legs),"
        " sum(handled_contacts + abandoned_contacts)"
        " + count(contact_exclusion_reason) from facts.fct_contact",
    )
    assert legs == counted > 0


def test_agents_and_nobody_have_all_contacts_of_each_day(built: Centre) -> None:
    counted = "select activity_date, sum({}) as contacts from facts.{} {} group by all"
    of_agents = counted.format("offered_contacts", "fct_agent_day_queue", "")
    of_nobody = counted.format("offered_contacts", "fct_contact", "where agent_id is null")
    of_all = counted.format(1, "fct_contact", "")
    difference = (
        "coalesce(of_agents.contacts, 0) + coalesce(of_nobody.contacts, 0) - of_all.contacts"
    )
    days = answer(
        built,
        f"select activity_date, {difference} from ({of_all}) as of_all"
        f" left outer join ({of_agents}) as of_agents using (activity_date)"
        f" left outer join ({of_nobody}) as of_nobody using (activity_date)",
    )
    assert len(days) > 20
    assert [day for day in days if day[1] != 0] == []


def test_a_case_that_was_resolved_stays_with_who_resolved_it(built: Centre) -> None:
    resolved, owned_by_another = answer(
        built,
        "select count(*), count(case when owner.agent_id <> resolution.agent_id then 1 end)"
        " from facts.fct_case_resolution as resolution"
        " inner join raw.case_record using (source_system, case_id)"
        " inner join conformed.int_agent_identity_resolved as owner"
        " on owner_external_id = owner.external_id and source_system = owner.identity_system"
        " where case_exclusion_reason is null",
    )[0]
    assert resolved > 1000
    assert owned_by_another > 0
