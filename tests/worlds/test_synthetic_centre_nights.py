"""The made-up centre lives on: nights add up, and nothing is ever rewritten."""

from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.landing.contract import CONTRACTS
from orchestration.synthetic_centre import make_centre
from orchestration.synthetic_centre.centre import OtherCentreError
from orchestration.synthetic_centre.engine.declarations import read_declarations
from orchestration.synthetic_centre.engine.sent_feeds import FEEDS, Feed

AGENTS = 12
FEED_NAMES = [feed.name for feed in FEEDS]


def digests(home: Path) -> dict[str, bytes]:
    """Every delivered file and its content."""
    drop = home / "synthetic_centre" / "drop"
    return {
        path.relative_to(drop).as_posix(): path.read_bytes()
        for path in sorted(drop.rglob("*"))
        if path.is_file()
    }


def rows_of(home: Path, feed: Feed, extract: str = "*") -> str:
    files = f"{home}/synthetic_centre/drop/{feed.source_system}/{feed.name}/{extract}"
    if feed.ending == "parquet":
        return f"read_parquet('{files}/*.parquet', filename=true)"
    return f"read_csv('{files}/*.{feed.ending}', all_varchar=true, filename=true)"


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of fifty days, then two nights at once, then one."""
    home = tmp_path_factory.mktemp("nights")
    for days in (50, 52, 53):
        make_centre(home, agents=AGENTS, days=days)
    return home


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("history")
    make_centre(home, agents=AGENTS, days=53)
    return home


def known(home: Path, feed: Feed) -> str:
    """Ask for what a reader knows who keeps the newest row and forgets what a snapshot lacks."""
    contract = yaml.safe_load((CONTRACTS / f"{feed.name}.yml").read_text())
    key = ", ".join(name for name in contract["key"] if name != "source_system")
    back = {"planned_activity": 36, "actual_activity": 8, "adherence_day_vendor": 8}.get(feed.name)
    sender = {"snapshot_full": "sent = max(sent) over ()"}.get(contract["load"], "true")
    if back:
        event = contract["event_at"][0]
        reached = f"is_history or {event}[:10]::date >= strptime(day, '%Y%m%d')::date - {back}"
        sender = f"sent = (select max(day) from extracts where {reached})"
    return (
        f"with received as (select *, regexp_extract(filename, '(\\d{{8}})/', 1) as sent,"
        f" filename like '%/history-%' as from_history from {rows_of(home, feed)}),"
        " extracts as (select distinct sent as day, from_history as is_history from received)"
        " select * exclude (filename, sent, from_history) from received"
        f" qualify {sender} and row_number() over (partition by {key} order by sent desc) = 1"
    )


def digest_of(query: str) -> tuple[int, int]:
    """Count rows, and add up their hashes: two queries with the same answer have the same rows."""
    (found,) = duckdb.sql(
        f"select count(*), sum(hash(asked)::hugeint) from ({query}) as asked"
    ).fetchall()
    return int(found[0]), int(found[1])


@pytest.mark.parametrize("feed", FEEDS, ids=FEED_NAMES)
def test_nights_add_up_to_the_history_of_as_many_days(
    nights: Path, history: Path, feed: Feed
) -> None:
    assert digest_of(known(nights, feed)) == digest_of(known(history, feed))


def test_cases_are_resolved_and_reopened_by_later_nights(nights: Path) -> None:
    cases = next(feed for feed in FEEDS if feed.name == "case_record")
    later = duckdb.sql(
        "with sent as (select *, filename like '%/nightly-%' as is_later"
        f" from {rows_of(nights, cases)}) select distinct later.status"
        " from sent as earlier inner join sent as later using (case_id)"
        " where not earlier.is_later and later.is_later and earlier.status <> later.status"
    ).fetchall()
    assert {"resolved", "closed"} <= {row[0] for row in later}


def test_asking_again_adds_nothing_and_rewrites_nothing(nights: Path) -> None:
    before = digests(nights)
    facts = make_centre(nights, agents=AGENTS, days=53)
    assert facts.added_extracts == ()
    assert make_centre(nights, agents=AGENTS, days=10).added_extracts == ()
    assert digests(nights) == before


def test_an_extract_without_manifest_is_made_again_as_it_was(tmp_path: Path) -> None:
    make_centre(tmp_path, agents=AGENTS, days=3)
    before = digests(tmp_path)
    extract = next((tmp_path / "synthetic_centre/drop/acd/contact_leg").iterdir())
    (extract / "manifest.json").unlink()
    (extract / "part-000.parquet").write_bytes(b"half a file")
    make_centre(tmp_path, agents=AGENTS, days=3)
    assert digests(tmp_path) == before


def test_another_centre_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    make_centre(tmp_path, agents=AGENTS, days=1)
    with pytest.raises(OtherCentreError, match="'seed': 1"):
        make_centre(tmp_path, agents=AGENTS, days=1, seed=2)


def test_the_files_do_not_depend_on_the_number_of_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = duckdb.connect
    for threads in (1, 2):
        monkeypatch.setattr(
            duckdb,
            "connect",
            lambda config, threads=threads: connect(config=config | {"threads": str(threads)}),
        )
        make_centre(tmp_path / str(threads), agents=AGENTS, days=6)
    assert digests(tmp_path / "1") == digests(tmp_path / "2")


def test_what_a_day_holds_does_not_depend_on_how_many_are_drawn_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_centre(tmp_path / "whole", agents=AGENTS, days=12)
    monkeypatch.setitem(read_declarations().numbers, "delivery_chunk_agent_days", AGENTS * 5)
    make_centre(tmp_path / "cut", agents=AGENTS, days=12)
    assert len(list(tmp_path.glob("cut/synthetic_centre/drop/acd/contact_leg/*/part-*"))) == 3
    for feed in FEEDS:
        cut, whole = (
            digest_of(f"select * exclude (filename) from {rows_of(tmp_path / home, feed)}")
            for home in ("cut", "whole")
        )
        assert cut == whole, feed.name
