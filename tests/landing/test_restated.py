"""Restatements as evidence: landed with their run, read by later nights alone, erased like all."""

import json
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from metrics.engine.plain_yaml import DefinitionError
from orchestration.cli import main
from orchestration.landing.apply import apply_batches
from orchestration.landing.batches import BatchStore
from orchestration.landing.erasure.outcome import erase
from orchestration.landing.source_set import load_source_set
from orchestration.landing.status import status
from orchestration.night.home import Home
from orchestration.night.restated import (
    land_waiting,
    note_restatements,
    restated_by,
    restatements,
)
from orchestration.night.run_identity import identify_run
from reports.engine.run_facts import RunFacts
from tests.erasure.finding import places
from tests.landing.conftest import NOW, Site

AS_OF = datetime(2026, 6, 3)
CASES = "case_id,created_at,status_native,status,source_updated_at\n"
AGENT = "AGENT-001"


def waiting(home: Home, run_id: str, *, agent: str = AGENT) -> Path:
    """Write what a run restates where a night leaves it until readers see the run."""
    file = home.scratch / "restated" / f"{run_id}.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    duckdb.execute(
        "copy (select ? as run_id, 'r1' as replaces_run_id, ? as agent_id, date '2026-05-01' as"
        " activity_date, 'all' as channel, 'all' as queue_family, unnest(['worked_seconds',"
        " 'team_id']) as measure, unnest([100.5, null]) as before_value,"
        " unnest([90, null]) as after_value, unnest([null, 'red']) as before_text,"
        " unnest([null, 'blue']) as after_text, 'case_record' as cause, 'b1' as batches)"
        f" to '{file}'",
        [run_id, agent],
    )
    return file


@pytest.fixture
def home(site: Site) -> Home:
    """Answer the EVENHAND_HOME of a site with one case, whose readers see the run r2."""
    site.extract("e1", CASES + "c1,2026-06-01T08:00:00Z,open,open,2026-06-01T09:00:00Z\n",
                 at="2026-06-03T00:00:00Z")  # fmt: skip
    site.land("case_record")
    folder = site.home / "published" / "r2"
    folder.mkdir(parents=True)
    (folder.parent / "CURRENT").write_text("r2\n")
    manifest = {"run_id": "r2", "as_of": AS_OF.isoformat(), "source_set": "tiny", "checks": {},
                "content_sha256": "", "files": {}}  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return Home(site.home)


def test_they_are_landed_once_readers_see_their_run(home: Home) -> None:
    file = waiting(home, "r2")
    land_waiting(home)
    (batch,) = [one for one in BatchStore(home.root).batches() if one.feed == "restatement"]
    assert (batch.known_at, batch.extract_id, batch.accounting.accepted) == (AS_OF, "r2", 2)
    assert not file.exists()

    waiting(home, "r2", agent="AGENT-002")  # the same run again
    land_waiting(home)
    assert len(restatements(home)) == 2


def test_those_of_a_run_that_nobody_saw_never_were(home: Home) -> None:
    file = waiting(home, "r3")
    land_waiting(home)
    assert not file.exists()
    assert restatements(home) == []
    assert restated_by(home, "r3") is None


def facts(run_id: str, as_of: datetime) -> RunFacts:
    return RunFacts(
        run_id=run_id, as_of=as_of, source_set="tiny", source_set_label="Tiny", declared_feeds={}
    )


@pytest.mark.parametrize(
    ("run", "is_said"),
    [
        (facts("r3", datetime(2026, 6, 4)), True),
        (facts("r2", AS_OF), False),  # the run that readers see, once more
        (facts("r0", datetime(2026, 6, 1)), False),  # a look back
    ],
)
def test_a_run_that_cannot_be_compared_with_what_readers_saw_says_so(
    home: Home, run: RunFacts, is_said: bool
) -> None:
    home.scratch.mkdir(exist_ok=True)
    with duckdb.connect() as new_warehouse:
        note_restatements(new_warehouse, home, run=run, identify=lambda ids, as_of: "")
    found = restated_by(home, run.run_id)
    assert (found is not None) == is_said
    assert found is None or "not known. The warehouse is new" in found.in_words()


