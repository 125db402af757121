"""The messy centre through the door: every count is what the truth says, and no row is lost.

A clean twin (same seed, no mishaps) goes through the same door. What is believed in the end is the
same, but for the rows that the truth says were withdrawn, vanished or never made good.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.landing.apply import Applied, apply_batches
from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.contract import load_contracts
from orchestration.landing.land import land, new_deliveries
from orchestration.landing.source_set import load_source_set
from orchestration.night.home import DEFAULT_SOURCES, SOURCES, Home
from orchestration.synthetic_centre import CentreFacts, make_centre
from orchestration.synthetic_centre.engine.messy.declared import read_messy_feeds
from tests.worlds.test_synthetic_centre_nights import digests

# The history ends with 26 October, two days after the clocks of Lisbon and Warsaw went back, and is
# longer than the 30 days in which a contact may change. With this seed somebody works that night.
FIRST_DAY, HISTORY_DAYS, DAYS, AGENTS, SEED = date(2026, 9, 24), 33, 36, 24, 4
NOW = datetime(2026, 12, 1)
FEEDS = sorted(read_messy_feeds()[1])


@dataclass(frozen=True, kw_only=True)
class Landed:
    """A centre that went through the door, and the warehouse's schema `raw` after it."""

    facts: CentreFacts
    store: BatchStore
    batches: dict[tuple[str, str], Batch]
    applied: dict[str, Applied]
    raw: duckdb.DuckDBPyConnection


def landed(home: Path, *, worlds: tuple[str, ...], sources: Path) -> Landed:
    for days in (HISTORY_DAYS, DAYS):
        facts = make_centre(
            home, agents=AGENTS, days=days, first_day=FIRST_DAY, seed=SEED, worlds=worlds
        )
    contracts = load_contracts()
    source_set = load_source_set(sources, contracts, folder=facts.drop)
    batches = {}
    for delivery in new_deliveries(source_set, home):
        batch = land(
            delivery,
            mapping=source_set.feeds[delivery.feed],
            contract=contracts[delivery.feed],
            home=home,
            received_at=NOW,
        )
        batches[batch.feed, batch.extract_id] = batch
    raw, store = duckdb.connect(), BatchStore(home)
    applied = apply_batches(raw, store, contracts=contracts, batches=store.batches())
    return Landed(
        facts=facts,
        store=store,
        batches=batches,
        applied={one.batch.batch_id: one for one in applied},
        raw=raw,
    )


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    home = tmp_path_factory.mktemp("messy")
    return landed(home, worlds=("messy_feeds",), sources=SOURCES / "messy_centre.yml")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    return landed(tmp_path_factory.mktemp("clean"), worlds=(), sources=DEFAULT_SOURCES)


def truth(messy: Landed, name: str) -> str:
    return f"read_parquet('{messy.facts.truth}/{name}.parquet')"


def test_every_extract_is_counted_as_the_truth_says(messy: Landed) -> None:
    expected = dict.fromkeys(messy.batches, (0,) * 9)  # what had no row to send
    expected |= {
        (str(row[0]), str(row[1])): row[2:]
        for row in duckdb.sql(f"from {truth(messy, 'messy_extract')}").fetchall()
    }
    found = {}
    for key, batch in messy.batches.items():
        rows, done = batch.accounting, messy.applied[batch.batch_id]
        read = (rows.read, rows.accepted, rows.quarantined, rows.duplicates)
        found[key] = (
            *read, done.opened, done.closed, done.unchanged, done.stale, done.conflicts
        )  # fmt: skip
    assert found == expected
    assert len(found) == len(FEEDS) * (1 + DAYS - HISTORY_DAYS)


def test_every_row_kept_apart_has_the_reasons_that_the_truth_says(messy: Landed) -> None:
    expected: dict[tuple[str, str], dict[str, int]] = {key: {} for key in messy.batches}
    for feed, extract, reason, rows in duckdb.sql(
        "select feed, extract_id, reason, count(*) from (select *, unnest(reasons) as reason"
        f" from {truth(messy, 'messy_row')} where fate = 'quarantined') group by all"
    ).fetchall():
        expected[feed, extract][reason] = rows
    assert {key: batch.accounting.reasons for key, batch in messy.batches.items()} == expected


def believed(feed: str) -> str:
    """Ask for what is believed in the end, each row with its key as the source writes it.

    When the source changed or withdrew a row is the mishaps' own matter, and its word for a status
    the vendor's.
    """
    contract = load_contracts()[feed]
    key = [
        f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ')"
        if contract.columns[name].type == "timestamp"
        else name
        for name in read_messy_feeds()[1][feed].key
    ]
    apart = {"source_updated_at", "is_deleted", "status_native"}
    columns = ", ".join(name for name in contract.columns if name not in apart)
    return (
        f"select concat_ws('|', {', '.join(key)}) as row_key, {columns} from raw.{feed}"
        " where superseded_at = '9999-12-31'"
    )


def truth_keys(messy: Landed, feed: str, condition: str) -> set[str]:
    found = duckdb.sql(
        f"select row_key from {truth(messy, 'messy_row')} where feed = '{feed}' and {condition}"
    ).fetchall()
    return {str(row[0]) for row in found}


