"""Nobody who was erased comes back with a later delivery, and nobody else is turned away."""

import duckdb
import pytest

from orchestration.landing.accounting import Accounting
from orchestration.landing.batches import Batch
from tests.landing.conftest import Site
from tests.landing.test_erasure import (
    EVALUATIONS,
    IDENTITY,
    LEGS,
    REQUESTS,
    ROSTER,
    Door,
    evaluation,
    leg,
    member,
    request,
)


@pytest.fixture
def door(site: Site) -> Door:
    """Answer a site whose AGENT-001 has been erased."""
    door = Door(site)
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001"))
    door.erase()
    return door


def counts(batch: Batch) -> Accounting:
    accounting = batch.accounting
    assert accounting.read == (accounting.accepted + accounting.quarantined + accounting.duplicates)
    return accounting


def test_the_erased_agents_rows_are_refused_and_counted_without_their_text(door: Door) -> None:
    batch = door.send("contact_leg", LEGS + leg("c1", "login-one") + leg("c2", "login-two"))
    assert counts(batch).accepted == 1
    assert counts(batch).reasons == {"refused:erased": 1}
    assert door.site.quarantined(batch) == [(None, ["refused:erased"])]
    assert door.places("AGENT-001", "login-one") == set()


def test_a_colleague_keeps_the_evaluation_that_an_erased_evaluator_made(door: Door) -> None:
    batch = door.send(
        "qa_evaluation",
        EVALUATIONS
        + evaluation("e1", "login-two", evaluator="login-one")
        + evaluation("e2", "login-one", evaluator="login-two"),
    )
    assert counts(batch).accepted == 1
    assert door.site.accepted(batch, "evaluation_id, evaluator_external_id") == [("e1", None)]


def test_the_same_id_in_another_system_is_let_in(site: Site) -> None:
    door = Door(site)
    door.send("agent_identity", IDENTITY + "Dan,crm,17,login,2025-01-01\n")
    door.send("erasure_request", REQUESTS + request("R1", "Dan"))
    door.erase()
    batch = door.send("contact_leg", LEGS + leg("c1", "17"))
    assert counts(batch).accepted == 1


def test_a_bad_row_about_an_erased_agent_keeps_its_reasons_and_loses_its_text(door: Door) -> None:
    good = "".join(leg(f"c{number}", "login-two") for number in range(300))
    bad = leg("bad", "x", reason="called login-one back").replace("voice", "fax")
    batch = door.send("contact_leg", LEGS + good + bad)
    assert door.site.quarantined(batch) == [(301, ["col:enum:channel"])]
    assert door.places("login-one") == set()


def test_a_request_that_is_sent_again_does_not_name_the_person_again(door: Door) -> None:
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001") + request("R2", "AGENT-002"))
    assert door.places("AGENT-001") == set()
    assert [(done.request_id, done.status) for done in door.erase(dry=True)] == [
        ("R1", "already erased"),
        ("R2", "would be erased"),
    ]


def test_a_complete_roster_without_the_person_deletes_nothing_of_theirs(door: Door) -> None:
    with duckdb.connect() as connection:
        door.site.apply(connection)
        door.send("agent_roster", ROSTER + member("AGENT-002") + member("AGENT-001"))
        door.site.apply(connection)
        believed = connection.execute(
            "select agent_id like 'erased-%' from raw.agent_roster"
            " where superseded_at = timestamp '9999-12-31' order by agent_id"
        ).fetchall()
        refused = connection.execute(
            "select count(*) from raw.loaded_batch where refused_because <> ''"
        ).fetchall()
    assert believed == [(False,), (True,)]
    assert refused == [(0,)]
