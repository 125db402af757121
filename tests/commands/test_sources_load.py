"""What `evenhand sources load` lands and `status` shows, and how long landing keeps copies."""

import hashlib
import json
from datetime import timedelta

import pytest
from filelock import FileLock

from orchestration.landing.batches import BatchStore
from orchestration.landing.contract import load_contracts
from orchestration.landing.retention import expire_landing
from tests.commands.conftest import CASES, ROOMY, CommandLine, cases

LOST = "k,2024-06-01T08:00:00Z,o,lost,2024-06-01T08:00:00Z\n"


def test_what_is_new_is_landed_once_and_counted(site: CommandLine) -> None:
    site.write("cases.csv", cases(LOST))
    first = site.sources("load", "--json")
    (batch,) = first.json["batches"]
    assert (first.code, batch["accounting"]["accepted"]) == (0, 400)
    again = site.sources("load")
    assert (again.code, again.out) == (
        0,
        "Nothing new has been delivered.\nNext: evenhand nightly.\n",
    )


def test_a_refused_delivery_does_not_keep_back_what_landed_before_it(site: CommandLine) -> None:
    site.write("a.csv", cases())
    site.write("b.csv", "")
    answer = site.sources("load")
    assert answer.code == 3
    assert "Refused: case_record: b.csv, line 1: is empty" in answer.out
    assert site.sources("status", "--json").json["feeds"][0]["totals"]["accepted"] == 400


def test_a_missing_feed_holds_the_load(site: CommandLine) -> None:
    answer = site.sources("load")
    assert answer.code == 3
    assert "is declared, and no such file is there" in answer.out


@pytest.mark.parametrize(
    "words",
    [
        ["load"],
        ["replay"],
        ["waive", "--feed", "case_record", "--reason", "r", "--because", "b", "--by", "me"],
    ],
)
def test_a_running_night_turns_writers_away_and_readers_are_answered(
    site: CommandLine, words: list[str]
) -> None:
    site.write("cases.csv", cases())
    site.sources("load")
    (site.home / "night.holder").write_text("process 7")
    with FileLock(site.home / "night.lock"):
        answer = site.sources(*words)
        status = site.sources("status")
    assert (answer.code, answer.out) == (5, "")
    assert "Another night is running" in answer.err
    assert status.code == 0
    assert "Warehouse: a night is running (process 7)" in status.out


def test_the_home_of_another_centre_is_not_touched(site: CommandLine) -> None:
    site.write("cases.csv", cases())
    site.sources("load")
    site.declare(name="theirs")
    for words in (["load"], ["status"], ["quarantine", "list"], ["replay"]):
        answer = site.sources(*words)
        assert answer.code == 2, words
        assert "holds the data of ours" in answer.err


def test_status_of_nothing_says_how_to_begin(site: CommandLine) -> None:
    answer = site.sources("status")
    assert answer.code == 0
    assert "Nothing has been loaded yet.\nNext: evenhand sources check" in answer.out
    assert not site.home.exists()


def test_status_shows_that_every_row_is_accounted_for(site: CommandLine) -> None:
    site.write("a.csv", cases(LOST + "g0,2024-06-01T08:00:00Z,o,open,2024-06-01T08:00:00Z\n"))
    site.write("b.csv", cases(prefix="h"))
    site.sources("load")
    answer = site.sources("status")
    assert (
        "Every row is accounted for: read = accepted + quarantined + duplicates in 2 batches."
        in answer.out
    )
    (feed,) = site.sources("status", "--json").json["feeds"]
    assert feed["totals"] == {"read": 802, "accepted": 800, "quarantined": 1, "duplicates": 1}
    assert feed["states"]["open"] == 1
    assert "Warehouse: no night has been built yet." in answer.out
    assert "agent_roster" in answer.out.split("Not measured, because nobody declared it: ")[1]


