"""Feeds that are fetched: part of the night, and a day in the past is fetched again by Dagster."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from metrics.engine.plain_yaml import DefinitionError
from orchestration.definitions import definitions
from orchestration.defs.resources import NightResource
from orchestration.defs.run_night import run_night
from orchestration.defs.sources import feed_assets
from orchestration.defs.warehouse import apply_raw
from orchestration.landing.apply import apply_batches
from orchestration.landing.batches import Batch
from orchestration.landing.contract import load_contracts
from orchestration.landing.retention import expire_landing
from orchestration.night.extracts import fetch_what_is_due, unfetched
from orchestration.night.home import Home
from orchestration.night.lock import only_night
from orchestration.night.night import Night

pytestmark = pytest.mark.night

NOW = datetime(2026, 3, 10, 3)
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
ACTIVITY_TYPES = """\
activity_code,activity_name,category,is_paid,counts_in_adherence,valid_from
phone,Phone,on_queue,true,true,2026-01-01
"""
SOURCES = """\
source_set: fetching
label: A site that fetches
folder: drop
feeds:
  activity_type:
    source_system: wfm
    files: activity_type.csv
  case_record:
    source_system: crm
    files: crm/case_record/*/part-*
extracts:
  case_record:
    connector: sql
    database: {kind: sqlite, file: ../crm.db}
    query: >-
      select case_id, status, status as status_native, at as created_at, at as source_updated_at
      from cases
    keyset: {stamp: source_updated_at, id: case_id, overlap_minutes: 60}
"""


class Site:
    """A CRM in SQLite with one case for every day since 1 February, and what was fetched."""

    def __init__(self, root: Path) -> None:
        self.root, self.drop, self.home = root, root / "drop", Home(root / "home")
        self.drop.mkdir()
        (self.drop / "activity_type.csv").write_text(ACTIVITY_TYPES)
        self.sources = root / "site.yml"
        self.sources.write_text(SOURCES)
        self.home.prepare()
        self.sql("create table cases (case_id text, status text, at text)")
        for number in range(37):
            self.add(datetime(2026, 2, 1, 12) + timedelta(days=number))

    def sql(self, statement: str, *values: str) -> None:
        with sqlite3.connect(self.root / "crm.db") as connection:
            connection.execute(statement, values)
        connection.close()

    def add(self, at: datetime) -> None:
        self.sql("insert into cases values (?, 'open', ?)", f"c{at:%m%d}", f"{at.isoformat()}Z")

    def night(self, now: datetime = NOW) -> Night:
        return Night(home=self.home, sources=self.sources, now=now)

    def resource(self, now: datetime = NOW) -> NightResource:
        return NightResource(
            home=str(self.home.root), sources=str(self.sources), received_at=now.isoformat()
        )

    def materialize(
        self,
        day: str,
        *,
        until: str | None = None,
        now: datetime = NOW,
        feeds: Sequence[str] = ("drop/case_record", "raw/case_record"),
        fails: bool = False,
    ) -> dg.ExecuteInProcessResult:
        """Launch what Dagster's pages launch: one partition, or a backfill of a range of them."""
        resource = self.resource(now)
        days = {
            "dagster/asset_partition_range_start": day,
            "dagster/asset_partition_range_end": until or day,
        }
        with dg.DagsterInstance.ephemeral() as instance:
            return dg.materialize(
                [feed_assets(resource.night())],
                resources={"night": resource},
                selection=feeds,
                partition_key=None if until else day,
                tags=days if until else None,
                instance=instance,
                run_config=QUIET,
                raise_on_error=not fails,
            )

    def manifests(self) -> list[dict[str, Any]]:
        found = [json.loads(path.read_bytes()) for path in self.drop.glob("crm/**/manifest.json")]
        return sorted(found, key=lambda manifest: str(manifest["extract_id"]))

    def batches(self) -> list[Batch]:
        return [batch for batch in self.night().store.batches() if batch.feed == "case_record"]

    def believed(self) -> dict[str, str]:
        with duckdb.connect() as connection:
            store = self.night().store
            contracts = load_contracts()
            apply_batches(connection, store, contracts=contracts, batches=store.batches())
            found = connection.execute(
                "select case_id, status from raw.case_record where superseded_at > '9000-01-01'"
            ).fetchall()
        return {str(case_id): str(status) for case_id, status in found}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_one_step_fetches_and_lands_what_is_declared(site: Site) -> None:
    events = site.materialize("2026-03-10").get_asset_materialization_events()
    assert [event.asset_key.to_user_string() for event in events if event.asset_key] == [
        "drop/case_record",
        "raw/case_record",
    ]
    (batch,) = site.batches()
    assert (batch.accounting.read, batch.accounting.accepted) == (37, 37)


def test_a_backfill_of_two_past_days_lands_them_again_and_leaves_the_cursor_alone(
    site: Site,
) -> None:
    site.materialize("2026-03-10")
    (first,) = site.manifests()
    # What makes a backfill necessary: the source changed rows and moved no stamp.
    site.sql("update cases set status = 'new' where case_id in ('c0301', 'c0302', 'c0220')")
    site.materialize("2026-03-01", until="2026-03-02", now=NOW + timedelta(hours=6))
    again = [made for made in site.manifests() if made["extract_id"].startswith("again-")]
    assert [made["extract_day"] for made in again] == ["2026-03-01", "2026-03-02"]
    assert {made["cursor"] for made in again} == {None}
    believed = site.believed()
    assert (believed["c0301"], believed["c0302"], believed["c0220"]) == ("new", "new", "open")
    site.add(datetime(2026, 4, 1, 12))
    site.materialize("2026-04-02", now=datetime(2026, 4, 2, 3))
    next_one = max(site.manifests(), key=lambda made: str(made["extracted_at"]))
    assert first["cursor"] == "2026-03-09T12:00:00Z"
    assert next_one["cursor"] == "2026-04-01T12:00:00Z"


