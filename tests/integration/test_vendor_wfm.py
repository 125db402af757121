"""A schedule report and Genesys Cloud's adherence export, with the traps that real ones hold."""

import csv
import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from orchestration.landing.contract import load_contracts
from orchestration.landing.quarantine import quarantine_of
from orchestration.landing.quarantine_list import FeedQuarantine, quarantine_list
from orchestration.landing.refusal import DeliveryRefused
from tests.integration.vendor_site import VendorSite, given

pytestmark = pytest.mark.integration

REPORT = ("wfm_formats", "Schedule_11172025.csv")
UPDATED = ("wfm_formats", "Updated_Schedule_11172025.csv")
ABOVE = "Schedule States Report,,,,,,,,,,\nDate Period:,7/24/26 - 7/25/26,,,,,,,,,\n"
HEAD = "Site,Time zone,Team,Agent,Date,Schedule State,Start Time,End Time,Duration,Paid Hours,\n"
ADHERENCE = (
    '"Agent","Adherence (%)","Conformance (%)","Exceptions","Exceptions Duration Minutes",'
    '"Exceptions Duration (Adherence)","Net Impact","Scheduled Minutes","Actual Time",'
    '"Scheduled On Queue","Work Time On Queue","Scheduled (Adherence)"\n'
)


def pseudonym(*said: str) -> str:
    return hashlib.sha256(" ".join(said).encode()).hexdigest()


