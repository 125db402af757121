"""A person erased from a whole centre: gone from every file; the team's numbers stay."""

import json
import shutil
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from orchestration.landing.erasure.ledger import Ledger
from orchestration.landing.erasure.outcome import erase
from orchestration.night.home import DEFAULT_SOURCES
from orchestration.night.night import Night
from tests.conftest import AGENTS, DAYS, NOW, Centre
from tests.erasure.finding import places

pytestmark = pytest.mark.night

AGENT = "A000002"
TEAM_TOTALS = """
    select team_id, activity_date, channel, sum(handled_contacts), sum(handle_seconds)
    from facts.fct_agent_day_queue group by all order by all
"""


class Systems:
    """The centre's systems, outside of EVENHAND_HOME as they are at a real site."""

    def __init__(self, centre: Centre, root: Path) -> None:
        self.centre, self.root = centre, root
        root.mkdir()
        shutil.move(centre.home.root / "synthetic_centre", root)
        self.drop = root / "synthetic_centre" / "drop"
        self.sources = root / "sources.yml"
        self.sources.write_text(
            DEFAULT_SOURCES.read_text()
            + "  erasure_request: {source_system: privacy, files: privacy/*/part-*.csv}\n"
        )

    def night(self, now: datetime = NOW) -> Night:
        return Night(home=self.centre.home, sources=self.sources, folder=self.drop, now=now)

    def request(self, subject: str) -> None:
        """Deliver a request that was known before the centre's last extract, and land it."""
        content = (
            "request_id,subject_type,subject_key,requested_at,due_at,legal_hold,source_updated_at\n"
            f"R1,agent,{subject},2026-07-01T00:00:00Z,2026-08-01T00:00:00Z,false,"
            "2026-07-01T00:00:00Z\n"
        )
        folder = self.drop / "privacy" / "one"
        folder.mkdir(parents=True)
        (folder / "part-000.csv").write_text(content)
        part = {"file": "part-000.csv", "rows": 1, "sha256": sha256(content.encode()).hexdigest()}
        (folder / "manifest.json").write_text(
            json.dumps(
                {
                    "extract_id": "one",
                    "extracted_at": "2026-07-02T00:00:00Z",
                    "complete": True,
                    "parts": [part],
                }
            )
        )
        assert list(self.night().land_feed("erasure_request", up_to_day="2026-07-02"))


def asked(centre: Centre, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(centre.home.warehouse), read_only=True) as warehouse:
        return warehouse.execute(sql).fetchall()


def test_a_person_erased_between_two_nights(centre: Centre, tmp_path: Path) -> None:
    systems = Systems(centre, tmp_path / "systems")
    home = centre.home.root
    systems.request(AGENT)
    ids = f"select external_id from raw.agent_identity where agent_id = '{AGENT}'"
    tokens = [AGENT, *(str(row[0]) for row in asked(centre, ids))]
    assert len(tokens) == 6
    before = asked(centre, TEAM_TOTALS)
    (old_run,) = (path.name for path in centre.home.published.iterdir() if path.is_dir())
    old_warehouse = centre.home.warehouse.stat().st_ino

    assert places(home, tokens) == {"landing", "raw", "warehouse.duckdb", "published"}
    (done,) = erase(home, request_id=None, is_dry_run=False, now=NOW)
    assert done.touched.runs == [old_run]
    assert places(home, tokens) == {"published"}
    assert not centre.home.warehouse.exists()

    Ledger(home).begin("another")
    held = centre.night(sources=systems.sources, folder=systems.drop)
    assert held.code == 3
    assert "evenhand erase" in held.in_words()
    Ledger(home).end()

    outcome = centre.night(sources=systems.sources, folder=systems.drop)
    assert outcome.code == 0, outcome.in_words()
    assert outcome.run_id != old_run
    assert "Final days restated: not known. The warehouse is new" in outcome.in_words()
    assert centre.home.warehouse.stat().st_ino != old_warehouse
    assert asked(centre, TEAM_TOTALS) == before
    assert places(home, tokens, leave_out=["published"]) == set()
    assert places(home / "published" / str(outcome.run_id), tokens) == set()

    from orchestration.synthetic_centre import make_centre

    make_centre(systems.root, agents=AGENTS, days=DAYS + 1)
    for feed in systems.night().source_set.feeds:
        list(systems.night().land_feed(feed, up_to_day="2026-11-01"))
    refused = {
        batch.feed
        for batch in systems.night().store.batches()
        if "refused:erased" in batch.accounting.reasons
    }
    assert {"agent_roster", "agent_identity", "contact_leg", "planned_activity"} <= refused
    assert places(home, tokens, leave_out=["published"]) == set()
