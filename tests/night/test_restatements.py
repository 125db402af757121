"""A change of a day that was final is written down when readers see it, with its cause."""

import json
from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple

import duckdb
import pytest

import orchestration.night.night as night_module
from orchestration.cli import main
from orchestration.landing.batches import BatchStore
from orchestration.night.kept_facts import keep_published
from orchestration.night.restated import restatements
from tests.conftest import Centre

pytestmark = pytest.mark.night

WINDOW_DAYS, ADDED_SECONDS = 10, 60


class Leg(NamedTuple):
    """One leg of a contact, where it counts, and what is added up there."""

    contact_id: str
    leg_id: str
    agent_id: str
    activity_date: date
    channel: str
    queue_family: str
    talk_seconds: int
    handle_seconds: int

    @property
    def restated(self) -> list[tuple[object, ...]]:
        place = (self.agent_id, self.activity_date, self.channel, self.queue_family)
        return [
            (*place, name, before, before + ADDED_SECONDS, None, None, "contact_leg")
            for name, before in (
                ("handle_seconds", self.handle_seconds),
                ("talk_seconds", self.talk_seconds),
            )
        ]


def shorten_windows(centre: Centre) -> None:
    """Let the days that readers saw be final sooner, so that a small centre has some."""
    current = (centre.home.published / "CURRENT").read_text().strip()
    with duckdb.connect(str(centre.home.warehouse)) as warehouse:
        for fact in ("fct_agent_day", "fct_agent_day_queue"):
            warehouse.execute(
                f"update facts.{fact} set final_from_date = activity_date + {WINDOW_DAYS}"
            )
        warehouse.execute("drop schema published cascade")
        keep_published(warehouse, current_run_id=current)


def a_leg(centre: Centre, *, is_final: bool) -> Leg:
    with duckdb.connect(str(centre.home.warehouse), read_only=True) as warehouse:
        found = warehouse.execute(
            "select contact_id, leg_id, agent_id, activity_date, channel, queue_family,"
            " facts.fct_agent_day_queue.talk_seconds, facts.fct_agent_day_queue.handle_seconds"
            " from facts.fct_contact join facts.fct_agent_day_queue"
            " using (agent_id, activity_date, channel, queue_family) cross join run.context"
            " where fct_contact.handled_contacts = 1 and fct_contact.talk_seconds > 60"
            f" and (activity_date + {WINDOW_DAYS} <= as_of::date) = ? order by all limit 1",
            [is_final],
        ).fetchall()
    return Leg(*found[0])


def correct(centre: Centre, legs: list[Leg], *, at: str) -> None:
    """Send the legs again, each with a minute more of talking."""
    folder = centre.drop / "acd" / "contact_leg" / f"correction-{at[:13]}"
    folder.mkdir()
    part, ids = folder / "part-000.parquet", [leg.contact_id + leg.leg_id for leg in legs]
    duckdb.execute(
        "copy (select * replace (talk_seconds + ? as talk_seconds,"
        " '2026-07-29T01:00:00Z' as source_updated_at)"
        f" from read_parquet('{folder.parent}/history-*/*.parquet')"
        f" where contact_id || leg_id in ?) to '{part}'",
        [ADDED_SECONDS, ids],
    )
    digest = sha256(part.read_bytes()).hexdigest()
    manifest = {
        "extract_id": folder.name,
        "extracted_at": at,
        "complete": True,
        "parts": [{"file": part.name, "rows": len(legs), "sha256": digest}],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def landed(centre: Centre) -> list[tuple[object, ...]]:
    store = BatchStore(centre.home.root)
    files = [
        str(store.rows_file(batch)) for batch in store.batches() if batch.feed == "restatement"
    ]
    if not files:
        return []
    return duckdb.execute(
        "select agent_id, activity_date, channel, queue_family, measure, before_value::bigint,"
        " after_value::bigint, before_text, after_text, cause from read_parquet(?) order by all",
        [files],
    ).fetchall()


def test_a_correction_of_a_final_day_is_restated_and_of_a_provisional_day_is_not(
    centre: Centre, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    final, provisional = a_leg(centre, is_final=True), a_leg(centre, is_final=False)
    shorten_windows(centre)
    before = (centre.home.published / "CURRENT").read_text().strip()
    correct(centre, [final, provisional], at="2026-07-29T04:00:00Z")
    outcome = centre.night()
    assert outcome.code == 0, outcome.in_words()
    assert landed(centre) == final.restated
    assert "Final days restated: 1 (people: 1, values: 2)." in outcome.in_words()
    assert "evenhand restatements --since 2026-07-29" in outcome.in_words()

    (shown, _) = restatements(centre.home)
    assert (shown.run_id, shown.replaces_run_id) == (outcome.run_id, before)
    assert shown.known_at == datetime(2026, 7, 29, 4)
    assert len(shown.batches) == 1
    assert restatements(centre.home, since=datetime(2026, 7, 30)) == []
    monkeypatch.setenv("EVENHAND_HOME", str(centre.home.root))
    assert main(["restatements", "--since", "2026-07-29"]) == 0
    assert f"{final.activity_date}  handle_seconds" in capsys.readouterr().out

    assert centre.night().status.startswith("Unchanged")

    shorten_windows(centre)
    correct(centre, [final, provisional], at="2026-07-29T05:00:00Z")
    again = centre.night()
    assert again.code == 0, again.in_words()
    assert again.run_id != outcome.run_id
    assert again.restated is None
    assert landed(centre) == final.restated


def test_a_night_killed_when_readers_just_saw_it_restates_the_same(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    final = a_leg(centre, is_final=True)
    shorten_windows(centre)
    correct(centre, [final], at="2026-07-29T04:00:00Z")
    calls = []

    def dies_after_publishing(home: object) -> None:
        calls.append(home)
        if len(calls) == 2:  # the first is before applying
            raise OSError("the machine stopped")

    with monkeypatch.context() as killed:
        killed.setattr(night_module, "land_waiting", dies_after_publishing)
        assert centre.night().code == 1
    assert landed(centre) == []
    assert centre.night().status.startswith("Unchanged")
    assert landed(centre) == final.restated
