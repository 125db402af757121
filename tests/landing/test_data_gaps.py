"""Which rows kept apart stand open, as of a moment, and what each says of whom and when."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from orchestration.landing.batches import BatchStore
from orchestration.landing.contract import load_contracts
from orchestration.landing.data_gaps import OpenRow, open_rows
from orchestration.landing.land import land, new_deliveries
from orchestration.landing.source_set import SourceSet, load_source_set
from orchestration.landing.waiver import waive
from orchestration.night.run_identity import identify_run

CONTRACTS = load_contracts()
FIRST = datetime(2026, 3, 10, 3)
MINUTE = timedelta(minutes=1)
AT = "2026-03-02T10:00:00Z"
LEGS = (
    "contact_id,leg_id,agent_external_id,channel,direction,contact_started_at,leg_started_at,"
    "was_handled,was_abandoned,source_updated_at\n"
)
GOOD = "".join(f"g{n},1,x_ann,voice,inbound,{AT},{AT},true,false,{AT}\n" for n in range(600))
PIGEON = f"c1,1,x_ann,pigeon,inbound,{AT},{AT},true,false,{AT}\n"
TIMELESS = f"c2,1,x_ann,voice,inbound,yesterday,{AT},true,false,{AT}\n"
CASES = (
    "case_id,created_at,status_native,status,resolved_at,resolved_by_external_id,"
    "source_updated_at\n"
)


class Site:
    """A tiny site: each file is one delivery, known when the test says so."""

    def __init__(self, root: Path) -> None:
        self.root, self.home = root, root / "home"
        (root / "drop").mkdir()
        sources = root / "ours.yml"
        sources.write_text(
            "source_set: ours\nlabel: Ours\nfolder: drop\nfeeds:\n"
            "  contact_leg:\n    source_system: acd\n    files: 'leg*.csv'\n"
            "    refuse_when: {template: leg_id = 'template'}\n"
            "  case_record: {source_system: crm, files: 'case*.csv'}\n"
        )
        self.source_set: SourceSet = load_source_set(sources, CONTRACTS, folder=None)

    def deliver(self, name: str, content: str, *, at: datetime = FIRST) -> None:
        (self.root / "drop" / name).write_text(content)
        for delivery in new_deliveries(self.source_set, self.home):
            land(
                delivery,
                mapping=self.source_set.feeds[delivery.feed],
                contract=CONTRACTS[delivery.feed],
                home=self.home,
                received_at=at,
            )

    def open(self, *, as_of: datetime = FIRST + 9 * MINUTE) -> list[OpenRow]:
        run = identify_run(
            BatchStore(self.home).batches(),
            self.source_set,
            contracts=CONTRACTS,
            as_of=as_of,
            left_out={},
        )
        return list(
            open_rows(
                run.batches,
                contracts=CONTRACTS,
                source_set=self.source_set,
                home=self.home,
                as_of=as_of,
            )
        )

    def waive(self, reason: str, *, at: datetime) -> int:
        return waive(
            CONTRACTS["contact_leg"],
            home=self.home,
            mapping=None,
            reason=reason,
            decided=("Kim", "A test call."),
            now=at,
        )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def said(row: OpenRow) -> tuple[object, ...]:
    return row[1:]


def test_an_open_row_says_whose_it_is_and_when_and_what_is_wrong(site: Site) -> None:
    site.deliver("leg1.csv", LEGS + GOOD + PIGEON + TIMELESS)
    moment = datetime(2026, 3, 2, 10)
    assert [said(row) for row in site.open()] == [
        ("contact_leg", "acd", "x_ann", moment, None, None, "col:enum:channel"),
        ("contact_leg", "acd", "x_ann", moment, None, None, "col:timestamp:contact_started_at"),
    ]


def test_a_row_about_a_case_names_it_once_for_each_moment(site: Site) -> None:
    later = AT.replace("T10", "T18")
    good = "".join(f"g{n},{AT},o,open,,,{AT}\n" for n in range(600))
    site.deliver("case1.csv", f"{CASES}{good}k1,{AT},o,lost,{later},x_ben,{AT}\n")
    rows = site.open()
    assert len({row.row_id for row in rows}) == 1
    assert [(row.agent_external_id, row.event_at, row.case_id) for row in rows] == [
        ("x_ben", datetime(2026, 3, 2, 10), "k1"),
        ("x_ben", datetime(2026, 3, 2, 18), "k1"),
    ]


def test_a_row_is_open_until_its_key_loads_and_a_look_back_sees_it_open(site: Site) -> None:
    site.deliver("leg1.csv", LEGS + GOOD + PIGEON)
    site.deliver("leg2.csv", LEGS + PIGEON.replace("pigeon", "voice"), at=FIRST + 5 * MINUTE)
    assert site.open() == []
    assert len(site.open(as_of=FIRST + 4 * MINUTE)) == 1


def test_a_waived_row_is_closed_from_then_on_and_that_is_news(site: Site) -> None:
    site.deliver("leg1.csv", LEGS + GOOD + PIGEON + TIMELESS)
    assert site.waive("col:enum:channel", at=FIRST + 5 * MINUTE) == 1
    assert [row.reason for row in site.open()] == ["col:timestamp:contact_started_at"]
    assert len(site.open(as_of=FIRST + 4 * MINUTE)) == 2


def test_where_no_row_can_be_open_no_quarantine_is_read(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = PIGEON.replace("c1,1", "c1,template")
    site.deliver("leg1.csv", LEGS + GOOD + template.replace("pigeon", "voice"))
    (batch,) = BatchStore(site.home).batches()
    assert batch.accounting.quarantined == 1
    monkeypatch.delattr("orchestration.landing.data_gaps.quarantine_of")
    assert site.open() == []
