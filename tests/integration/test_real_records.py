"""Nights on call records that nobody here made, against plain SQL over the delivered files.

The records are read in place, beside the checkout; none of them is part of the project.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.defs.run_night import run_night
from orchestration.night.home import SOURCES, Home
from orchestration.night.night import Night
from orchestration.night.outcome import Outcome

pytestmark = pytest.mark.integration

RECORDS = Path(__file__).parents[3] / "shared" / "data"
NOW = datetime(2026, 11, 1)
# metrics/measures.yml: a contact shorter than this was answered, not handled.
SHORT_CONTACT_LIMIT_SECONDS = 10
HANDLED = (
    "outcome = 'AGENT' and server <> 'NO_SERVER'"
    f" and ser_time::bigint >= {SHORT_CONTACT_LIMIT_SECONDS}"
)
# Which call types and topics are compared with each other: a site's own words, here the tests'.
MOVED = date(1999, 1, 18)
FAMILIES = {
    "anonymous_bank": f"""
queue_families:
  - {{queue_family: accounts, queues: [PS, PE]}}
  - {{queue_family: prospects, queues: [NW, AA]}}
  - {{queue_family: accounts, queues: [NW], valid_from_date: {MOVED}}}
""",
    "pwc_callcentre": """
queue_families:
  - {queue_family: money, queues: [Contract related, Payment related]}
  - {queue_family: machines, queues: [Streaming, Technical Support]}
""",
}
MIX = """
    select activity_date, queue_family, sum(offered)::bigint, sum(handled)::bigint from (
        select activity_date, queue_family, offered_contacts as offered, handled_contacts as handled
        from facts.fct_agent_day_queue
        union all
        select activity_date, queue_family, 1, 0 from facts.fct_contact where agent_id is null
    ) group by all order by all
