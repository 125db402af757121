"""`evenhand erase`: what it answers, and when it does nothing."""

import argparse
import json
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.commands import erase
from orchestration.night.home import Home
from orchestration.night.lock import only_night
from tests.landing.conftest import Site
from tests.landing.test_erasure import REQUESTS, Door, request


@pytest.fixture
def door(site: Site, monkeypatch: pytest.MonkeyPatch) -> Door:
    door = Door(site)
    held = request("R2", "AGENT-002", hold="true")
    door.send("erasure_request", REQUESTS + request("R1", "AGENT-001") + held)
    monkeypatch.setenv("EVENHAND_HOME", str(door.home))
    monkeypatch.setenv("DAGSTER_HOME", str(door.home / "dagster"))
    monkeypatch.setenv("EVENHAND_THREADS", "1")
    return door


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    erase.add_arguments(parser)
    return erase.run(parser.parse_args(words))


def test_it_says_what_it_did_and_what_is_left_to_people(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command() == 0
    said = capsys.readouterr().out
    assert "R1: erased" in said
    assert "R2: held" in said
    assert "the next night builds it anew" in said
    assert "AGENT" not in said
    assert door.places("AGENT-001") == set()


def test_json_and_a_dry_run_say_the_same_and_name_nobody(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--dry-run", "--json", "--request", "R1") == 0
    said = capsys.readouterr().out
    (outcome,) = json.loads(said)["requests"]
    assert outcome["status"] == "would be erased"
    assert outcome["touched"]["rows"]["agent_roster"] == 1
    assert "AGENT" not in said
    assert "raw" in door.places("AGENT-001")


def test_a_hold_an_unknown_request_and_a_running_night_have_codes_of_their_own(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--request", "R2") == 3
    assert command("--request", "R9") == 2
    with only_night(Home(Path(door.home)), now=datetime(2026, 11, 1)):
        assert command() == 5
    assert "Another night is running" in capsys.readouterr().err


def test_what_is_still_named_elsewhere_has_a_code_of_its_own(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    (door.home / "notes.txt").write_text("AGENT-001")
    assert command() == 4
    assert "notes.txt" in capsys.readouterr().err
