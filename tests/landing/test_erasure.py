"""What is left of a person who was erased, on a tiny site: nothing, and nobody else loses."""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.contract import load_contracts
from orchestration.landing.erasure.job import StillNamed
from orchestration.landing.erasure.ledger import Ledger
from orchestration.landing.erasure.outcome import Erased, UnknownRequest, erase
from orchestration.landing.erasure.tombstones import KeyLost
from orchestration.landing.refusal import DeliveryRefused
from orchestration.landing.refused import noting_refusal, refusals
from orchestration.landing.waiver import waive
from tests.erasure.finding import places
from tests.landing.conftest import NOW, Site

ROSTER = (
    "agent_id,valid_from,employment_status,worker_type,job_role,team_id,supervisor_agent_id,"
    "site_id,site_time_zone,hire_date,scorecard_eligible\n"
)
IDENTITY = "agent_id,identity_system,external_id,id_type,valid_from\n"
LEGS = (
    "contact_id,leg_id,agent_external_id,channel,direction,customer_key,contact_reason,"
    "contact_started_at,leg_started_at,talk_seconds,was_handled,was_abandoned,source_updated_at\n"
)
EVALUATIONS = (
    "evaluation_id,revision,contact_id,agent_external_id,evaluator_external_id,method,purpose,"
    "sampling,form_id,form_version,status,score_points,evaluated_at,source_updated_at\n"
)
REQUESTS = "request_id,subject_type,subject_key,requested_at,due_at,legal_hold,source_updated_at\n"
NOON = "2026-03-02T12:00:00Z"


def member(agent: str, *, supervisor: str = "BOSS-01") -> str:
    return (
        f"{agent},2025-01-01,active,employee,advisor,blue,{supervisor},lisbon,Europe/Lisbon,"
        "2025-01-01,true\n"
    )


def leg(contact: str, login: str, *, customer: str = "", reason: str = "billing") -> str:
    stands = f"voice,inbound,{customer},{reason},{NOON},{NOON},60,true,false,{NOON}"
    return f"{contact},1,{login},{stands}\n"


def evaluation(number: str, agent: str, *, evaluator: str) -> str:
    return (
        f"{number},1,c-{number},{agent},{evaluator},human,standard,random,form,1,released,80,"
        f"{NOON},{NOON}\n"
    )


def request(number: str, subject: str, *, of: str = "agent", hold: str = "false") -> str:
    return f"{number},{of},{subject},{NOON},{NOON},{hold},{NOON}\n"


class Door:
    """A site with two agents, and short words for what the tests do with it."""

    def __init__(self, site: Site) -> None:
        self.site, self._sent = site, 0
        self.send("agent_roster", ROSTER + member("AGENT-001") + member("AGENT-002"))
        self.send(
            "agent_identity",
            IDENTITY
            + "AGENT-001,acd,login-one,login,2025-01-01\n"
            + "AGENT-002,acd,login-two,login,2025-01-01\n",
        )

    @property
    def home(self) -> Path:
        return self.site.home

    def send(self, feed: str, content: str) -> Batch:
        self._sent += 1
        name = f"{feed}/{self._sent}.csv"
        self.site.write(name, content)
        (batch,) = self.site.land(feed, files=name)
        return batch

    def erase(self, request_id: str | None = None, *, dry: bool = False) -> list[Erased]:
        return erase(self.home, request_id=request_id, is_dry_run=dry, now=NOW)

    def waive(self, feed: str, reason: str) -> int:
        contract, decided = load_contracts()[feed], ("Kim", "A test.")
        return waive(
            contract, home=self.home, mapping=None, reason=reason, decided=decided, now=NOW
        )

    def rows(self, feed: str, columns: str) -> list[tuple[object, ...]]:
        files = f"{self.home}/raw/{feed}/*.parquet"
        return duckdb.sql(f"select {columns} from '{files}' order by all").fetchall()

    def places(self, *tokens: str) -> set[str]:
        return places(self.home, tokens)


@pytest.fixture
def door(site: Site) -> Door:
    return Door(site)


def test_a_name_and_a_protected_attribute_go_with_the_person(door: Door) -> None:
    names = "agent_id,display_name,valid_from,valid_to\n"
    one, other = "AGENT-001,Rosalinda Vasquez,2026-01-01,\n", "AGENT-002,Bento Prates,2026-01-01,\n"
    door.send("person_display", names + one + other)
    door.send(
        "agent_protected_attribute",
        "agent_id,attribute_code,attribute_value,valid_from,valid_to,collection_basis,"
        "may_use_for_fairness\nAGENT-001,heritage,sapphire,2026-01-01,,self_declared,true\n",
    )
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001"))
    assert {"display", "protected"} < door.places("AGENT-001")
    (done,) = door.erase()
    assert done.status == "erased"
    assert door.places("AGENT-001", "Rosalinda Vasquez") == set()
    assert door.places("Bento Prates") == {"display"}
    assert all(
        path.stat().st_mode & 0o077 == 0
        for store in ("display", "protected")
        for path in (door.home / store).rglob("*")
    )


