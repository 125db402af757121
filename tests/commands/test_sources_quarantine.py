"""What becomes of a row that was kept apart: open, released, redelivered, waived."""

from datetime import datetime, tzinfo

import duckdb
import pytest

from orchestration.commands import site as commands_site
from orchestration.landing.batches import BatchStore
from tests.commands.conftest import CASES, ROOMY, CommandLine, cases

UTC_STAMP = "2024-06-02T08:00:00Z"
LOCAL = "2024-06-01T08:00:00"  # no zone: not a time until the source set declares one
NO_ZONE = f"k1,{LOCAL},o,open,{UTC_STAMP}\n"
LOST = f"k2,{UTC_STAMP},o,lost,{UTC_STAMP}\n"
TORN = "k3,torn\n"
ZONE = "    zone: Europe/Lisbon\n"


def states(site: CommandLine) -> dict[str, int]:
    (feed,) = site.sources("quarantine", "list", "--json").json["feeds"]
    return {state: rows for state, rows in feed["states"].items() if rows}


def load(site: CommandLine, name: str, bad: str, *, prefix: str = "g") -> None:
    site.write(name, cases(bad, good=800, prefix=prefix))
    answer = site.sources("load")
    assert answer.code == 0, answer.out


def test_open_rows_are_listed_by_reason_with_batch_and_line(site: CommandLine) -> None:
    load(site, "a.csv", NO_ZONE + LOST + TORN)
    (batch,) = BatchStore(site.home).batches()
    answer = site.sources("quarantine", "list")
    assert answer.code == 0
    assert "case_record: 3 rows open" in answer.out
    assert f"batch {batch.batch_id}, line 803: col:enum:status" in answer.out
    assert "2 rows can be replayed after a change of the contract." in answer.out
    assert "The others cannot: their text is not kept by column" in answer.out


def test_rows_can_be_narrowed_to_a_reason_and_a_number(site: CommandLine) -> None:
    load(site, "a.csv", NO_ZONE + LOST + TORN)
    answer = site.sources("quarantine", "list", "--reason", "col:enum:status", "--json")
    (feed,) = answer.json["feeds"]
    assert [row["line"] for row in feed["rows"]] == [803]
    assert "text" not in feed["rows"][0]
    (feed,) = site.sources("quarantine", "list", "--limit", "1", "--json").json["feeds"]
    assert len(feed["rows"]) == 1


def test_personal_columns_are_masked_unless_asked_for(site: CommandLine) -> None:
    site.declare(more="    columns: {owner_external_id: '''jo.doe'''}\n")
    load(site, "a.csv", LOST)
    masked = site.sources("quarantine", "list", "--rows").out
    assert "status = lost" in masked
    assert "owner_external_id = •••" in masked
    assert "jo.doe" not in masked
    assert "jo.doe" in site.sources("quarantine", "list", "--rows", "--show-personal").out


def test_rows_that_pass_now_become_a_batch_and_the_others_stay_open(site: CommandLine) -> None:
    load(site, "a.csv", NO_ZONE + LOST + TORN)
    (first,) = BatchStore(site.home).batches()
    site.declare(more=ZONE)
    answer = site.sources("replay", "--json")
    assert (answer.code, answer.json["released"], answer.json["still_open"]) == (0, 1, 1)
    _, replayed = BatchStore(site.home).batches()
    assert replayed.extract_id == f"replay-of-{first.batch_id}"
    assert not replayed.is_complete
    assert replayed.known_at >= first.known_at
    assert replayed.mapping_digest != first.mapping_digest
    counted = replayed.accounting
    assert counted.read == counted.accepted + counted.quarantined + counted.duplicates == 1
    rows = BatchStore(site.home).rows_file(replayed)
    # 08:00 in Lisbon's summer is 07:00 UTC.
    assert duckdb.sql(f"select case_id, created_at::varchar from '{rows}'").fetchall() == [
        ("k1", "2024-06-01 07:00:00")
    ]
    assert states(site) == {"open": 2, "released": 1}
    assert "1 row released from quarantine by replay" in site.sources("status").out