def states(*path: str) -> list[list[str]]:
    """Answer the lines of a report that say from when to when somebody does what."""
    with given(*path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[3:]
    return [row for row in rows if not row[10] and row[6] != "Full Day"]


def moment(row: list[str], clock: str) -> datetime:
    """Read a time of a row without DuckDB."""
    form = "%m/%d/%y %I:%M:%S %p" if clock.count(":") == 2 else "%m/%d/%y %I:%M %p"
    local = datetime.strptime(f"{row[4]} {clock}", form).replace(tzinfo=ZoneInfo(row[1]))
    return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


@pytest.fixture
def report(tmp_path: Path) -> VendorSite:
    return VendorSite(tmp_path, "schedule_states_report")


@pytest.fixture
def genesys(tmp_path: Path) -> VendorSite:
    return VendorSite(tmp_path, "genesys_cloud")


def deliver(site: VendorSite, name: str, content: bytes, *, rows: int, at: str) -> None:
    """Write a report with a manifest that names its window, so that absence is deletion."""
    folder = f"wfm/planned_activity/{name}"
    site.write(f"{folder}/report.csv", content)
    part = {"file": "report.csv", "rows": rows, "sha256": hashlib.sha256(content).hexdigest()}
    manifest = {
        "extract_id": name,
        "extracted_at": at,
        "complete": True,
        "parts": [part],
        "window_start": "2025-11-16T00:00:00Z",
        "window_end": "2025-11-19T00:00:00Z",
    }
    site.write(f"{folder}/manifest.json", json.dumps(manifest))  # fmt: skip


def test_a_schedule_is_the_one_of_the_report_in_the_zone_of_each_row(report: VendorSite) -> None:
    report.write("wfm/planned_activity/schedule.csv", given(*REPORT).read_bytes())
    (batch,) = report.land("planned_activity")
    expected = states(*REPORT)
    counted = batch.accounting
    assert counted.read == len(given(*REPORT).read_text().splitlines()) - 3
    assert counted.accepted == len(expected)
    assert counted.reasons["refused:whole_day"] == 1
    assert counted.quarantined == counted.read - counted.accepted
    assert report.accepted(batch, "agent_external_id, activity_code, start_at, end_at") == sorted(
        (pseudonym(row[1], row[3]), row[5], moment(row, row[6]), moment(row, row[7]))
        for row in expected
    )


def test_one_name_in_two_zones_is_two_agents_and_no_name_is_kept(report: VendorSite) -> None:
    report.write("wfm/planned_activity/schedule.csv", given(*REPORT).read_bytes())
    (batch,) = report.land("planned_activity")
    rows = states(*REPORT)
    twice = {row[3] for row in rows if {r[1] for r in rows if r[3] == row[3]} != {row[1]}}
    assert twice
    (agents,) = report.accepted(batch, "count(distinct agent_external_id)")[0]
    assert agents == len({(row[1], row[3]) for row in rows})
    kept = report.bytes_kept()
    assert not [row[3] for row in rows if row[3].encode() in kept]


def test_an_updated_schedule_replaces_what_it_moved_where_a_manifest_names_its_window(
    report: VendorSite,
) -> None:
    for name, path, day in (("first", REPORT, 17), ("second", UPDATED, 18)):
        file = given(*path)
        rows = len(file.read_text().splitlines()) - 3
        deliver(report, name, file.read_bytes(), rows=rows, at=f"2025-11-{day}T22:00:00Z")
    report.land("planned_activity")
    found = report.believed(
        "planned_activity", "agent_external_id, activity_code, start_at, end_at"
    )
    assert found == sorted(
        (pseudonym(row[1], row[3]), row[5], moment(row, row[6]), moment(row, row[7]))
        for row in states(*UPDATED)
    )
    assert states(*UPDATED) != states(*REPORT)


def line(*values: str, zone: str = "America/New_York", agent: str = "Ana Alves") -> str:
    day, state, start, end = values
    return f"Hub,{zone},Blue,{agent},{day},{state},{start},{end},00:00,00:00,\n"


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        (line("7/24/26", "Work", "10:00 PM", "6:00:00 AM"), ("2026-07-25 02:00", 8)),
        (line("7/24/26", "Work", "11:00 PM", "12:00 AM"), ("2026-07-25 03:00", 1)),
        (line("3/7/26", "Work", "11:00 PM", "6:00 AM"), ("2026-03-08 04:00", 6)),
        (line("7/24/26", "Work", "4:00 PM", "4:00 PM"), ["rule:end_after_start"]),
        (line("24/7/26", "Work", "4:00 PM", "5:00 PM"),
         ["col:form:end_at", "col:form:start_at", "col:required:end_at", "col:required:start_at"]),
        (line("11/1/26", "Work", "1:30 AM", "5:00 AM"), ["time:ambiguous:start_at"]),
        (line("3/8/26", "Work", "2:30 AM", "5:00 AM"), ["time:nonexistent:start_at"]),
        (line("7/24/26", "Work", "4:00 PM", "5:00 PM", zone="Mars/Base"),
         ["time:zone:end_at", "time:zone:start_at"]),
        (line("7/24/26", "Work", "4:00 PM", "5:00 PM", zone=""),
         ["time:zone:end_at", "time:zone:start_at", "col:required:agent_external_id"]),
        (",,,,,,,,,,\n", ["refused:empty_row"]),
    ],
)  # fmt: skip
def test_a_state_has_one_moment_or_a_reason(
    report: VendorSite, row: str, outcome: tuple[str, int] | list[str]
) -> None:
    good = [line("7/1/26", f"State {n}", "9:00 AM", "10:00 AM") for n in range(400)]
    report.write("wfm/planned_activity/a.csv", ABOVE + HEAD + "".join([*good, row]))
    (batch,) = report.land("planned_activity")
    assert batch.accounting.read == 401
    if isinstance(outcome, list):
        ((found, number),) = report.quarantined(batch, "reasons, row_number")
        assert set(outcome) <= set(found)
        assert set(found) == set(outcome) or outcome == ["refused:empty_row"]
        assert number == 401
    else:
        begin = datetime.fromisoformat(outcome[0])
        found = report.accepted(batch, "start_at, end_at", where="activity_code = 'Work'")
        assert found == [(begin, begin + timedelta(hours=outcome[1]))]


