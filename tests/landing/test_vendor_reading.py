"""What a mapping can say about a vendor's file: where its header is, its zones, its text."""

from io import BytesIO

import duckdb
import openpyxl
import pytest

from metrics.engine.plain_yaml import DefinitionError
from orchestration.landing.batches import BatchStore
from orchestration.landing.expressions import compile_expression
from orchestration.landing.quarantine_list import quarantine_list
from orchestration.landing.refusal import DeliveryRefused
from orchestration.landing.source_set import FeedMapping
from tests.landing.conftest import Site

CASE = "2026-06-01T08:00:00Z,open,open,2026-06-01T08:00:00Z"
HEAD = "case_id,created_at,status_native,status,source_updated_at"
REPORT = "Cases of June,,,,,\nexported by Ana,,,,,\n"


def read(expression: str, text: str | None) -> object:
    """Answer what an expression makes of the text `said`, or 'unreadable'."""
    compiled = compile_expression(expression)
    wrong = " or ".join(f"coalesce({condition}, false)" for condition in compiled.unreadable)
    ((value, is_unreadable),) = duckdb.execute(
        f"select ({compiled.sql})::varchar, {wrong or 'false'} from (select ?::varchar as said)",
        [text],
    ).fetchall()
    return "unreadable" if is_unreadable else value


@pytest.mark.parametrize(
    ("expression", "text", "value"),
    [
        ("seconds_of(said)", " 150:00:30.500", "540031"),
        ("seconds_of(said)", "0:01:05", "65"),
        ("seconds_of(said)", "", None),
        ("seconds_of(said)", None, None),
        ("seconds_of(said)", "12:30", "unreadable"),
        ("seconds_of(said)", "1:60:00", "unreadable"),
        ("seconds_of(said)", "-", "unreadable"),
        ("seconds_of_minutes(said)", "700.1333333333333", "42008"),
        ("seconds_of_minutes(said)", "1,000", "unreadable"),
        ("share_of(said)", "20.00%", "0.20000000"),
        ("share_of(said)", "1,234.50%", "12.34500000"),
        ("share_of(said)", "Infinity%", None),
        ("share_of(said)", "20", "unreadable"),
        ("share_of(said)", "1,2.5%", "unreadable"),
        ("time_of_epoch_ms(said)", "1782984600123", "2026-07-02 09:30:00.123Z"),
        ("time_of_epoch_ms(said)", "1782984600", "unreadable"),
        ("time_of_epoch_seconds(said)", "1782984600", "2026-07-02 09:30:00Z"),
        ("said ->> 'score'", '{"score": "7"}', "7"),
        ("said ->> 'score'", '{"other": 1}', None),
        ("said ->> 'score'", "rude", "unreadable"),
        ("strptime(said, ['%H:%M', '%H:%M:%S'])", "09:30:15", "1900-01-01 09:30:15"),
        ("strptime(said, ['%H:%M', '%H:%M:%S'])", "rude", "unreadable"),
        ("cast(strptime(said, '%d.%m.%Y') as date)", "31.02.2026", "unreadable"),
        ("cast(cast(said as double) * 60 as integer)", "rude", "unreadable"),
        ("cast(cast(said as double) * 60 as integer)", "1.5", "90"),
        ("cast(said as integer)", "", None),
        ("try_cast(said as integer)", "rude", None),
        ("end_after(strptime('22:00', '%H:%M'), strptime(said, '%H:%M'))", "06:00",
         "1900-01-02 06:00:00"),
        ("end_after(strptime('22:00', '%H:%M'), strptime(said, '%H:%M'))", "22:00",
         "1900-01-01 22:00:00"),
    ],
)  # fmt: skip
def test_a_text_is_read_as_what_it_means_or_is_unreadable(
    expression: str, text: str | None, value: str | None
) -> None:
    assert read(expression, text) == value


def test_one_unreadable_date_inside_a_cast_keeps_one_row_apart(site: Site) -> None:
    """`cast(strptime(…) as date)` used to stop the whole file."""
    head = "external_id,agent_id,identity_system,id_type,since\n"
    rows = "".join(f"x{n},a,acd,login,01.02.2026\n" for n in range(3))
    site.write("a.csv", f"{head}{rows}bad,a,acd,login,31.02.2026\n")
    since = "    columns: {valid_from: \"cast(strptime(since, '%d.%m.%Y') as date)\"}\n"
    with pytest.raises(DeliveryRefused, match=r"1 of 4 rows.*col:"):
        site.land("agent_identity", more=since)


