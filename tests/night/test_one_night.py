"""What a night promises as a whole: published, unchanged, looking back, the same bytes again."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.synthetic_centre.engine.sent_feeds import FEEDS
from tests.conftest import Centre, SecondNight

pytestmark = pytest.mark.night


def test_a_first_night_publishes_pages_tables_and_a_mart(built: Centre) -> None:
    run_id = (built.home.published / "CURRENT").read_text().strip()
    folder = built.home.published / run_id
    names = {path.relative_to(folder).parts[0] for path in folder.rglob("*") if path.is_file()}
    assert {"index.html", "agents", "teams", "evenhand.duckdb", "manifest.json"} <= names
    with duckdb.connect(str(folder / "evenhand.duckdb"), read_only=True) as mart:
        runs = mart.execute("select distinct run_id from gate.check_result").fetchall()
    assert runs == [(run_id,)]


def test_every_row_received_is_accounted_for(built: Centre) -> None:
    manifests = [json.loads(path.read_text()) for path in (built.home.root / "raw").rglob("*.json")]
    assert len(manifests) == len(FEEDS)
    for manifest in manifests:
        counts = manifest["accounting"]
        kept = counts["accepted"] + counts["quarantined"] + counts["duplicates"]
        assert counts["read"] == kept > 0


def test_a_second_run_of_an_unchanged_night_publishes_nothing_new(centre: Centre) -> None:
    before = sorted(centre.home.published.iterdir())
    outcome = centre.night()
    assert outcome.code == 0
    assert outcome.status.startswith("Unchanged")
    assert sorted(centre.home.published.iterdir()) == before


def test_the_same_raw_in_another_folder_gives_the_same_bytes(
    built: Centre, copied: Callable[..., Centre], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = copied("elsewhere")
    other.home.warehouse.unlink()
    run_id = (other.home.published / "CURRENT").read_text().strip()
    for path in sorted((other.home.published).rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    monkeypatch.setenv("EVENHAND_THREADS", "1")
    assert other.night().code == 0
    assert other.published_bytes(run_id) == built.published_bytes(run_id)
    assert len(built.published_bytes(run_id)) > 20


def test_a_new_day_is_a_new_run_and_a_look_back_gives_the_old_bytes(
    built: Centre, second_night: SecondNight, copied: Callable[..., Centre]
) -> None:
    centre = copied("lived_on", of=second_night.centre)
    first = (built.home.published / "CURRENT").read_text().strip()
    second = (centre.home.published / "CURRENT").read_text().strip()
    assert second != first
    for path in sorted((centre.home.published / first).rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (centre.home.published / first).rmdir()

    known_then = datetime.fromisoformat(f"{first[:10]}T03:00:00")
    looking_back = centre.night(as_of=known_then)
    assert looking_back.code == 0, looking_back.in_words()
    assert centre.published_bytes(first) == built.published_bytes(first)
    assert (centre.home.published / "CURRENT").read_text().strip() == second


def test_plain_dbt_build_after_a_night_gives_the_same_rows(centre: Centre) -> None:
    tables = ("facts.fct_agent_day", "kpis.kpi_agent_period", "scorecards.scorecard_agent_period")

    def rows() -> dict[str, list[tuple[object, ...]]]:
        with duckdb.connect(str(centre.home.warehouse), read_only=True) as warehouse:
            return {
                table: warehouse.execute(f"select * from {table} order by all").fetchall()
                for table in tables
            }

    before = rows()
    project = Path(__file__).parents[2] / "dbt_project"
    subprocess.run(
        [Path(sys.executable).with_name("dbt"), "build", "--quiet", "--exclude-resource-type",
         "unit_test"],
        cwd=project,
        env={"PATH": "/usr/bin:/bin", "EVENHAND_HOME": str(centre.home.root), "DO_NOT_TRACK": "1"},
        check=True,
    )  # fmt: skip
    assert rows() == before
    assert all(before.values())


def test_another_centres_records_do_not_mix_with_these(centre: Centre, tmp_path: Path) -> None:
    sources = tmp_path / "other.yml"
    sources.write_text(
        "source_set: other\nlabel: Other\nfeeds:\n"
        "  case_record: {source_system: crm, files: '*.csv'}\n"
    )
    outcome = centre.night(sources=sources)
    assert outcome.code == 2
    assert "set EVENHAND_HOME to another folder" in outcome.in_words()
