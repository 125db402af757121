"""Zendesk, Intercom and ServiceNow tables through the vendors' mappings, against plain SQL."""

from pathlib import Path

import pytest

from orchestration.landing.refusal import DeliveryRefused
from tests.integration.vendor_site import VendorSite

pytestmark = pytest.mark.integration
SOLVED_WITHOUT_HISTORY = "16988"


@pytest.fixture
def zendesk(tmp_path: Path) -> VendorSite:
    site = VendorSite(tmp_path, "zendesk")
    folder = ("vendor_shapes", "dbt_zendesk")
    site.table_given("ticket", *folder, "ticket_data.csv")
    site.table_given("ticket_field_history", *folder, "ticket_field_history_data.csv")
    return site


def history(ticket: str, value: str, *, at: str, by: str, field: str = "status") -> dict[str, str]:
    return {"field_name": field, "ticket_id": ticket, "updated": at, "user_id": by, "value": value}


@pytest.fixture
def intercom(tmp_path: Path) -> VendorSite:
    site = VendorSite(tmp_path, "intercom")
    folder = ("vendor_shapes", "dbt_intercom")
    site.table_given("conversation_history", *folder, "conversation_history_data.csv")
    site.table_given("conversation_part_history", *folder, "conversation_part_history_data.csv")
    return site


@pytest.fixture
def servicenow(tmp_path: Path) -> VendorSite:
    site = VendorSite(tmp_path, "servicenow")
    folder = ("vendor_shapes", "dbt_servicenow")
    site.table_given("incident", *folder, "incident_data.csv")
    site.table_given("task", *folder, "task_data.csv")
    return site


def test_a_solved_ticket_without_its_history_is_not_guessed(zendesk: VendorSite) -> None:
    zendesk.fetch()
    with pytest.raises(DeliveryRefused, match=r"1 of 10 rows.*rule:resolved_has_time"):
        zendesk.land("case_record")


def test_tickets_are_those_of_the_table_and_deleted_ones_say_so(zendesk: VendorSite) -> None:
    zendesk.table(
        "ticket_field_history",
        [history(SOLVED_WITHOUT_HISTORY, "solved", at="2021-01-13 18:42:39", by="418284131934")],
    )
    zendesk.fetch()
    (batch,) = zendesk.land("case_record")
    assert (batch.accounting.read, batch.accounting.accepted) == (10, 10)
    found = zendesk.accepted(
        batch, "case_id, created_at::varchar, status_native, owner_external_id, is_deleted"
    )
    assert found == zendesk.replica(
        "select id, created_at, status, assignee_id, status = 'deleted' from ticket order by id"
    )
    assert sum(1 for *_, is_deleted in found if is_deleted) == 2
    solved = "resolved_at::varchar, case_id, resolved_by_external_id"
    assert zendesk.accepted(batch, solved, where="resolved_at is not null") == [
        ("2020-11-14 11:01:27", "11071", None),
        ("2021-01-13 18:42:39", SOLVED_WITHOUT_HISTORY, "418284131934"),
    ]


def test_a_ticket_opened_again_keeps_when_and_by_whom_it_was_solved(zendesk: VendorSite) -> None:
    ticket = SOLVED_WITHOUT_HISTORY
    zendesk.table(
        "ticket_field_history",
        [history(ticket, "solved", at="2021-01-10 10:00:00", by="7"),
         history(ticket, "open", at="2021-01-11 10:00:00", by="8"),
         history(ticket, "solved", at="2021-01-12 10:00:00", by="9")],
    )  # fmt: skip
    zendesk.fetch()
    (batch,) = zendesk.land("case_record")
    solved = "resolved_at::varchar, resolved_by_external_id, last_reopened_at::varchar"
    assert zendesk.accepted(batch, solved, where=f"case_id = '{ticket}'") == [
        ("2021-01-12 10:00:00", "9", "2021-01-11 10:00:00")
    ]