"""


class Site:
    """One site's records after a night on them."""

    def __init__(self, home: Home, *, source_set: str, folder: str, file: str) -> None:
        self.records = RECORDS / folder / file
        if not self.records.is_file():
            pytest.skip(
                f"the records {folder}/{file} are not beside the checkout: see CONTRIBUTING"
            )
        self.home = home
        self.sources = home.root.with_name(f"{source_set}.yml")
        declared = (SOURCES / self.sources.name).read_text(encoding="utf-8")
        self.sources.write_text(declared + FAMILIES[source_set], encoding="utf-8")
        self.outcome = self.night(RECORDS / folder)

    def night(self, folder: Path) -> Outcome:
        return run_night(Night(home=self.home, sources=self.sources, folder=folder, now=NOW))

    def warehouse(self, query: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.home.warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def delivered(self, query: str) -> list[tuple[object, ...]]:
        with duckdb.connect() as connection:
            connection.execute(
                "create view records as"
                f" select * from read_csv('{self.records}', all_varchar = true)"
            )
            return connection.execute(query).fetchall()

    def pages(self) -> dict[str, str]:
        assert self.outcome.page is not None
        folder = self.outcome.page.parent
        return {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in folder.rglob("*.html")
        }


@pytest.fixture(scope="module")
def bank(new_home: Callable[[Path], Home], tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(
        new_home(tmp_path_factory.mktemp("bank") / "home"),
        source_set="anonymous_bank",
        folder="anonymousbank_1999",
        file="january.txt",
    )


@pytest.fixture(scope="module")
def pwc(new_home: Callable[[Path], Home], tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(
        new_home(tmp_path_factory.mktemp("pwc") / "home"),
        source_set="pwc_callcentre",
        folder="pwc_callcentre",
        file="Call-Center-Dataset.csv",
    )


def test_bank_contacts_and_handle_time_per_agent_are_those_of_the_file(bank: Site) -> None:
    expected = bank.delivered(
        "select server, count(*), sum(ser_time::bigint)::bigint from records"
        f" where {HANDLED} group by all order by all"
    )
    found = bank.warehouse(
        "select agent_id, sum(handled_contacts)::bigint, sum(handle_seconds)::bigint"
        " from facts.fct_agent_day_queue group by all having sum(handled_contacts) > 0 order by all"
    )
    assert found == expected
    assert len(found) > 20


def test_bank_handle_time_on_the_card_is_the_one_of_the_file(bank: Site) -> None:
    expected = dict(
        bank.delivered(
            "select server, sum(ser_time::bigint) / count(*) from records"
            f" where {HANDLED} group by all"
        )
    )
    found = bank.warehouse(
        "select agent_id, value, state from kpis.kpi_agent_period"
        " where metric = 'average_handle_time' and period_kind = 'quarter' and state = 'measured'"
    )
    assert len(found) >= 20
    assert bank.warehouse(
        "select sum(short_contacts)::bigint from facts.fct_agent_day_queue"
    ) == bank.delivered(
        "select count(*) from records where outcome = 'AGENT' and server <> 'NO_SERVER'"
        f" and ser_time::bigint < {SHORT_CONTACT_LIMIT_SECONDS}"
    )
    for agent, value, _ in found:
        assert value == expected[agent]


def test_bank_phantom_records_are_refused_with_a_reason(bank: Site) -> None:
    ((phantoms,),) = bank.delivered("select count(*) from records where outcome = 'PHANTOM'")
    quarantine = next((bank.home.root / "quarantine" / "contact_leg").glob("*.parquet"))
    with duckdb.connect() as connection:
        reasons = connection.execute(
            f"select reason, count(*) from (select unnest(reasons) as reason from '{quarantine}')"
            " group by all"
        ).fetchall()
    assert reasons == [("refused:phantom", phantoms)]
    assert bank.warehouse("select count(*) from raw.contact_leg") == bank.delivered(
        "select count(*) from records where outcome <> 'PHANTOM'"
    )


def test_a_service_over_midnight_belongs_to_the_day_the_contact_began(bank: Site) -> None:
    over_midnight = bank.delivered(
        """select substr(date, 1, 4) || '-' || "vru+line" || '-' || call_id,"""
        " strptime(date, '%y%m%d')::date from records where outcome = 'AGENT'"
        " and ser_exit::time < vru_entry::time order by all"
    )
    found = bank.warehouse(
        "select contact_id, activity_date from facts.fct_contact where contact_id in"
        f" ({', '.join(repr(contact) for contact, _ in over_midnight)}) order by all"
    )
    assert found == over_midnight
    assert len(found) > 10


def test_what_the_bank_never_sent_is_not_measured_and_never_zero(bank: Site) -> None:
    states = bank.warehouse(
        "select distinct metric, state, value from kpis.kpi_agent_period where metric in"
        " ('qa_score', 'csat', 'adherence', 'conformance', 'resolution_rate') order by all"
    )
    assert {state for _, state, _ in states} == {"not_measured"}
    assert {value for _, _, value in states} == {None}
    assert bank.warehouse(
        "select count(csat_eligible_responses), count(evaluations) from facts.fct_agent_day_queue"
    ) == [(0, 0)]


def test_pwc_contacts_talk_and_resolution_per_agent_are_those_of_the_file(pwc: Site) -> None:
    expected = pwc.delivered(
        'select "Agent", count(*), sum(epoch("AvgTalkDuration"::time))::bigint,'
        """ count(*) filter (where "Resolved" = 'Y') from records"""
        """ where "Answered (Y/N)" = 'Y' group by all order by all"""
    )
    found = pwc.warehouse(
        "select agent_id, sum(handled_contacts)::bigint, sum(handle_seconds)::bigint,"
        " sum(resolved_contacts)::bigint from facts.fct_agent_day_queue group by all order by all"
    )
    assert found == expected
    assert len(found) == 8


def test_pwc_resolution_is_a_share_of_the_answered(pwc: Site) -> None:
    ((resolved, answered),) = pwc.warehouse(
        "select sum(resolved_contacts)::bigint, sum(handled_contacts)::bigint"
        " from facts.fct_agent_day_queue"
    )
    assert f"{resolved / answered:.2%}" == "89.94%"


def test_pwc_unanswered_calls_have_no_rating(pwc: Site) -> None:
    assert pwc.warehouse(
        "select count(*), round(sum(csat_rating) / count(*), 4)::double"
        " from facts.fct_survey_response where csat_eligible_responses = 1"
    ) == [(4054, 3.4036)]
    satisfied = pwc.delivered(
        """select "Agent", count(*) filter (where "Satisfaction rating"::int >= 4), count(*)"""
        """ from records where "Answered (Y/N)" = 'Y' group by all order by all"""
    )
    assert (
        pwc.warehouse(
            "select agent_id, numerator::bigint, denominator::bigint from kpis.kpi_agent_period"
            " where metric = 'csat' and period_kind = 'quarter' order by all"
        )
        == satisfied
    )


def bank_calls(file: Iterable[str]) -> Iterator[tuple[date, str, bool, bool]]:
    """Read day, family, whether a server is named, and whether the call was handled."""
    for call in csv.DictReader(file, delimiter="\t"):
        if call["outcome"] == "PHANTOM":
            continue
        day = date.fromisoformat(f"19{call['date']}")
        families = {"PS": "accounts", "PE": "accounts", "AA": "prospects"}
        families["NW"] = "prospects" if day < MOVED else "accounts"
        answered = call["outcome"] == "AGENT" and call["server"] != "NO_SERVER"
        handled = answered and int(call["ser_time"]) >= SHORT_CONTACT_LIMIT_SECONDS
        yield day, families.get(call["type"], call["type"]), answered, handled


def pwc_calls(file: Iterable[str]) -> Iterator[tuple[date, str, bool, bool]]:
    """Read day, family, whether an agent answered, and again, as none of them was short."""
    families = {"Contract related": "money", "Payment related": "money"}
    families |= {"Streaming": "machines", "Technical Support": "machines"}
    for call in csv.DictReader(file):
        answered = call["Answered (Y/N)"] == "Y"
        family = families.get(call["Topic"], call["Topic"])
        yield date.fromisoformat(call["Date"]), family, answered, answered


@pytest.mark.parametrize(
    ("name", "read", "families"),
    [
        ("bank", bank_calls, {"accounts", "prospects", "IN", "NE", "TT"}),
        ("pwc", pwc_calls, {"money", "machines", "Admin Support"}),
    ],
)
def test_every_call_is_counted_in_the_family_of_its_type_on_its_day(
    name: str,
    read: Callable[[Iterable[str]], Iterator[tuple[date, str, bool, bool]]],
    families: set[str],
    request: pytest.FixtureRequest,
) -> None:
    site: Site = request.getfixturevalue(name)
    offered: Counter[tuple[date, str]] = Counter()
    handled: Counter[tuple[date, str]] = Counter()
    nobodys: Counter[tuple[date, str]] = Counter()
    with site.records.open(encoding="utf-8-sig", newline="") as file:
        for day, family, was_answered, was_handled in read(file):
            offered[day, family] += 1
            handled[day, family] += was_handled
            nobodys[day, family] += not was_answered
    assert {family for _, family in offered} == families
    assert site.warehouse(MIX) == [(*key, offered[key], handled[key]) for key in sorted(offered)]
    assert site.warehouse(
        "select activity_date, queue_family, count(*) from facts.fct_contact"
        " where agent_id is null group by all order by all"
    ) == [(*key, count) for key, count in sorted(nobodys.items()) if count]


@pytest.mark.parametrize("name", ["bank", "pwc"])
def test_pages_are_published_that_say_what_was_not_measured(
    name: str, request: pytest.FixtureRequest
) -> None:
    site: Site = request.getfixturevalue(name)
    assert site.outcome.code == 0, site.outcome.in_words()
    pages = site.pages()
    assert "index.html" in pages
    assert len([path for path in pages if path.startswith("agents/")]) >= 8
    assert all("Not measured" in page or "not measured" in page for page in pages.values())


def test_january_delivered_twice_leaves_totals_unchanged(bank: Site, tmp_path: Path) -> None:
    total = "select count(*), sum(handle_seconds)::bigint from facts.fct_contact"
    before = bank.warehouse(total)
    again = tmp_path / "again"
    again.mkdir()
    header, *lines = bank.records.read_bytes().splitlines(keepends=True)
    (again / "january.txt").write_bytes(header + b"".join(reversed(lines)))
    outcome = bank.night(again)
    assert outcome.code == 0, outcome.in_words()
    assert bank.warehouse(total) == before
    assert bank.warehouse(
        "select opened, closed from raw.loaded_batch where feed = 'contact_leg' order by opened"
    ) == [(0, 0), (before[0][0], 0)]