def test_lines_above_a_header_are_no_rows_and_every_row_keeps_its_line(site: Site) -> None:
    rows = "".join(f"c{n},{CASE},\n" for n in range(250))
    site.write("a.csv", f"{REPORT}{HEAD},\n{rows}bad,yesterday,o,open,2026-06-01T08:00:00Z,\n")
    report = "    header_line: 3\n    unnamed_columns: {last: 6}\n"
    (batch,) = site.land("case_record", more=report)
    assert (batch.accounting.read, batch.accounting.accepted) == (251, 250)
    mapping = FeedMapping(source_system="acd", files="*", header_line=3)
    listed = quarantine_list(site.contracts["case_record"], home=site.home, mapping=mapping)
    assert [reason.first_line for reason in listed.reasons] == [254]


@pytest.mark.parametrize(
    ("content", "more", "says"),
    [
        (f"{REPORT}{HEAD}\nc1,{CASE}\n", "header_line: 9", "line 9.*no header of several columns"),
        (f"{REPORT}{HEAD}\nc1,{CASE}\n", "header_line: 2", 'line 2.*no name|more than once'),
        (f"{REPORT}{HEAD},\nc1,{CASE},\n", "header_line: 3", "line 3.*a column without a name"),
        (f"{HEAD},kind\nc1,{CASE},\n", "unnamed_columns: {last: 6}", "column 6: it is named kind"),
        (f"{HEAD}\nc1,{CASE}\n", "unnamed_columns: {last: 6}", "column 6: it is not there"),
        (f"{HEAD},\nc1,{CASE},\n", "unnamed_columns: {status: 6}", "status more than once"),
    ],
)  # fmt: skip
def test_a_header_that_is_not_where_the_mapping_says_is_refused(
    site: Site, content: str, more: str, says: str
) -> None:
    site.write("a.csv", content)
    with pytest.raises(DeliveryRefused, match=says):
        site.land("case_record", more=f"    {more}\n")


def test_a_workbook_can_be_a_report_too(site: Site) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for values in (["Cases of June"], [], HEAD.split(","), ["c1", *CASE.split(",")],
                   [None, None, None, None, None, "Total"]):  # fmt: skip
        book.active.append(values)
    file = BytesIO()
    book.save(file)
    site.write("a.xlsx", file.getvalue())
    report = (
        "    header_line: 3\n    unnamed_columns: {last: 6}\n"
        "    refuse_when: {total: last is not null}\n"
    )
    (batch,) = site.land("case_record", files="*.xlsx", more=report)
    assert batch.accounting.read == 2
    assert batch.accounting.reasons["refused:total"] == 1
    assert site.accepted(batch, "case_id") == [("c1",)]


def test_their_words_become_ours_and_an_unknown_one_is_shown(site: Site) -> None:
    rows = "".join(f"c{n},{CASE.replace('open,open', 'o,Offen')}\n" for n in range(200))
    site.write("a.csv", f"{HEAD}\n{rows}bad,{CASE.replace('open,open', 'o,Sonstiges')}\n")
    (batch,) = site.land("case_record", more="    words: {status: {Offen: open}}\n")
    assert site.accepted(batch, "distinct status") == [("open",)]
    assert site.quarantined(batch) == [(201, ["col:enum:status"])]
    kept = BatchStore(site.home).quarantined_file(batch)
    assert duckdb.sql(f"select status from '{kept}'").fetchall() == [("Sonstiges",)]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_an_optional_column_may_be_absent(site: Site, name: str) -> None:
    row = dict(zip(HEAD.split(","), ["c1", *CASE.split(",")], strict=True))
    lines = ",".join(f'"{key}": "{value}"' for key, value in row.items())
    site.write(name, f"{HEAD}\nc1,{CASE}\n" if name == "a.csv" else f"{{{lines}}}\n")
    channel = "    columns: {channel: \"coalesce(via, 'email')\"}\n"
    with pytest.raises(DeliveryRefused, match='no column "via"'):
        site.land("case_record", files=name, more=channel)
    (batch,) = site.land("case_record", files=name, more=f"{channel}    optional_columns: [via]\n")
    assert site.accepted(batch, "channel") == [("email",)]


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        ("csv", "case_id,status_native,status\nc1,o,open\n"),
        ("jsonl", '{"case_id": "c1", "status_native": "o", "status": "open"}\n'),
    ],
)
def test_a_day_that_only_the_file_name_has_is_read_from_it(
    site: Site, ending: str, content: str
) -> None:
    site.write(f"cases 2026-06-01.{ending}", content)
    day = "regexp_extract(file_name, '[0-9-]{10}') || 'T00:00:00Z'"
    more = f'    columns: {{created_at: "{day}", source_updated_at: "{day}"}}\n'
    (batch,) = site.land("case_record", files="*", more=more)
    assert site.accepted(batch, "created_at::varchar") == [("2026-06-01 00:00:00",)]