def test_changes_are_those_of_the_history_each_once(zendesk: VendorSite) -> None:
    zendesk.table(
        "ticket_field_history", [history("102", "open", at="2020-02-11 09:00:00", by="-1")]
    )
    zendesk.fetch()
    (batch,) = zendesk.land("case_event")
    changes = (
        "(select distinct field_name, ticket_id, updated, value from ticket_field_history"
        " where field_name in ('status', 'assignee_id'))"
    )
    assert zendesk.accepted(batch, "case_id, occurred_at::varchar, to_value") == zendesk.replica(
        f"select ticket_id, updated, value from {changes} order by 1, 2, 3"
    )
    assert batch.accounting.accepted == batch.accounting.read
    reopened = "case_id, occurred_at::varchar, from_value, actor_type"
    assert zendesk.accepted(batch, reopened, where="event_type = 'reopened'") == [
        ("102", "2020-02-11 09:00:00", "solved", "system")
    ]


def test_of_every_conversation_the_newest_version_is_kept(intercom: VendorSite) -> None:
    intercom.fetch()
    (batch,) = intercom.land("case_record")
    counted = batch.accounting
    versions, conversations = intercom.replica(
        "select count(*), count(distinct id) from conversation_history"
    )[0]
    assert (counted.read, counted.accepted) == (versions, conversations)
    assert counted.duplicates == counted.read - counted.accepted
    assert intercom.accepted(
        batch, "case_id, status, owner_external_id, closed_at::varchar, resolved_at"
    ) == [
        (*row, None)
        for row in intercom.replica(
            "select id, state, assignee_id, max(updated_at) from conversation_history"
            " group by id order by id"
        )
    ]


def test_who_closed_a_conversation_is_credited_and_not_its_owner(intercom: VendorSite) -> None:
    ((conversation,),) = intercom.replica("select min(id) from conversation_history")
    closing = {"id": "p1", "updated_at": "2020-11-02 14:17:59", "author_id": "99",
               "author_type": "admin", "conversation_id": str(conversation), "part_type": "close",
               "created_at": "2020-11-02 14:17:59"}  # fmt: skip
    intercom.table("conversation_part_history", [closing])
    intercom.fetch()
    (batch,) = intercom.land("case_record")
    assert intercom.accepted(
        batch, "case_id, owner_external_id, resolved_by_external_id, resolved_at::varchar"
    )[0] == (conversation, "4077639", "99", "2020-11-02 14:17:59")


def test_a_note_is_no_event_and_is_counted(intercom: VendorSite) -> None:
    intercom.fetch()
    (batch,) = intercom.land("case_event")
    counted = batch.accounting
    ((notes,),) = intercom.replica(
        "select count(*) from conversation_part_history where part_type = 'note'"
    )
    assert counted.reasons["refused:no_change_of_the_case"] == notes == counted.quarantined
    assert intercom.accepted(batch, "event_id, event_type, actor_external_id") == intercom.replica(
        "select id, 'closed', author_id from conversation_part_history"
        " where part_type = 'close' order by id"
    )


def test_an_incident_without_its_task_is_read_and_has_no_owner(servicenow: VendorSite) -> None:
    servicenow.fetch()
    (batch,) = servicenow.land("case_record")
    ((number, created),) = servicenow.replica("select sys_id, sys_created_on from incident")
    assert servicenow.accepted(
        batch, "case_id, created_at::varchar, status, owner_external_id"
    ) == [(number, created, "new", None)]


def test_an_incident_that_is_gone_at_the_source_is_kept_as_deleted(servicenow: VendorSite) -> None:
    servicenow.run("update incident set _fivetran_deleted = 'TRUE', incident_state = '6'")
    servicenow.fetch()
    (batch,) = servicenow.land("case_record")
    assert servicenow.accepted(batch, "status, is_deleted") == [("deleted", True)]


def test_a_state_of_the_sites_own_is_kept_apart_and_not_guessed(servicenow: VendorSite) -> None:
    servicenow.run("update incident set incident_state = '42'")
    servicenow.fetch()
    with pytest.raises(DeliveryRefused, match="col:enum:status"):
        servicenow.land("case_record")
