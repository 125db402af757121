"""Evaluations in the shapes of Genesys Cloud and Zendesk QA; every value here is invented."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.landing.refusal import DeliveryRefused
from tests.integration.vendor_site import VendorSite

pytestmark = pytest.mark.integration

GENESYS: dict[str, Any] = {
    "id": "e1",
    "conversation": {"id": "c1"},
    "agent": {"id": "a1", "name": "Ana Alves"},
    "evaluator": {"id": "q1"},
    "evaluationForm": {"id": "f1-v3", "contextId": "f1"},
    "evaluationSource": {"type": "Policy"},
    "status": "FINISHED",
    "answers": {"totalScore": 87.50, "anyFailedKillQuestions": False, "comments": "was rude"},
    "assignedDate": "2026-07-01T08:00:00.000Z",
    "submittedDate": "2026-07-02T09:30:00.123Z",
    "releaseDate": "2026-07-02T10:00:00.000Z",
    "changedDate": "2026-07-02T10:00:00.000Z",
}
# 2026-07-02T09:30:00.123Z, in milliseconds; 64-bit numbers are sent as text.
ZENDESK: dict[str, Any] = {
    "reviewId": "9223372036854775807",
    "conversationExternalId": "36000352947401",
    "reviewee": {"email": "Ana@Example.com"},
    "reviewer": {"email": "quinn@example.com"},
    "scorecardId": "12",
    "score": 91.25,
    "created": "1782984600123",
    "updated": "1782988200000",
    "comment": "was rude",
}


@pytest.fixture
def genesys(tmp_path: Path) -> VendorSite:
    return VendorSite(tmp_path, "genesys_cloud")


@pytest.fixture
def zendesk_qa(tmp_path: Path) -> VendorSite:
    return VendorSite(tmp_path, "zendesk_qa")


def deliver(site: VendorSite, *rows: dict[str, Any], feed: str = "qa_evaluation") -> None:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    site.write(f"{site.source_set.source_set.removesuffix('_cloud')}/{feed}/a.jsonl", text)


def of_email(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()


def test_a_nested_evaluation_becomes_one_row(genesys: VendorSite) -> None:
    deliver(genesys, GENESYS)
    (batch,) = genesys.land("qa_evaluation")
    columns = (
        "evaluation_id, revision, contact_id, agent_external_id, evaluator_external_id, method,"
        " purpose, sampling, form_id, form_version, status, score_points::varchar, is_fatal_fail,"
        " evaluated_at::varchar"
    )
    assert genesys.accepted(batch, columns) == [
        ("e1", 1, "c1", "a1", "q1", "human", "standard", "rule_based", "f1", "f1-v3", "released",
         "87.500000", False, "2026-07-02 09:30:00.123")
    ]  # fmt: skip
    assert b"rude" not in genesys.bytes_kept()
    assert b"Alves" not in genesys.bytes_kept()


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        ({"calibration": {"id": "k1"}}, "purpose || calibration_session_id", "calibrationk1"),
        ({"releaseDate": None}, "status", "submitted"),
        ({"status": "RETRACTED"}, "status", "retracted"),
        ({"systemSubmitted": True, "evaluator": None}, "method", "auto"),
        ({"evaluationSource": None}, "sampling", "unknown"),
        ({"revision": 3}, "revision::varchar", "3"),
    ],
)  # fmt: skip
def test_what_an_evaluation_is_follows_from_its_keys(
    genesys: VendorSite, change: dict[str, Any], column: str, value: str
) -> None:
    deliver(genesys, GENESYS | change)
    (batch,) = genesys.land("qa_evaluation")
    assert genesys.accepted(batch, column) == [(value,)]


def test_a_key_that_was_an_object_and_is_a_text_is_refused(genesys: VendorSite) -> None:
    deliver(genesys, GENESYS | {"agent": "Ana Alves"})
    with pytest.raises(DeliveryRefused, match="agent_external_id"):
        genesys.land("qa_evaluation")


def test_a_finished_evaluation_without_a_score_is_refused(genesys: VendorSite) -> None:
    deliver(genesys, GENESYS | {"answers": {"totalScore": None}})
    with pytest.raises(DeliveryRefused, match="score_when_final"):
        genesys.land("qa_evaluation")


def test_a_review_keeps_its_long_id_and_its_milliseconds(zendesk_qa: VendorSite) -> None:
    deliver(zendesk_qa, ZENDESK)
    (batch,) = zendesk_qa.land("qa_evaluation")
    columns = (
        "evaluation_id, contact_id, agent_external_id, evaluator_external_id, method, sampling,"
        " score_points::varchar, evaluated_at::varchar, source_updated_at::varchar"
    )
    assert zendesk_qa.accepted(batch, columns) == [
        ("9223372036854775807", "36000352947401", of_email("ana@example.com"),
         of_email("quinn@example.com"), "human", "unknown", "91.250000",
         "2026-07-02 09:30:00.123", "2026-07-02 10:30:00")
    ]  # fmt: skip
    kept = zendesk_qa.bytes_kept().lower()
    assert b"example.com" not in kept
    assert b"rude" not in kept


def test_a_review_scored_again_replaces_the_first(zendesk_qa: VendorSite) -> None:
    deliver(zendesk_qa, ZENDESK, ZENDESK | {"score": 60, "updated": "1783000000000"})
    (batch,) = zendesk_qa.land("qa_evaluation")
    assert batch.accounting.duplicates == 1
    assert zendesk_qa.accepted(batch, "score_points::int") == [(60,)]


def test_a_time_in_seconds_where_milliseconds_are_meant_is_refused(zendesk_qa: VendorSite) -> None:
    deliver(zendesk_qa, ZENDESK | {"created": "1782984600"})
    with pytest.raises(DeliveryRefused, match="evaluated_at"):
        zendesk_qa.land("qa_evaluation")


def test_a_dispute_names_its_review_and_its_outcome(zendesk_qa: VendorSite) -> None:
    dispute = {"disputeId": "5", "reviewId": "9223372036854775807", "status": "REJECTED",
               "disputer": {"email": "ana@example.com"}, "created": "1782984600123",
               "resolver": {"email": "lead@example.com"}, "resolved": "1782988200000",
               "updated": "1782988200000"}  # fmt: skip
    deliver(zendesk_qa, dispute, feed="qa_dispute")
    (batch,) = zendesk_qa.land("qa_dispute")
    assert zendesk_qa.accepted(
        batch, "evaluation_id, agent_external_id, status, resolved_at::varchar, question_id"
    ) == [
        (
            "9223372036854775807",
            of_email("ana@example.com"),
            "rejected",
            "2026-07-02 10:30:00",
            None,
        )
    ]