def test_what_is_released_in_the_second_it_was_loaded_is_in_the_status_of_that_second(
    site: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StoppedClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime(2026, 6, 1, 8, tzinfo=tz)

    monkeypatch.setattr(commands_site, "datetime", StoppedClock)
    load(site, "a.csv", NO_ZONE + LOST + TORN)
    site.declare(more=ZONE)
    assert site.sources("replay").code == 0
    assert "1 row released from quarantine by replay" in site.sources("status").out


def test_a_replayed_batch_adds_its_rows_and_closes_none(site: CommandLine) -> None:
    load(site, "a.csv", NO_ZONE)
    site.declare(more=ZONE)
    site.sources("replay")
    _, replayed = site.apply()
    assert (replayed.opened, replayed.closed, replayed.refused_because) == (1, 0, None)


def test_of_two_open_versions_of_a_key_the_later_one_is_believed(site: CommandLine) -> None:
    load(site, "a.csv", NO_ZONE)
    load(site, "b.csv", NO_ZONE.replace(",o,open,", ",n,new,"), prefix="h")
    first, second = BatchStore(site.home).batches()
    later = first if "g0" in site.accepted(first) else second
    for batch in (first, second):
        site.backdate(batch, to="2024-06-04" if batch is later else "2024-06-03")
    site.declare(more=ZONE)
    site.sources("replay")
    site.apply()
    assert site.believed("k1") == ["open"]


def test_replaying_twice_does_nothing_the_second_time_and_says_so(site: CommandLine) -> None:
    load(site, "a.csv", NO_ZONE)
    site.declare(more=ZONE)
    site.sources("replay")
    again = site.sources("replay")
    assert (again.code, again.out) == (
        0,
        "Nothing to replay: no open row has its text kept by column.\n",
    )
    assert len(BatchStore(site.home).batches()) == 2


def test_a_replay_without_any_change_releases_nothing(site: CommandLine) -> None:
    load(site, "a.csv", NO_ZONE)
    answer = site.sources("replay", "--feed", "case_record")
    assert "Nothing was released: every row still has its reason." in answer.out
    assert len(BatchStore(site.home).batches()) == 1


def test_a_replay_cut_off_before_its_record_is_noted_by_the_next_one(site: CommandLine) -> None:
    load(site, "a.csv", NO_ZONE)
    site.declare(more=ZONE)
    site.sources("replay")
    for decision in (site.home / "quarantine" / "decisions").iterdir():
        decision.unlink()
    before = sorted((site.home / "raw").rglob("*"))
    site.sources("replay")
    assert sorted((site.home / "raw").rglob("*")) == before
    assert states(site) in ({"released": 1}, {"redelivered": 1})


def test_two_open_rows_of_one_key_that_contradict_each_other_stay_open(site: CommandLine) -> None:
    other = NO_ZONE.replace(",o,open,", ",p,open,")
    load(site, "a.csv", NO_ZONE + other)
    site.declare(more=ZONE)
    answer = site.sources("replay", "--json")
    assert (answer.json["released"], answer.json["still_open"]) == (0, 2)


def test_one_row_twice_in_quarantine_is_released_once(site: CommandLine) -> None:
    load(site, "a.csv", NO_ZONE * 2)
    site.declare(more=ZONE)
    site.sources("replay")
    counted = BatchStore(site.home).batches()[-1].accounting
    assert (counted.read, counted.accepted, counted.duplicates) == (2, 1, 1)
    assert states(site) == {"released": 2}


def test_a_row_whose_key_has_loaded_since_is_closed(site: CommandLine) -> None:
    load(site, "a.csv", LOST)
    site.write("b.csv", CASES + LOST.replace("lost", "open"))
    assert states(site) == {"open": 1}
    (batch,) = BatchStore(site.home).batches()
    site.backdate(batch, to="2024-06-03")
    site.sources("load")
    assert states(site) == {"redelivered": 1}
    assert "1 delivered again" in site.sources("quarantine", "list").out


def test_waived_rows_are_closed_with_who_and_why(site: CommandLine) -> None:
    load(site, "a.csv", LOST + TORN)
    words = ["waive", "--feed", "case_record", "--because", "a test case", "--by", "R. Roe"]
    answer = site.sources(*words, "--reason", "col:enum:status")
    assert answer.out == "case_record: 1 row waived by R. Roe: a test case\n"
    assert states(site) == {"open": 1, "waived": 1}
    (decision,) = (site.home / "quarantine" / "decisions").iterdir()
    assert '"by": "R. Roe"' in decision.read_text()
    again = site.sources(*words, "--reason", "col:enum:status")
    assert again.code == 2
    assert "no row of case_record stands open with the reason col:enum:status" in again.err


def test_what_the_mapping_sets_aside_is_not_open_and_never_replayed(site: CommandLine) -> None:
    site.declare(more='    refuse_when: {template: "\\"case_id\\" like \'k%\'"}\n')
    load(site, "a.csv", LOST.replace("lost", "open"))
    assert states(site) == {"set_aside": 1}
    site.declare()
    assert "Nothing to replay" in site.sources("replay").out


@pytest.mark.parametrize("words", [["quarantine", "list"], ["replay"]])
def test_an_unknown_feed_is_a_usage_error(site: CommandLine, words: list[str]) -> None:
    answer = site.sources(*words, "--feed", "calls")
    assert answer.code == 2
    assert "no contract is named calls. Next: use one of " in answer.err


@pytest.mark.parametrize("words", [["quarantine", "list"], ["replay"]])
def test_nothing_kept_apart_is_a_friendly_answer(site: CommandLine, words: list[str]) -> None:
    answer = site.sources(*words)
    assert answer.code == 0
    assert answer.out.startswith("Nothing ")


ROSTER = (
    "agent_id,valid_from,employment_status,worker_type,job_role,team_id,site_id,site_time_zone,"
    "hire_date,scorecard_eligible\n"
)


def test_a_row_that_a_newer_whole_snapshot_lacks_does_not_come_back(site: CommandLine) -> None:
    site.declare(feed="agent_roster", more="    refuse_when: {}\n")
    # Of a roster no row may be bad, so the bad one is planted where a contract change leaves it.
    rows = "".join(
        f"a{n},2024-01-01,active,employee,agent,t1,s1,Europe/Lisbon,2024-01-01,true\n"
        for n in range(3)
    )
    site.write("a.csv", ROSTER + rows)
    site.sources("load")
    (batch,) = BatchStore(site.home).batches()
    kept = BatchStore(site.home).quarantined_file(batch)
    duckdb.sql(
        f"copy (select 0 as part, 4 as row_number, ['col:enum:worker_type'] as reasons, * from"
        f" (select * exclude (source_system, row_digest) from"
        f" '{BatchStore(site.home).rows_file(batch)}' limit 1)) to '{kept}' (format parquet)"
    )
    (manifest,) = (site.home / "raw").rglob("*.json")
    manifest.write_text(manifest.read_text().replace('"quarantined": 0', '"quarantined": 1'))
    site.backdate(batch, to="2024-06-03")
    assert states(site) == {"open": 1}
    site.write("a.csv", ROSTER + rows.split("\n", 1)[1])
    site.sources("load")
    assert states(site) == {"redelivered": 1}
    assert "Nothing to replay" in site.sources("replay").out


def test_a_newer_window_closes_the_rows_inside_it_and_no_others(site: CommandLine) -> None:
    header = "agent_external_id,platform,state_code,start_at\n"
    good = "".join(f"a{n},all,idle,2024-06-01T08:00:00Z\n" for n in range(ROOMY))
    bad = "".join(f"b,all,,2024-06-0{day}T09:00:00Z\n" for day in (1, 5))
    site.declare(feed="actual_activity")
    site.write("a.csv", header + good + bad)
    site.sources("load")
    (first,) = BatchStore(site.home).batches()
    site.backdate(first, to="2024-06-06")
    assert states(site) == {"open": 2}
    site.write("b.csv", header + good)
    site.sources("load")
    assert states(site) == {"open": 2}  # a file without a window says nothing of absence
    second = BatchStore(site.home).batches()[-1]
    manifest = site.home / "raw" / "actual_activity" / f"{second.batch_id}.json"
    manifest.write_text(
        manifest.read_text()
        .replace('"is_complete": false', '"is_complete": true')
        .replace('"window_start": null', '"window_start": "2024-06-01 00:00:00"')
        .replace('"window_end": null', '"window_end": "2024-06-02 00:00:00"')
    )
    assert states(site) == {"open": 1, "redelivered": 1}