def test_copies_of_a_backfill_are_kept_as_long_as_any_other(site: Site) -> None:
    made_at = NOW + timedelta(days=100)
    site.materialize("2026-03-01", now=made_at)
    last = made_at + timedelta(days=load_contracts()["case_record"].landing_days)
    contracts = load_contracts()
    assert expire_landing(site.home.root, contracts, now=last - timedelta(seconds=1)) == []
    assert len(expire_landing(site.home.root, contracts, now=last)) == 1


def test_a_second_run_of_the_day_does_not_ask_again(site: Site) -> None:
    site.materialize("2026-03-10")
    site.add(NOW)
    site.materialize("2026-03-10", now=NOW + timedelta(hours=2))
    assert len(site.manifests()) == 1
    site.materialize("2026-03-11", now=NOW + timedelta(days=1))
    assert len(site.manifests()) == 2


def test_a_source_that_knows_only_the_present_is_not_asked_about_the_past(site: Site) -> None:
    whole = SOURCES.replace(
        "{stamp: source_updated_at, id: case_id, overlap_minutes: 60}", "{id: case_id}"
    )
    site.sources.write_text(whole)
    events = site.materialize("2026-03-01").get_asset_materialization_events()
    assert [event.asset_key.path[0] for event in events if event.asset_key] == ["raw"]
    assert site.manifests() == []


def test_an_extract_that_fails_holds_the_night_in_the_words_of_the_connector(site: Site) -> None:
    site.sql("drop table cases")
    outcome = run_night(site.night())
    assert outcome.code == 3
    assert outcome.because == [
        "case_record: failed, nothing of it can be loaded: SQLite: no such table: cases."
        " Next: correct the query or the file, or run the extract again."
    ]
    assert site.batches() == []


def test_a_failed_feed_fails_the_run_and_not_the_other_feeds(site: Site) -> None:
    site.sql("drop table cases")
    result = site.materialize(
        "2026-03-10", feeds=["drop/case_record", "raw/case_record", "raw/activity_type"], fails=True
    )
    assert not result.success
    events = result.get_asset_materialization_events()
    assert [event.asset_key for event in events] == [dg.AssetKey(["raw", "activity_type"])]


def test_the_nights_of_dagster_wait_for_todays_extracts(site: Site) -> None:
    (waiting,) = unfetched(site.night())
    assert "case_record: its extract of 2026-03-10 is not there. Next: " in waiting
    site.materialize("2026-03-01")
    assert unfetched(site.night()) == [waiting]
    site.materialize("2026-03-10")
    assert unfetched(site.night()) == []
    assert len(unfetched(site.night(NOW + timedelta(days=1)))) == 1


def test_dagsters_night_is_held_until_the_extracts_are_there(site: Site) -> None:
    resource = site.resource()
    feeds = feed_assets(site.night())
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [apply_raw(site.night(), feeds)],
            resources={"night": resource},
            run_config=QUIET,
            raise_on_error=False,
            instance=instance,
        )
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert "its extract of 2026-03-10 is not there. Next: " in str(failure.step_failure_data.error)


def test_a_backfill_waits_for_a_night_of_the_command_line(site: Site) -> None:
    with only_night(site.home, now=NOW):
        result = site.materialize("2026-03-01", fails=True)
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert "Another night is running" in str(failure.step_failure_data.error)
    assert site.manifests() == []


def test_a_look_back_asks_no_source_and_waits_for_none(site: Site) -> None:
    look_back = Night(home=site.home, sources=site.sources, now=NOW, as_of=NOW)
    assert fetch_what_is_due(look_back) == unfetched(look_back) == []
    assert site.manifests() == []


def test_an_asset_says_where_it_is_declared_and_where_its_files_come_from(site: Site) -> None:
    specs = {spec.key.to_user_string(): spec for spec in feed_assets(site.night()).specs}
    assert sorted(specs) == ["drop/case_record", "raw/activity_type", "raw/case_record"]
    rows = specs["raw/case_record"]
    assert [dep.asset_key for dep in rows.deps] == [dg.AssetKey(["drop", "case_record"])]
    assert (rows.group_name, rows.owners) == ("sources/crm", ["team:platform"])
    assert rows.metadata["declared_in"].value == f"{site.sources}:8"
    assert specs["drop/case_record"].metadata["declared_in"].value == f"{site.sources}:12"


def test_a_misspelt_key_keeps_the_code_location_from_loading_and_names_its_line(
    site: Site,
) -> None:
    site.sources.write_text(SOURCES.replace("    files: crm/", "    flies: crm/"))
    resource = NightResource(home=str(site.home.root), sources=str(site.sources))
    with pytest.raises(DefinitionError) as refused:
        definitions(resource)
    assert f"{site.sources}:10: `feeds.case_record.flies` is not a key" in str(refused.value)
    assert str(refused.value).endswith("What to do: write `files`, or remove it.")