def test_a_state_kept_apart_can_be_dated_although_its_zone_is_gone(report: VendorSite) -> None:
    rows = [line("7/1/26", f"State {n}", "9:00 AM", "10:00 AM") for n in range(400)]
    rows.append(line("7/24/26", "Work", "4:00 PM", "4:00 PM"))
    report.write("wfm/planned_activity/a.csv", ABOVE + HEAD + "".join(rows))
    (batch,) = report.land("planned_activity")
    assert report.quarantined(batch, "start_at") == [("2026-07-24 20:00:00Z",)]
    assert states_of(report)["open"] == 1
    rows[-1] = line("7/24/26", "Work", "4:00 PM", "5:00 PM")
    report.write("wfm/planned_activity/a.csv", ABOVE + HEAD + "".join(rows))
    report.land("planned_activity", later=1)
    assert states_of(report)["redelivered"] == 1


def test_a_state_of_an_unknown_zone_is_near_its_day_and_cannot_be_replayed(
    report: VendorSite,
) -> None:
    rows = [line("7/1/26", f"State {n}", "9:00 AM", "10:00 AM") for n in range(400)]
    rows.append(line("7/24/26", "Work", "4:00 PM", "5:00 PM", zone="Mars/Base"))
    report.write("wfm/planned_activity/a.csv", ABOVE + HEAD + "".join(rows))
    report.land("planned_activity")
    assert (states_of(report)["open"], kept(report).replayable) == (1, 0)
    contract = load_contracts()["planned_activity"]
    mapping = report.source_set.feeds["planned_activity"]
    with quarantine_of(contract, home=report.home, mapping=mapping) as quarantine:
        dated = quarantine.execute("select start_at, end_at from typed").fetchall()
    assert dated == [(datetime(2026, 7, 24, 16), datetime(2026, 7, 24, 17))]


def kept(report: VendorSite) -> FeedQuarantine:
    contract = load_contracts()["planned_activity"]
    mapping = report.source_set.feeds["planned_activity"]
    return quarantine_list(contract, home=report.home, mapping=mapping)


def states_of(report: VendorSite) -> dict[str, int]:
    """Answer what became of the rows of the schedule that were kept apart."""
    return kept(report).states


def test_a_report_whose_last_column_has_got_a_name_is_refused(report: VendorSite) -> None:
    renamed = HEAD.replace("Paid Hours,", "Paid Hours,Kind")
    report.write(
        "wfm/planned_activity/a.csv", ABOVE + renamed + line("7/1/26", "W", "9:00 AM", "10:00 AM")
    )
    with pytest.raises(DeliveryRefused, match=r"line 3.*no name for column 11: it is named Kind"):
        report.land("planned_activity")


def test_a_line_is_named_as_it_stands_in_the_report(report: VendorSite) -> None:
    rows = [line("7/1/26", "W", "9:00 AM", "10:00 AM"), line("24/7/26", "W", "9:00 AM", "10:00 AM")]
    report.write("wfm/planned_activity/a.csv", ABOVE + HEAD + "".join(rows))
    with pytest.raises(DeliveryRefused, match="line 5"):
        report.land("planned_activity")


def test_one_name_for_two_agents_is_refused(report: VendorSite) -> None:
    report.write(
        "wfm/agent_identity/people.csv",
        "Agent ID,Agent,Time zone,Since\n17,Ana Alves,America/New_York,2025-01-31\n"
        "18,Ana Alves,America/New_York,2025-06-30\n",
    )
    with pytest.raises(DeliveryRefused, match="one_agent_at_any_date"):
        report.land("agent_identity")