@pytest.mark.parametrize("is_good", [True, False])
def test_a_file_that_holds_more_than_it_may_leaves_no_copy(site: Site, is_good: bool) -> None:
    site.write("a.csv", f"{HEAD},Pay\nc1,{CASE if is_good else 'x,,,'},4321.99\n")
    if is_good:
        site.land("case_record", more="    keep_copy: false\n")
    else:
        with pytest.raises(DeliveryRefused):
            site.land("case_record", more="    keep_copy: false\n")
    left = b"".join(path.read_bytes() for path in site.home.rglob("*") if path.is_file())
    assert b"4321.99" not in left
    assert not list((site.home / "landing").rglob("a.csv"))


def test_the_zone_of_a_row_may_stand_in_the_row(site: Site) -> None:
    at = "2026-07-01T09:00:00"
    rows = [f"c1,{at},o,open,{at}Z,Europe/London\n", f"c2,{at},o,open,{at}Z,Asia/Kolkata\n",
            f"c3,{at}-03:00,o,open,{at}Z,\n"]  # fmt: skip
    site.write("a.csv", f"{HEAD},Zone\n{''.join(rows)}")
    zone = "    zone: {column: Zone, one_of: [Europe/London, Asia/Kolkata]}\n"
    (batch,) = site.land("case_record", more=zone)
    assert site.accepted(batch, "case_id, strftime(created_at, '%H:%M')") == [
        ("c1", "08:00"), ("c2", "03:30"), ("c3", "12:00"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("    header_line: 0\n", "sources.yml:7: .*header_line.*greater than or equal to 1"),
        ("    unnamed_columns: {Total: 11}\n", "sources.yml:7: .*Total.*match pattern"),
        ("    unnamed_columns: {total: 0}\n", "sources.yml:7: .*greater than or equal to 1"),
        ("    words: {lost: {a: b}}\n", "sources.yml:7: lost is no column of the contract"),
        ("    words: {status: {}}\n", "sources.yml:7: .*words.status.* at least 1 item"),
        ("    keep_copy: sometimes\n", "sources.yml:7: .*keep_copy.*boolean"),
        ("    optional_columns: via\n", "sources.yml:7: .*optional_columns.*tuple"),
        ("    zone: {column: Zone}\n", "sources.yml:7: .*one_of.* is missing"),
        ("    zone: {colum: Zone, one_of: [UTC]}\n", "sources.yml:7: .*colum. is not a key"),
        ("    zone: 5\n", "sources.yml:7: .*zone.* was refused"),
        ("    zone: {column: Zone, one_of: [Mars/Base]}\n", "sources.yml:7: Mars/Base is no time"),
        ("    zone: {column: Z, one_of: [UTC]}\n    fold: {created_at: x = 'Y'}\n",
         "sources.yml:8: a repeated hour"),
        ("    columns: {status: 'seconds_of(a, b)'}\n", "sources.yml:7: .*seconds_of takes 1"),
        ("    columns: {status: 'seconds_off(a)'}\n", "sources.yml:7: .*uses seconds_off"),
        ("    columns: {status: '[a, b]'}\n", "sources.yml:7: .*uses array"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_refused_with_its_line(site: Site, more: str, says: str) -> None:
    site.write("a.csv", f"{HEAD}\nc1,{CASE}\n")
    with pytest.raises(DefinitionError, match=says):
        site.land("case_record", more=more)
