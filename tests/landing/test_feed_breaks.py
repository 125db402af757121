"""A feed that did not arrive whole is told from its batches, for every family of feeds."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from metrics.engine.plain_yaml import DefinitionError
from orchestration.landing.accounting import Accounting
from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.contract import load_contracts
from orchestration.landing.feed_breaks import FeedBreak, feed_breaks
from orchestration.landing.feed_extracts import Limits, stopped_columns
from orchestration.landing.source_set import FeedMapping, SourceSet, load_source_set

CONTRACTS = load_contracts()
NEWEST = datetime(2026, 6, 30, 5, 30)
DAY = timedelta(days=1)
FAMILIES = [
    "contact_leg",
    "planned_activity",
    "actual_activity",
    "case_record",
    "qa_evaluation",
    "survey_invitation",
    "survey_response",
    "case_event",
    "conversation_analytics",
    "development_event",
]


class Site:
    """A site with two feeds: one that came tonight, and the one that is asked about."""

    def __init__(self, root: Path) -> None:
        self.store = BatchStore(root)
        self.folder = root
        self.batches: list[Batch] = []
        (root / "export.csv").touch()

    def sent(
        self,
        feed: str,
        at: datetime,
        *,
        rows: int = 1000,
        missing: Sequence[str] = (),
        empty: Sequence[str] = (),
        extract_id: str | None = None,
    ) -> None:
        """Let an extract have become a batch, its file one row that stands for all."""
        name = f"{feed}-{at:%Y%m%d%H}"
        batch = Batch(
            batch_id=name,
            feed=feed,
            source_system="system",
            extract_id=extract_id or name,
            known_at=at,
            received_at=at,
            window_start=None,
            window_end=None,
            is_complete=True,
            contract_version=1,
            mapping_digest="",
            delivery_digest=name,
            rows_digest=name,
            accounting=Accounting(
                read=rows,
                accepted=rows,
                quarantined=0,
                duplicates=0,
                reasons={},
                missing_columns=list(missing),
            ),
        )
        self.batches.append(batch)
        file = self.store.rows_file(batch)
        file.parent.mkdir(parents=True, exist_ok=True)
        nothing = {*missing, *empty}
        values = [
            f"{'null::varchar' if column in nothing else repr('x')} as {column}"
            for column in CONTRACTS[feed].columns
        ]
        duckdb.sql(f"copy (select {', '.join(values)}) to '{file}' (format parquet)")

    def history(self, feed: str, *, rows: int = 1000) -> None:
        """Let a feed have come for weeks, after a long first extract."""
        self.sent(feed, NEWEST - 35 * DAY, rows=30 * rows)
        for back in (28, 21, 14, 7, 3, 2, 1):
            self.sent(feed, NEWEST - back * DAY, rows=rows)

    def breaks(
        self,
        *feeds: str,
        quiet_days: tuple[date, ...] = (),
        refused: dict[str, str] | None = None,
        **said: object,
    ) -> list[FeedBreak]:
        source_set = SourceSet(
            source_set="ours",
            label="Ours",
            folder=self.folder,
            feeds={
                feed: FeedMapping(source_system="system", **{"files": "*.csv", **said})  # type: ignore[arg-type]
                for feed in feeds or sorted({batch.feed for batch in self.batches})
            },
            quiet_days=quiet_days,
        )
        return feed_breaks(
            source_set,
            contracts=CONTRACTS,
            store=self.store,
            batches=sorted(self.batches, key=lambda batch: (batch.known_at, batch.batch_id)),
            refused=refused or {},
            limits=Limits.in_force(),
        )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def is_fine(site: Site, feed: str) -> None:
    site.sent(feed, NEWEST)


def does_not_come(site: Site, feed: str) -> None:
    site.sent("contact_leg" if feed != "contact_leg" else "case_record", NEWEST + 9 * DAY)


def comes_without_a_row(site: Site, feed: str) -> None:
    site.sent(feed, NEWEST, rows=0)


def loses_a_third(site: Site, feed: str) -> None:
    site.sent(feed, NEWEST, rows=667)


def comes_twice(site: Site, feed: str) -> None:
    site.sent(feed, NEWEST, rows=2000)


def counted(feed: str) -> str:
    return next(name for name, column in CONTRACTS[feed].columns.items() if column.is_counted)


def loses_a_column(site: Site, feed: str) -> None:
    site.sent(feed, NEWEST, missing=[counted(feed)])


def keeps_a_header_and_no_value(site: Site, feed: str) -> None:
    site.sent(feed, NEWEST, empty=[counted(feed)])


@pytest.mark.parametrize("feed", FAMILIES)
@pytest.mark.parametrize(
    ("happens", "says"),
    [
        (does_not_come, "hours before the newest extract of another feed"),
        (comes_without_a_row, "has not one row, and the extracts before it had"),
        (loses_a_third, "has 667 rows, 67% of what is usual on this weekday"),
        (comes_twice, "has 2000 rows, 200% of what is usual on this weekday"),
        (loses_a_column, "and extracts before it had"),
        (keeps_a_header_and_no_value, "and extracts before it had"),
    ],
)
def test_every_break_of_every_family_is_found_and_says_what_to_do(
    site: Site, feed: str, happens: Callable[[Site, str], None], says: str
) -> None:
    site.history(feed)
    happens(site, feed)
    (found,) = [one for one in site.breaks() if one.feed == feed]
    assert found.words.startswith(f"{feed}: ")
    assert says in found.words
    assert "Next: " in found.words
    assert not found.is_left_out


@pytest.mark.parametrize("feed", FAMILIES)
def test_a_feed_that_came_as_ever_is_no_break(site: Site, feed: str) -> None:
    site.history(feed)
    is_fine(site, feed)
    assert site.breaks(feed) == []


@pytest.mark.parametrize(("hours", "is_late"), [(23, False), (24, True)])
def test_a_day_behind_the_others_is_late_and_less_is_not(
    site: Site, hours: int, is_late: bool
) -> None:
    site.sent("contact_leg", NEWEST)
    site.sent("case_record", NEWEST - timedelta(hours=hours))
    found = site.breaks("contact_leg", "case_record")
    assert [one.feed for one in found] == (["case_record"] if is_late else [])


def test_the_site_says_when_its_feed_is_late_and_what_is_done_then(site: Site) -> None:
    site.sent("contact_leg", NEWEST)
    site.sent("qa_evaluation", NEWEST - 2 * DAY)
    assert site.breaks("contact_leg", "qa_evaluation") == []
    (found,) = site.breaks(
        "contact_leg", "qa_evaluation", late_after_hours=36, when_incomplete="publish_without"
    )
    assert found.is_left_out
    assert "came 48 hours before" in found.words
    assert "36 hours is late" in found.words


def test_nobody_waits_for_a_roster_that_stays_the_same(site: Site) -> None:
    site.sent("agent_roster", NEWEST - 90 * DAY)
    site.sent("contact_leg", NEWEST)
    assert site.breaks("agent_roster", "contact_leg") == []


def test_a_replay_is_no_extract(site: Site) -> None:
    site.sent("contact_leg", NEWEST)
    site.sent("case_record", NEWEST - DAY)
    site.sent("case_record", NEWEST, extract_id="replay-of-something")
    assert [one.feed for one in site.breaks("contact_leg", "case_record")] == ["case_record"]


def test_a_feed_of_which_nothing_could_be_loaded_is_not_taken_for_zero(site: Site) -> None:
    site.sent("contact_leg", NEWEST)
    (found,) = site.breaks("contact_leg", "case_record")
    assert found.feed == "case_record"
    assert "nothing of it has been loaded" in found.words


def test_a_feed_without_a_file_is_left_out_where_its_site_says_so(site: Site) -> None:
    site.sent("contact_leg", NEWEST)
    (found,) = site.breaks("contact_leg", files="*.gone", when_incomplete="publish_without")
    assert found.is_left_out
    assert "no such file is there" in found.words


def test_few_rows_on_a_quiet_day_are_what_the_site_expects(site: Site) -> None:
    site.history("contact_leg")
    site.sent("contact_leg", NEWEST, rows=100)
    yesterday = (NEWEST - DAY).date()
    assert site.breaks("contact_leg", quiet_days=(yesterday,)) == []
    assert len(site.breaks("contact_leg", quiet_days=(yesterday - DAY,))) == 1


def test_a_handful_of_rows_may_be_none_or_many(site: Site) -> None:
    site.history("qa_evaluation", rows=5)
    site.sent("qa_evaluation", NEWEST, rows=0)
    assert site.breaks("qa_evaluation") == []


def test_a_long_history_and_one_catching_up_are_no_measure_of_an_ordinary_day(site: Site) -> None:
    for weeks, rows in [(3, 90_000), (2, 1000), (1, 5000)]:
        site.sent("contact_leg", NEWEST - 7 * weeks * DAY, rows=rows)
    site.sent("contact_leg", NEWEST)
    assert site.breaks("contact_leg") == []


def test_a_column_that_stopped_is_missed_until_it_is_back_or_declared_gone(site: Site) -> None:
    site.sent("contact_leg", NEWEST - 2 * DAY)
    for back in (1, 0):
        site.sent("contact_leg", NEWEST - back * DAY, missing=["acw_seconds"])
        (found,) = site.breaks("contact_leg")
        assert "has nothing in acw_seconds" in found.words
    assert site.breaks("contact_leg", columns={"acw_seconds": "null"}) == []
    site.sent("contact_leg", NEWEST + DAY)
    assert site.breaks("contact_leg") == []


def test_a_column_that_never_came_and_one_that_nothing_reads_are_not_missed(site: Site) -> None:
    for back in (2, 1, 0):
        site.sent("contact_leg", NEWEST - back * DAY, missing=["hold_seconds"])
    site.sent("contact_leg", NEWEST + DAY, missing=["hold_seconds", "wrap_up_code"])
    assert site.breaks("contact_leg") == []


def declared(folder: Path, more: str) -> Path:
    path = folder / "ours.yml"
    path.write_text(
        "source_set: ours\nlabel: Ours\nfeeds:\n  agent_roster:\n    source_system: hr\n"
        f"    files: '*.csv'\n{more}"
    )
    return path


@pytest.mark.parametrize(
    ("more", "line", "says"),
    [
        ("    when_incomplete: publish_without\n", 7, "without agent_roster nobody is known"),
        ("    when_incomplete: shrug\n", 7, "hold"),
        ("    when_late: hold\n", 7, "when_late"),
        ("    late_after_hours: 0\n", 7, "late_after_hours"),
        ("quiet_days: [someday]\n", 7, "quiet_days"),
        ("queue_families:\n  - {queue_family: money, queues: []}\n", 8, "queues"),
        (
            "queue_families:\n  - {queue_family: money, queues: [billing]}\n"
            "  - {queue_family: sales, queues: [refunds, billing]}\n",
            9,
            "the queue billing is named twice",
        ),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused_with_its_line(
    tmp_path: Path, more: str, line: int, says: str
) -> None:
    with pytest.raises(DefinitionError) as refused:
        load_source_set(declared(tmp_path, more), CONTRACTS, folder=None)
    assert f"ours.yml:{line}: " in str(refused.value)
    assert says in str(refused.value)


def test_what_is_done_about_a_late_feed_makes_no_other_batch_of_its_file() -> None:
    plain = FeedMapping(source_system="hr", files="*.csv")
    with_policy = FeedMapping(
        source_system="hr", files="*.csv", late_after_hours=36, when_incomplete="publish_without"
    )
    assert plain.digest() == with_policy.digest()


def test_every_optional_column_that_staging_reads_is_counted() -> None:
    staging = Path(__file__).parents[2] / "dbt_project" / "models" / "staging"
    models = [path.read_text() for path in staging.rglob("stg_*.sql")]
    for feed in FAMILIES:
        sql = "\n".join(model for model in models if f"believed('{feed}'" in model)
        assert sql
        read = {*re.findall(r"\w+", sql)}
        if "marks_deletions=true" in sql:
            read.add("is_deleted")
        optional = {n: c for n, c in CONTRACTS[feed].columns.items() if not c.required}
        assert {name for name, column in optional.items() if column.is_counted} == (
            optional.keys() & read
        )


def test_a_batch_that_lost_a_column_is_named_even_when_the_column_is_back(site: Site) -> None:
    for back, missing in [(3, ["hold_seconds"]), (2, []), (1, ["hold_seconds"]), (0, [])]:
        site.sent("contact_leg", NEWEST - back * DAY, missing=missing)
    contract = CONTRACTS["contact_leg"]
    mapping = FeedMapping(source_system="acd", files="*.csv")
    assert [*stopped_columns(contract, mapping, site.batches)] == [
        (site.batches[2].batch_id, "hold_seconds")
    ]
    gone = FeedMapping(source_system="acd", files="*.csv", columns={"hold_seconds": "null"})
    assert [*stopped_columns(contract, gone, site.batches)] == []


@pytest.mark.parametrize(("policy", "is_left_out"), [("hold", False), ("publish_without", True)])
def test_what_came_and_cannot_be_used_breaks_its_feed_by_the_policy_of_the_site(
    site: Site, policy: str, is_left_out: bool
) -> None:
    site.history("case_record")
    (broken,) = site.breaks(
        "case_record", refused={"case_record": "is a web page"}, when_incomplete=policy
    )
    assert (broken.words, broken.is_left_out) == ("is a web page", is_left_out)