def test_an_agent_is_found_everywhere_before_and_nowhere_after(door: Door) -> None:
    door.send("contact_leg", LEGS + leg("c1", "login-one") + leg("c2", "login-two"))
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001"))
    published = door.home / "published" / "2026-03-02-abc" / "agents"
    published.mkdir(parents=True)
    (published / "one.html").write_text("<h1>AGENT-001</h1>")
    duckdb.connect(str(door.home / "warehouse.duckdb")).execute(
        "create table seen as select 'login-one' as agent"
    ).close()
    tokens = ("AGENT-001", "login-one")
    assert door.places(*tokens) == {"landing", "raw", "warehouse.duckdb", "published"}
    (done,) = door.erase()
    assert done.status == "erased"
    assert done.touched.rows == {
        "agent_identity": 1,
        "agent_roster": 1,
        "contact_leg": 1,
        "erasure_request": 1,
    }
    assert door.places(*tokens) == {"published"}
    assert done.touched.runs == ["2026-03-02-abc"]
    (withdrawal,) = (door.home / "ledger" / "withdrawals.jsonl").read_text().splitlines()
    assert json.loads(withdrawal)["status"] == "to be withdrawn"
    assert [again.status for again in door.erase()] == ["already erased"]


def test_the_agents_rows_still_count_under_one_pseudonym_that_joins(door: Door) -> None:
    door.send("contact_leg", LEGS + leg("c1", "login-one") + leg("c2", "login-one"))
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001"))
    door.erase()
    logins = {login for (login,) in door.rows("contact_leg", "agent_external_id")}
    identities = dict(door.rows("agent_identity", "external_id, agent_id"))
    (pseudonym,) = logins
    assert pseudonym.startswith("erased-")  # type: ignore[attr-defined]
    assert (identities[pseudonym],) in door.rows("agent_roster", "agent_id")
    assert identities["login-two"] == "AGENT-002"


def test_a_batch_is_what_its_new_digest_says_and_the_ledger_knows_the_old_one(door: Door) -> None:
    before = door.send("contact_leg", LEGS + leg("c1", "login-one"))
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001"))
    door.erase()
    store = BatchStore(door.home)
    (after,) = (batch for batch in store.batches() if batch.batch_id == before.batch_id)
    entries = [
        json.loads(line)
        for line in (door.home / "ledger" / "erasures.jsonl").read_text().splitlines()
    ]
    (entry,) = (entry for entry in entries if entry.get("batch_id") == before.batch_id)
    assert (entry["old_rows_digest"], entry["new_rows_digest"]) == (
        before.rows_digest,
        after.rows_digest,
    )
    assert after.rows_digest != before.rows_digest
    assert after.accounting == before.accounting


def test_a_quarantined_row_keeps_its_reason_and_loses_its_text(door: Door) -> None:
    good = "".join(leg(f"c{number}", "login-two") for number in range(300))
    batch = door.send("contact_leg", LEGS + good + leg("bad", "login-one").replace("voice", "fax"))
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001"))
    assert "quarantine" in door.places("login-one")
    waived = door.waive("contact_leg", "col:enum:channel")
    door.erase()
    assert door.places("login-one") == set()
    assert door.site.quarantined(batch) == [(301, ["col:enum:channel"])]
    assert waived == 1
    assert door.waive("contact_leg", "col:enum:channel") == 0  # it still is


def test_a_customer_goes_and_the_agents_contacts_stay(door: Door) -> None:
    legs = LEGS + leg("c1", "login-one", customer="cafe0123") + leg("c2", "login-two")
    door.send("contact_leg", legs)
    door.send("erasure_request", REQUESTS + request("R1", "cafe0123", of="customer"))
    assert door.places("cafe0123") == {"landing", "raw"}
    door.erase()
    assert door.places("cafe0123") == set()
    assert door.rows("contact_leg", "contact_id, agent_external_id, customer_key") == [
        ("c1", "login-one", None),
        ("c2", "login-two", None),
    ]


def test_what_the_source_sends_again_of_an_erased_customer_is_an_unchanged_row(door: Door) -> None:
    door.send("contact_leg", LEGS + leg("c1", "login-one", customer="cafe0123"))
    door.send("erasure_request", REQUESTS + request("R1", "cafe0123", of="customer"))
    door.erase()
    door.send("contact_leg", LEGS + leg("c1", "login-one", customer="cafe0123") + leg("c2", "x"))
    assert door.places("cafe0123") == set()
    digests = door.rows("contact_leg", "contact_id, row_digest")
    assert digests[0] == digests[1]


def test_a_short_id_is_replaced_where_agents_stand_and_nowhere_else(door: Door) -> None:
    door.send("agent_identity", IDENTITY + "Dan,acd,17,login,2025-01-01\n")
    door.send("contact_leg", LEGS + leg("17", "17", reason="Dan") + leg("c2", "170"))
    door.send("erasure_request", REQUESTS + request("R1", "Dan"))
    door.erase()
    rows = door.rows("contact_leg", "contact_id, agent_external_id, contact_reason")
    assert rows[0][0] == "17"
    assert rows[0][1] != "17"
    assert rows[0][2] == "Dan"
    assert rows[1][:2] == ("c2", "170")


