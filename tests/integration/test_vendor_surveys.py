"""Qualtrics tables and Zendesk ratings: who was asked, who answered, and whom it concerns."""

import json
from pathlib import Path

import pytest

from orchestration.landing.refusal import DeliveryRefused
from tests.integration.vendor_site import VendorSite

pytestmark = pytest.mark.integration

FOLDER = ("vendor_shapes", "dbt_qualtrics")
TABLES = ("distribution", "distribution_contact", "directory_contact", "survey_response",
          "question_response", "survey_embedded_data")  # fmt: skip


@pytest.fixture
def qualtrics(tmp_path: Path) -> VendorSite:
    site = VendorSite(tmp_path, "qualtrics")
    for table in TABLES:
        site.table_given(table, *FOLDER, f"{table}.csv")
    return site


@pytest.fixture
def zendesk(tmp_path: Path) -> VendorSite:
    return VendorSite(tmp_path, "zendesk")


def test_invitations_that_name_no_case_are_refused_and_not_guessed(qualtrics: VendorSite) -> None:
    qualtrics.fetch()
    with pytest.raises(DeliveryRefused, match=r"5 of 5 rows.*rule:linked"):
        qualtrics.land("survey_invitation")


def test_invitations_are_those_of_the_tables_once_they_name_case_and_survey(
    qualtrics: VendorSite,
) -> None:
    people = qualtrics.replica("select distinct contact_id from distribution_contact")
    named = [{"id": str(person), "ext_ref": f"case-{person}"} for (person,) in people]
    qualtrics.table("directory_contact", named)
    unknown = qualtrics.replica(
        "select distinct distribution_id from distribution_contact"
        " where distribution_id not in (select id from distribution)"
    )
    qualtrics.table(
        "distribution", [{"id": str(one), "survey_link_survey_id": "SV_1"} for (one,) in unknown]
    )
    qualtrics.fetch()
    (batch,) = qualtrics.land("survey_invitation")
    assert (batch.accounting.read, batch.accounting.accepted) == (5, 5)
    found = qualtrics.accepted(batch, "invitation_id, case_id, status, (sent_at::varchar)[:19]")
    assert found == qualtrics.replica(
        "select distribution_id || ' ' || contact_id, 'case-' || contact_id,"
        " case status when 'Opened' then 'opened' else 'sent' end, substr(sent_at, 1, 19)"
        " from distribution_contact order by 1"
    )


def test_responses_without_an_answer_are_set_aside_and_counted(qualtrics: VendorSite) -> None:
    qualtrics.fetch()
    (batch,) = qualtrics.land("survey_response")
    ((responses,),) = qualtrics.replica("select count(*) from survey_response")
    assert (batch.accounting.read, batch.accounting.accepted) == (responses, 0)
    assert batch.accounting.reasons["refused:not_answered"] == responses


def test_an_answer_carries_agent_and_case_and_a_preview_is_marked(qualtrics: VendorSite) -> None:
    ((first,), (second,)) = qualtrics.replica("select id from survey_response order by id limit 2")
    made = "update survey_response set status = '1', finished = '1' where id = ?"
    answered = [{"response_id": str(one), "question_id": "QID2", "value": "4"}
                for one in (first, second)]  # fmt: skip
    qualtrics.table("question_response", answered)
    said = {"case_id": "c1", "agent_id": "a1"}
    qualtrics.table(
        "survey_embedded_data",
        [{"key": key, "response_id": str(first), "value": value} for key, value in said.items()],
    )
    qualtrics.run(made, str(second))
    qualtrics.fetch()
    (batch,) = qualtrics.land("survey_response")
    kept = (
        "response_id, case_id, attributed_agent_external_id, score_value::int, is_partial, is_test"
    )
    assert qualtrics.accepted(batch, kept) == [
        (first, "c1", "a1", 4, True, False),
        (second, None, None, 4, False, True),
    ]
    ((address,),) = qualtrics.replica(
        f"select ip_address from survey_response where id = '{first}'"
    )
    assert str(address).encode() not in qualtrics.bytes_kept()


def rating(number: int, score: str, **more: str) -> str:
    """One rating, its number too big for a float."""
    at = f"2026-07-{number:02}T10:00:00Z"
    return json.dumps(
        {"id": 9007199254740992 + number, "score": score, "ticket_id": 36000352947400 + number,
         "assignee_id": 418284131934 + number, "comment": "the agent was rude",
         "created_at": at, "updated_at": at, **more}
    )  # fmt: skip


def test_a_rating_is_an_invitation_and_an_answer_of_the_agent_at_the_time(
    zendesk: VendorSite,
) -> None:
    scores = ["offered", "good", "badwithcomment", "unoffered"]
    lines = [rating(number, score) for number, score in enumerate(scores, 1)]
    zendesk.write("zendesk/satisfaction_rating/a.jsonl", "\n".join(lines) + "\n")
    (invited,), (answered,) = zendesk.land("survey_invitation"), zendesk.land("survey_response")
    assert zendesk.accepted(invited, "invitation_id, case_id, status") == [
        ("9007199254740993", "36000352947401", "sent"),
        ("9007199254740994", "36000352947402", "responded"),
        ("9007199254740995", "36000352947403", "responded"),
    ]
    assert zendesk.accepted(
        answered, "response_id, attributed_agent_external_id, score_value::int, has_comment"
    ) == [
        ("9007199254740994", "418284131936", 1, False),
        ("9007199254740995", "418284131937", 0, True),
    ]
    assert invited.accounting.reasons["refused:never_offered"] == 1
    assert answered.accounting.reasons["refused:not_answered"] == 2
    assert b"rude" not in zendesk.bytes_kept()


def test_a_rating_that_was_changed_counts_once_with_its_last_score(zendesk: VendorSite) -> None:
    later = rating(1, "bad", updated_at="2026-07-09T10:00:00Z")
    zendesk.write("zendesk/satisfaction_rating/a.jsonl", f"{rating(1, 'good')}\n{later}\n")
    (batch,) = zendesk.land("survey_response")
    assert batch.accounting.duplicates == 1
    assert zendesk.accepted(batch, "score_native, responded_at::varchar") == [
        ("bad", "2026-07-09 10:00:00")
    ]
