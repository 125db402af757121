"""A site mends its mapping: files that are still in the drop are read again, and count once."""

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.landing.apply import apply_batches
from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.derived_roster import derived_deliveries
from orchestration.landing.land import land
from orchestration.landing.source_set import DerivedRoster, SourceSet, load_source_set
from orchestration.landing.status import Status, status
from orchestration.night.run_identity import identify_run
from tests.commands.conftest import CommandLine, cases
from tests.landing.conftest import NOW, Site

LATER = NOW + timedelta(days=2)
EVENTS = (
    "event_id,case_id,event_type,occurred_at,actor_type\n"
    "v1,c1,resolved,2026-06-01T08:00:00Z,person\n"
    "v2,c2,resolved,2026-06-01T09:00:00Z,person\n"
)
AS_UNKNOWN = "    columns: {actor_type: '''unknown'''}\n"
AS_AGENT = "    columns: {actor_type: '''agent'''}\n"


def believed(site: Site, columns: str, table: str = "raw.case_event") -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        site.apply(connection)
        return connection.execute(
            f"select {columns} from {table} where superseded_at > timestamp '9000-01-01'"
            " order by all"
        ).fetchall()


def source_set(site: Site) -> SourceSet:
    path = site.drop.parent / "sources.yml"
    return load_source_set(path, site.contracts, folder=site.drop)


def state_of(site: Site, as_of: datetime) -> Status:
    return status(
        source_set(site),
        contracts=site.contracts,
        home=site.home,
        as_of=as_of,
        warehouse="",
        loaded={},
        breaks=[],
    )


def test_the_mended_mapping_takes_effect_even_where_the_first_row_of_a_key_is_kept(
    site: Site,
) -> None:
    site.write("events.csv", EVENTS)
    site.land("case_event", more=AS_UNKNOWN)
    (again,) = site.land("case_event", more=AS_AGENT, received_at=LATER)
    assert (again.accounting.accepted, again.known_at, again.read_at) == (2, NOW, LATER)
    assert believed(site, "event_id, actor_type") == [("v1", "agent"), ("v2", "agent")]


def test_it_is_read_again_once(site: Site) -> None:
    site.write("events.csv", EVENTS)
    site.land("case_event", more=AS_UNKNOWN)
    assert len(site.land("case_event", more=AS_AGENT, received_at=LATER)) == 1
    assert site.land("case_event", more=AS_AGENT, received_at=LATER) == []


def test_the_first_reading_stays_in_raw_as_it_was(site: Site) -> None:
    site.write("events.csv", EVENTS)
    (first,) = site.land("case_event", more=AS_UNKNOWN)
    before = {path: path.read_bytes() for path in _files(site)}
    (again,) = site.land("case_event", more=AS_AGENT, received_at=LATER)
    assert again.replaces == first.batch_id
    assert before.items() <= {path: path.read_bytes() for path in _files(site)}.items()
    assert len(_files(site)) == 2 * len(before)


def test_a_key_that_is_made_otherwise_leaves_no_row_behind(site: Site) -> None:
    site.write("events.csv", EVENTS)
    site.land("case_event", more="    columns: {event_id: case_id, actor_type: '''agent'''}\n")
    assert believed(site, "event_id") == [("c1",), ("c2",)]
    site.land("case_event", more=AS_AGENT, received_at=LATER)
    assert believed(site, "event_id") == [("v1",), ("v2",)]


def test_a_mapping_that_goes_back_is_believed_again(site: Site) -> None:
    site.write("events.csv", EVENTS)
    for days, mapping in enumerate((AS_UNKNOWN, AS_AGENT, AS_UNKNOWN)):
        site.land("case_event", more=mapping, received_at=NOW + timedelta(days=days))
    assert len(BatchStore(site.home).batches()) == 3
    assert believed(site, "distinct actor_type") == [("unknown",)]


def test_the_order_of_belief_stays_that_of_the_deliveries(site: Site) -> None:
    plan = "agent_external_id,activity_code,start_at,end_at,is_published,schedule_version\n"
    day = "2026-06-01T"
    for name, at, begin in (("e1", "05-01", "08"), ("e2", "05-02", "10")):
        row = f"a,phone,{day}{begin}:00:00Z,{day}18:00:00Z,true,0\n"
        window = ("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z")
        site.extract(name, plan + row, at=f"2026-{at}T00:00:00Z", window=window)
    site.land("planned_activity")
    site.land("planned_activity", more="    columns: {activity_code: '''call'''}\n")
    shown = believed(site, "activity_code, start_at, known_at", "raw.planned_activity")
    assert shown == [("call", datetime(2026, 6, 1, 10), datetime(2026, 5, 2))]


def test_files_that_lie_elsewhere_are_not_read_again(site: Site) -> None:
    site.write("events.csv", EVENTS)
    site.land("case_event", more=AS_AGENT)
    assert site.land("case_event", files="*.csv", more=AS_AGENT) == []