def test_the_run_that_wrote_them_does_not_read_them_and_the_next_one_does(
    site: Site, home: Home
) -> None:
    source_set = load_source_set(site.drop.parent / "sources.yml", site.contracts, folder=site.drop)

    def run_id(as_of: datetime | None = None) -> str:
        batches = BatchStore(home.root).batches()
        run = identify_run(batches, source_set, contracts=site.contracts, as_of=as_of, left_out={})
        return run.run_id

    later = datetime(2026, 6, 4)
    before, before_later = run_id(), run_id(later)
    waiting(home, "r2")
    land_waiting(home)
    assert run_id() == before
    assert run_id(later) != before_later


def test_applying_them_does_not_build_raw_anew(site: Site, home: Home) -> None:
    store = BatchStore(home.root)
    with duckdb.connect() as connection:
        apply_batches(connection, store, contracts=site.contracts, batches=store.batches())
        for run_id in ("r2", "r4", "r5", "r6"):  # some of their batches sort before the case's
            (home.published / "CURRENT").write_text(run_id)
            manifest = (home.published / "r2" / "manifest.json").read_text()
            (home.published / run_id).mkdir(exist_ok=True)
            told = manifest.replace('"r2"', f'"{run_id}"')
            (home.published / run_id / "manifest.json").write_text(told)
            waiting(home, run_id)
            land_waiting(home)
        applied = apply_batches(
            connection, store, contracts=site.contracts, batches=store.batches()
        )
        assert {one.batch.feed for one in applied} == {"restatement"}
        assert connection.execute("select count(*) from raw.restatement").fetchall() == [(8,)]


def test_a_source_set_cannot_declare_them(site: Site) -> None:
    sources = site.drop.parent / "sources.yml"
    sources.write_text(
        "source_set: tiny\nlabel: Tiny\nfeeds:\n"
        "  restatement: {source_system: hr, files: '*.csv'}\n"
    )
    with pytest.raises(DefinitionError, match="restatement is written by the night itself"):
        load_source_set(sources, site.contracts, folder=site.drop)


def test_where_the_sources_stand_says_nothing_of_them(site: Site, home: Home) -> None:
    waiting(home, "r2")
    land_waiting(home)
    found = status(
        load_source_set(site.drop.parent / "sources.yml", site.contracts, folder=site.drop),
        contracts=site.contracts,
        home=home.root,
        as_of=NOW,
        warehouse="read",
        loaded={},
        breaks=[],
    )
    assert [feed.feed for feed in found.feeds] == ["case_record"]
    assert "restatement" not in found.not_measured
    assert found.landing_refused == 0


def test_an_erased_person_is_gone_from_them_and_the_numbers_stay(site: Site, home: Home) -> None:
    waiting(home, "r2")
    land_waiting(home)
    site.write(
        "request.csv",
        "request_id,subject_type,subject_key,requested_at,due_at,legal_hold,source_updated_at\n"
        f"R1,agent,{AGENT},{AS_OF}Z,{AS_OF}Z,false,{AS_OF}Z\n",
    )
    site.land("erasure_request", files="request.csv")
    assert "raw" in places(home.root, [AGENT])
    (done,) = erase(home.root, request_id=None, is_dry_run=False, now=NOW)
    assert done.touched.rows["restatement"] == 2
    assert places(home.root, [AGENT]) == set()
    assert [(one.before, one.after) for one in restatements(home)] == [("red", "blue"), (100.5, 90)]


def test_the_command_says_what_changed_for_how_many_and_why(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENHAND_HOME", str(home.root))
    assert main(["restatements"]) == 0
    assert capsys.readouterr().out == "No final day has been restated.\n"

    waiting(home, "r2")
    land_waiting(home)
    assert main(["restatements", "--since", "2026-06-03"]) == 0
    said = capsys.readouterr().out
    assert "r2, known 2026-06-03 00:00 UTC, in place of r1: 1 final day, 1 person" in said
    assert "2026-05-01  worked_seconds  100.5      90       1  case_record" in said
    assert AGENT not in said
    assert main(["restatements", "--since", "2026-06-04"]) == 0
    assert capsys.readouterr().out == "No final day has been restated since then.\n"

    assert main(["restatements", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["restatements"]
    assert told[1]["agent_ids"] == [AGENT]
    assert told[1]["batches"] == ["b1"]