def test_a_name_is_an_agent_only_through_the_list_that_the_site_keeps(report: VendorSite) -> None:
    report.write(
        "wfm/planned_activity/a.csv", ABOVE + HEAD + line("7/1/26", "W", "9:00 AM", "10:00 AM")
    )
    report.write(
        "wfm/agent_identity/people.csv",
        "Agent ID,Agent,Time zone,Since\n17,Ana Alves,America/New_York,2025-01-31\n",
    )
    (plan,), (people,) = report.land("planned_activity"), report.land("agent_identity")
    ((planned,),) = report.accepted(plan, "agent_external_id")
    assert report.accepted(people, "agent_id, external_id, identity_system") == [
        ("17", planned, "wfm")
    ]


def agent_day(agent: str, adherence: str, conformance: str, *, scheduled: str = "480") -> str:
    exceptions = '"3","20.25","12.5"'
    queue = '"0","0.0"' if conformance == "Infinity%" else '"400","420.1333333333333"'
    return (
        f'"{agent}","{adherence}","{conformance}",{exceptions},"Negative","{scheduled}","24480",'
        f'{queue},"{scheduled}.0"\n'
    )


def test_an_adherence_export_of_one_day_is_read_with_what_it_prints(genesys: VendorSite) -> None:
    rows = [
        agent_day("Ana Alves", "97.40%", "105.03%"),
        agent_day("Bea Brito", "20.00%", "Infinity%", scheduled="0"),
        '"1 - New Hire Template","","","","","","","","","","",""\n',
        ",,,,,,,,,,,\n",
    ]
    genesys.write(
        "genesys/adherence_day_vendor/HistoricalAdherence 2026-07-24.csv",
        "\ufeff" + ADHERENCE + "".join(rows),
    )
    (batch,) = genesys.land("adherence_day_vendor")
    counted = batch.accounting
    assert (counted.read, counted.accepted, counted.quarantined) == (4, 2, 2)
    assert counted.reasons["refused:template"] == counted.reasons["refused:empty_row"] == 1
    columns = (
        "business_date::varchar, scheduled_seconds, exception_seconds, exceptions,"
        " actual_on_queue_seconds, adherence_share::float, conformance_share::float,"
        " agent_external_id"
    )
    found = {row[-1]: row[:-1] for row in genesys.accepted(batch, columns)}
    ana, bea = found[pseudonym("Ana Alves")], found[pseudonym("Bea Brito")]
    assert ana == pytest.approx(("2026-07-24", 28800, 750, 3, 25208, 0.974, 1.0503))
    assert bea == ("2026-07-24", 0, 750, 3, 0, pytest.approx(0.2), None)
    assert b"Alves" not in genesys.bytes_kept()


def test_a_thousand_per_cent_and_an_unreadable_share_are_kept_apart(genesys: VendorSite) -> None:
    good = [agent_day(f"Agent {n}", "90.00%", "100.00%") for n in range(200)]
    odd = [agent_day("Ana Alves", "90.00%", "1,234.50%"), agent_day("Bea Brito", "n/a", "100.00%")]
    genesys.write(
        "genesys/adherence_day_vendor/HistoricalAdherence 2026-07-24.csv",
        ADHERENCE + "".join([*good, *odd]),
    )
    (batch,) = genesys.land("adherence_day_vendor")
    assert genesys.quarantined(batch, "reasons, conformance_share") == [
        (["col:range:conformance_share"], "12.34500000"),
        (["col:form:adherence_share"], "1.00000000"),
    ]


@pytest.mark.parametrize(
    ("name", "scheduled", "why"),
    [
        ("HistoricalAdherence 2026-07-24.csv", "6000", "col:range"),
        ("HistoricalAdherence 7_24.csv", "480", "business_date"),
    ],
)
def test_an_export_of_many_days_or_of_no_day_is_refused(
    genesys: VendorSite, name: str, scheduled: str, why: str
) -> None:
    row = agent_day("Ana Alves", "90.00%", "100.00%", scheduled=scheduled)
    genesys.write(f"genesys/adherence_day_vendor/{name}", ADHERENCE + row)
    with pytest.raises(DeliveryRefused, match=why):
        genesys.land("adherence_day_vendor")