def test_a_run_of_an_earlier_day_knows_the_earlier_reading(site: Site) -> None:
    site.write("events.csv", EVENTS)
    (first,) = site.land("case_event", more=AS_UNKNOWN)
    (again,) = site.land("case_event", more=AS_AGENT, received_at=LATER)
    batches = BatchStore(site.home).batches()
    now, then = (
        identify_run(batches, source_set(site), contracts=site.contracts, as_of=as_of, left_out={})
        for as_of in (None, NOW + timedelta(days=1))
    )
    assert (now.batches, now.as_of) == ((again,), LATER)
    assert then.batches == (first,)
    assert state_of(site, NOW).feeds[0].last == first


def test_a_warehouse_that_holds_the_earlier_reading_is_built_anew(site: Site) -> None:
    site.write("events.csv", EVENTS)
    site.land("case_event", more=AS_UNKNOWN)
    with duckdb.connect() as warehouse:
        site.apply(warehouse)
        site.land("case_event", more=AS_AGENT, received_at=LATER)
        store = BatchStore(site.home)
        (applied,) = apply_batches(
            warehouse, store, contracts=site.contracts, batches=store.batches()
        )
        assert (applied.opened, applied.conflicts) == (2, 0)


def test_every_row_is_accounted_for_once(site: Site) -> None:
    site.write("events.csv", EVENTS)
    site.land("case_event", more="    refuse_when: {nobody: case_id = 'c2'}\n" + AS_AGENT)
    assert state_of(site, NOW).feeds[0].states["set_aside"] == 1
    site.land("case_event", more=AS_AGENT, received_at=LATER)
    (feed,) = state_of(site, LATER).feeds
    assert feed.totals == {"read": 2, "accepted": 2, "quarantined": 0, "duplicates": 0}
    assert (feed.adds_up, feed.states["set_aside"]) == (True, 0)


def test_a_roster_from_the_agents_seen_follows_the_mended_mapping(site: Site) -> None:
    leg = "contact_id,leg_id,agent_external_id,other\nc,l,ann,bob\n"
    constants = (
        "    constants: {channel: voice, direction: inbound, was_handled: 'true',"
        " was_abandoned: 'false', contact_started_at: '2026-06-01T08:00:00Z',"
        " leg_started_at: '2026-06-01T08:00:00Z', source_updated_at: '2026-06-01T08:00:00Z'}\n"
    )
    mended = f"{constants}    columns: {{agent_external_id: other}}\n"
    derived = DerivedRoster(
        source_system="acd", from_feeds=("contact_leg",), site="s", zone="UTC", role="agent",
        team="t", employed_since=NOW.date(),
    )  # fmt: skip
    site.write("legs.csv", leg)
    for mapping, agent, days in ((constants, "ann", 0), (mended, "bob", 2), (constants, "ann", 4)):
        at = NOW + timedelta(days=days)
        later = at + timedelta(days=1)
        site.land("contact_leg", more=mapping, received_at=at)
        for delivery, feed_mapping in derived_deliveries(derived, home=site.home):
            contract = site.contracts[delivery.feed]
            land(delivery, mapping=feed_mapping, contract=contract, home=site.home, received_at=at)
            assert delivery.known_at == at
        assert believed(site, "agent_id", "raw.agent_roster") == [(agent,)]
        assert list(derived_deliveries(derived, home=site.home)) == []
    # An extract of the day before comes late, with somebody who is seen for the first time.
    site.write("late.csv", leg.replace("c,l,ann", "d,l,eve"))
    site.land("contact_leg", files="late.csv", more=constants, received_at=NOW - timedelta(days=1))
    for delivery, feed_mapping in derived_deliveries(derived, home=site.home):
        contract = site.contracts[delivery.feed]
        land(delivery, mapping=feed_mapping, contract=contract, home=site.home, received_at=later)
        assert delivery.known_at is not None
        assert delivery.known_at > at
    assert believed(site, "agent_id", "raw.agent_roster") == [("ann",), ("eve",)]


def test_rows_released_from_the_earlier_reading_count_in_the_newer_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EVENHAND_HOME", str(tmp_path / "home"))
    site = CommandLine(tmp_path, capsys.readouterr)
    site.write("a.csv", cases("k1,2024-06-01T08:00:00,o,open,2024-06-01T09:00:00\n"))
    site.sources("load")
    site.declare(more="    zone: Europe/Lisbon\n")
    site.sources("replay")
    answer = site.sources("load")
    assert "the mapping was mended, so batch" in answer.out
    (feed,) = site.sources("status", "--json").json["feeds"]
    assert feed["totals"] == {"read": 401, "accepted": 401, "quarantined": 0, "duplicates": 0}
    site.apply()
    assert site.believed("k1") == ["open"]


def _files(site: Site) -> list[Path]:
    return [path for store in ("raw", "quarantine") for path in (site.home / store).rglob("*.*")]


def test_a_batch_says_which_reading_it_replaces(site: Site) -> None:
    site.write("events.csv", EVENTS)
    (first,) = site.land("case_event", more=AS_UNKNOWN)
    (again,) = site.land("case_event", more=AS_AGENT, received_at=LATER)
    read_back: list[Batch] = BatchStore(site.home).batches()
    assert {batch.batch_id: batch.replaces for batch in read_back} == {
        first.batch_id: None,
        again.batch_id: first.batch_id,
    }