def test_an_unmistakable_id_is_found_inside_of_other_text_but_not_of_other_ids(door: Door) -> None:
    door.send("contact_leg", LEGS + leg("c-login-one-1", "login-two") + leg("login-one2", "x"))
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001"))
    door.erase()
    (kept,), (replaced,) = sorted(
        door.rows("contact_leg", "contact_id"), key=lambda row: "erased" in str(row[0])
    )
    assert kept == "login-one2"
    assert str(replaced).startswith("c-erased-")
    assert str(replaced).endswith("-1")


def test_an_id_that_now_is_somebody_elses_stays_theirs(door: Door) -> None:
    door.send("agent_identity", IDENTITY + "AGENT-002,acd,login-one,login,2026-01-01\n")
    door.send("contact_leg", LEGS + leg("c1", "login-one"))
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001"))
    (done,) = door.erase()
    assert done.touched.shared_ids == 1
    assert door.rows("contact_leg", "agent_external_id") == [("login-one",)]
    assert "raw" not in door.places("AGENT-001")


@pytest.mark.parametrize("other", ["R1", "R2"])
def test_a_legal_hold_on_any_request_keeps_the_person(door: Door, other: str) -> None:
    held = request(other, "AGENT-001", hold="true")
    rest = request("R1", "AGENT-001") if other == "R2" else ""
    door.send("erasure_request", REQUESTS + rest + held)
    assert {done.status for done in door.erase()} == {"held"}
    assert "raw" in door.places("AGENT-001")


def test_a_dry_run_counts_and_touches_nothing(door: Door) -> None:
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001"))
    before = {path: path.read_bytes() for path in door.home.rglob("*") if path.is_file()}
    (would_be,) = door.erase("R1", dry=True)
    assert would_be.status == "would be erased"
    assert sum(would_be.touched.rows.values()) == 3
    assert {path: path.read_bytes() for path in door.home.rglob("*") if path.is_file()} == before
    with pytest.raises(UnknownRequest, match="no request is named R9"):
        door.erase("R9", dry=True)


def test_a_file_of_somebody_else_that_names_the_person_keeps_the_request_open(door: Door) -> None:
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001"))
    notes = door.home / "notes.txt"
    notes.write_text("ask AGENT-001 about it")
    with pytest.raises(StillNamed, match=r"notes\.txt"):
        door.erase()
    assert Ledger(door.home).unfinished() is not None
    notes.unlink()
    assert [done.status for done in door.erase()] == ["erased"]
    assert Ledger(door.home).unfinished() is None


def test_the_note_of_a_refused_file_named_after_the_person_goes_with_them(door: Door) -> None:
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001"))
    for feed, file in {"contact_leg": "AGENT-001.csv", "case_record": "cases.csv"}.items():
        refusal = DeliveryRefused(feed=feed, file=file, reason="is empty", next_step="send it")
        with pytest.raises(DeliveryRefused), noting_refusal(door.home, feed, lands_all=True):
            raise refusal
    assert [done.status for done in door.erase()] == ["erased"]
    assert list(refusals(door.home)) == ["case_record"]


class Killed(BaseException):
    """The process ends here."""


# Of the 18 moments at which a file is replaced, a merge tries one of each step.
EACH_STEP = {0, 2, 5, 9, 13, 16}


@pytest.mark.parametrize(
    "survived",
    [
        pytest.param(moment, marks=[] if moment in EACH_STEP else pytest.mark.proof)
        for moment in range(18)
    ],
)
def test_an_erasure_killed_anywhere_is_finished_by_the_next(
    door: Door, survived: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.send("contact_leg", LEGS + leg("c1", "login-one") + leg("c2", "login-two"))
    door.send("agent_identity", IDENTITY + "AGENT-001,acd,login-uno,login,2025-06-01\n")
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001"))
    kill_after(survived, monkeypatch)
    with pytest.raises(Killed):
        door.erase()
    monkeypatch.undo()
    door.erase()
    assert door.places("AGENT-001", "login-one", "login-uno") == set()
    assert Ledger(door.home).unfinished() is None
    (agents,) = {len({agent for (agent,) in door.rows("agent_identity", "agent_id")})}
    assert agents == 2
    (erased,) = (a for (a,) in door.rows("agent_roster", "agent_id") if a != "AGENT-002")
    assert (erased,) in door.rows("agent_identity", "agent_id")


def kill_after(survived: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let so many files be replaced, and end the process instead of replacing one more."""
    replaced: list[Path] = []
    replace: Callable[..., Path] = Path.replace

    def replace_or_die(self: Path, target: Path) -> Path:
        if len(replaced) == survived:
            raise Killed
        replaced.append(self)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replace_or_die)


def test_without_the_key_nothing_is_let_in(door: Door) -> None:
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001"))
    door.erase()
    key = door.home / "keys" / "erasure.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    with pytest.raises(KeyLost, match="restore it from the backup"):
        door.send("contact_leg", LEGS + leg("c1", "login-two"))