@pytest.mark.parametrize("feed", FEEDS)
def test_what_is_believed_in_the_end_differs_from_the_clean_centre_by_the_truth_alone(
    messy: Landed, clean: Landed, feed: str
) -> None:
    told, twin = (
        {str(row[0]): row for row in one.raw.execute(believed(feed)).fetchall()}
        for one in (messy, clean)
    )
    different = {key for key in told.keys() | twin.keys() if told.get(key) != twin.get(key)}
    last = messy.batches[feed, f"nightly-{date.fromordinal(FIRST_DAY.toordinal() + DAYS):%Y%m%d}"]
    is_made_good = f"coalesce(due_at <= '{last.known_at}', false)"
    expected = truth_keys(
        messy,
        feed,
        f"case when mishap = 'vanished' then {is_made_good}"
        f" else not {is_made_good} and mishap not in ('duplicate', 'outdated', 'withdrawn') end",
    )
    # What became of a row after it was withdrawn, its source never says.
    assert different - truth_keys(messy, feed, "version = 'withdrawn'") == expected


def test_every_declared_mishap_happens_and_is_made_good(messy: Landed) -> None:
    mishaps, feeds = read_messy_feeds()
    declared = {(feed, name) for feed in FEEDS for name in feeds[feed].every_share}
    for phase in ("begins", "comes"):
        found = duckdb.sql(
            f"select distinct feed, mishap from {truth(messy, 'messy_row')}"
            f" where phase = '{phase}' and fate <> 'held'"
        ).fetchall()
        sending = {pair for pair in declared if getattr(mishaps[pair[1]], phase)}
        assert set(found) == sending


def test_a_withdrawn_row_is_believed_to_be_deleted(messy: Landed) -> None:
    for feed in FEEDS:
        withdrawn = truth_keys(messy, feed, "fate = 'accepted' and version = 'withdrawn'")
        if "is_deleted" not in load_contracts()[feed].columns:
            assert not withdrawn
            continue
        rows = messy.raw.execute(
            f"select count(*) from raw.{feed} where is_deleted and superseded_at = '9999-12-31'"
        ).fetchall()
        assert rows == [(len(withdrawn),)]
        assert withdrawn


def test_a_contact_arrives_after_the_time_in_which_its_day_may_change(messy: Landed) -> None:
    window = load_contracts()["contact_leg"].window_days
    late = truth_keys(messy, "contact_leg", "mishap = 'late_beyond_window' and phase = 'comes'")
    listed = ", ".join(f"'{key}'" for key in late)
    found = messy.raw.execute(
        "select count(*), min(date_diff('hour', contact_started_at, known_at)) / 24"
        f" from raw.contact_leg where concat_ws('|', contact_id, leg_id) in ({listed})"
    ).fetchall()[0]
    assert found[0] == len(late) > 0
    assert found[1] > window


def test_the_hour_that_the_clocks_repeat_keeps_its_two_moments(messy: Landed) -> None:
    repeated = messy.raw.execute(
        "select start_at < '2026-10-25 01:00', count(*) from raw.actual_activity"
        " where start_at >= '2026-10-25 00:00' and start_at < '2026-10-25 02:00'"
        " and superseded_at = '9999-12-31' group by all order by all"
    ).fetchall()
    assert [row[0] for row in repeated] == [False, True]
    assert truth_keys(messy, "actual_activity", "mishap = 'repeated_hour'")


def test_the_generator_knows_the_keys_of_the_contracts() -> None:
    contracts = load_contracts()
    for feed, declared in read_messy_feeds()[1].items():
        contract = contracts[feed]
        assert declared.key == [name for name in contract.key if name != "source_system"]
        assert declared.is_snapshot == contract.load.startswith("snapshot")
        spoilt = sum(how.share for how in declared.malformed.values())
        spoilt += 2 * declared.shares.get("conflicting", 0)
        assert spoilt <= contract.max_bad_share / 2


def test_the_same_seed_makes_the_same_messy_bytes_in_one_call_or_in_two(tmp_path: Path) -> None:
    made = {"agents": 12, "first_day": FIRST_DAY, "worlds": ("messy_feeds",)}
    for home, calls in {"once": (2, 4), "again": (2, 3, 4)}.items():
        for days in calls:
            make_centre(tmp_path / home, days=days, **made)  # type: ignore[arg-type]
    assert digests(tmp_path / "once") == digests(tmp_path / "again")
    for name in ("messy_row", "messy_extract"):
        once, again = (
            (tmp_path / home / f"synthetic_centre/truth/{name}.parquet").read_bytes()
            for home in ("once", "again")
        )
        assert once == again


@pytest.mark.night
def test_a_night_over_the_messy_centre_is_published(
    messy: Landed, new_home: Callable[[Path], Home]
) -> None:
    from orchestration.defs.run_night import run_night
    from orchestration.night.night import Night

    home = new_home(messy.store.home)
    home.prepare()
    outcome = run_night(
        Night(home=home, sources=SOURCES / "messy_centre.yml", folder=messy.facts.drop, now=NOW)
    )
    assert outcome.code == 0, outcome.in_words()