def test_a_manifest_that_does_not_add_up_is_said(site: CommandLine) -> None:
    site.write("a.csv", cases())
    site.sources("load")
    (manifest,) = (site.home / "raw").rglob("*.json")
    manifest.write_text(manifest.read_text().replace('"read": 400', '"read": 401'))
    assert "NOT every row is accounted for: the manifests of case_record" in (
        site.sources("status").out
    )


def test_status_says_what_applying_found(site: CommandLine) -> None:
    site.write("a.csv", cases())
    site.sources("load")
    old = "2023-06-01T08:00:00Z"
    site.write("b.csv", CASES + f"g1,{old},o,open,{old}\n")
    site.sources("load")
    site.apply()
    assert "case_record: 1 row older than what is believed" in site.sources("status").out


def test_status_says_which_feed_holds_the_next_night_and_why(site: CommandLine) -> None:
    header, *rows = cases().splitlines()
    site.write("a.csv", "\n".join([f"{header},channel", *(f"{row},voice" for row in rows)]))
    site.sources("load")
    (batch,) = BatchStore(site.home).batches()
    site.backdate(batch, to="2020-01-01")
    assert "Not whole" not in site.sources("status").out
    site.write("b.csv", cases(prefix="h"))
    site.sources("load")
    answer = site.sources("status")
    assert "Not whole, holds the next night: case_record: " in answer.out
    assert "has nothing in channel, and extracts before it had. Next: " in answer.out
    site.declare(more="    when_incomplete: publish_without\n")
    answer = site.sources("status", "--json")
    assert [one["is_left_out"] for one in answer.json["breaks"]] == [True]


def test_status_as_of_an_earlier_day_knows_what_was_known_then(site: CommandLine) -> None:
    site.write("a.csv", cases())
    site.sources("load")
    answer = site.sources("status", "--as-of", "2024-01-01T00:00:00Z")
    assert "Nothing has been loaded yet." in answer.out


def test_a_feed_that_is_declared_no_more_is_still_shown(site: CommandLine) -> None:
    site.write("a.csv", cases())
    site.sources("load")
    site.declare(feed="contact_leg")
    assert "Loaded and not declared any more: case_record." in site.sources("status").out


def test_a_copy_goes_after_its_days_and_a_refused_one_stays(site: CommandLine) -> None:
    site.write("a.csv", cases())
    site.write("b.csv", CASES + LOST * 2)
    site.sources("load")
    contracts = load_contracts()
    (batch,) = BatchStore(site.home).batches()
    last = batch.known_at + timedelta(days=contracts["case_record"].landing_days)
    assert expire_landing(site.home, contracts, now=last - timedelta(seconds=1)) == []
    (gone,) = expire_landing(site.home, contracts, now=last)
    assert (gone.name, gone.exists()) == (batch.extract_id, False)
    assert "1 copy of refused deliveries among them stay" in site.sources("status").out
    site.drop.joinpath("b.csv").unlink()
    assert "Nothing new has been delivered." in site.sources("load").out


def test_an_old_extract_that_comes_late_is_kept_as_long_as_any_other(site: CommandLine) -> None:
    part = site.write("a.csv", cases())
    known_at = "2025-01-01T00:00:00Z"
    digest = hashlib.sha256(part.read_bytes()).hexdigest()
    manifest = {
        "extract_id": "old",
        "extracted_at": known_at,
        "complete": True,
        "parts": [{"file": part.name, "rows": ROOMY, "sha256": digest}],
    }
    site.write("manifest.json", json.dumps(manifest))
    site.sources("load")
    (batch,) = BatchStore(site.home).batches()
    assert batch.known_at < batch.received_at
    assert "served its time" not in site.sources("load").out
    assert [path.name for path in (site.home / "landing").glob("*/*/*")] == ["old"]


def test_landing_is_emptied_by_the_load_itself(site: CommandLine) -> None:
    site.write("a.csv", cases())
    site.sources("load")
    (batch,) = BatchStore(site.home).batches()
    site.backdate(batch, to="2020-01-01")
    answer = site.sources("load")
    assert "1 copy in landing had served its time." in answer.out
    assert list((site.home / "landing").rglob("*.csv")) == []
