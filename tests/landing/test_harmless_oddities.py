"""What looks odd and is right: every value arrives as it was written."""

import gzip
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import duckdb
import openpyxl
import pytest

from tests.landing.conftest import Site

FIELDS = ("response_id", "question_id", "survey_id", "metric", "score_native", "score_value",
          "scale_min", "scale_max", "responded_at", "is_partial", "is_test",
          "source_updated_at")  # fmt: skip
GOOD = {
    "response_id": "r1", "question_id": "q1", "survey_id": "s", "metric": "csat",
    "score_native": "4", "score_value": "4", "scale_min": "1", "scale_max": "5",
    "responded_at": "2026-06-01T08:00:00Z", "is_partial": "false", "is_test": "false",
    "source_updated_at": "2026-06-01T08:00:00Z",
}  # fmt: skip
HEAD = ",".join(FIELDS)


def row(**values: str) -> str:
    return ",".join({**GOOD, **values}[name] for name in FIELDS)


def text(*rows: str, end: str = "\n") -> str:
    return end.join([HEAD, *rows]) + end


def workbook(*rows: list[object], sheet: str = "Sheet1") -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = sheet
    for values in rows:
        book.active.append(values)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def cells(**values: object) -> list[object]:
    """A row as a workbook holds it: numbers, dates and booleans, not text."""
    stamp = datetime(2026, 6, 1, 8)
    typed: dict[str, object] = {**GOOD, "score_value": 4, "scale_min": 1.0, "scale_max": 5,
                                "is_partial": False, "is_test": False, "responded_at": stamp,
                                "source_updated_at": stamp}  # fmt: skip
    return [{**typed, **values}[name] for name in FIELDS]


def parquet(select: str) -> Callable[[Site], bytes]:
    def written(site: Site) -> bytes:
        path = site.home.parent / "typed.parquet"
        duckdb.sql(f"copy ({select}) to '{path}' (format parquet)")
        return path.read_bytes()

    return written


def line(**values: object) -> str:
    return json.dumps({**GOOD, **values}, ensure_ascii=False) + "\n"


TYPED = (
    "select 'r1' response_id, 'q1' question_id, 's' survey_id, 'csat' metric, '4' score_native,"
    " 4::tinyint score_value, 1::double scale_min, 5::decimal(9, 2) scale_max, false is_partial,"
    " timestamptz '2026-06-01 08:00:00+00' responded_at, false is_test,"
    " '2026-06-01T08:00:00Z' source_updated_at"
)
LISBON = "    zone: Europe/Lisbon\n"
AT_EIGHT = datetime(2026, 6, 1, 8)
REVERSED = ",".join(reversed(HEAD.split(","))), ",".join(reversed(row().split(",")))

# Each: what is odd, the file's name, its content, more mapping, a column and its value.
HARMLESS = [
    ("a byte order mark", "a.csv", "\ufeff" + text(row()), "", "response_id", "r1"),
    ("CRLF", "a.csv", text(row(), end="\r\n"), "", "source_updated_at", AT_EIGHT),
    ("CR alone", "a.csv", text(row(), end="\r"), "", "source_updated_at", AT_EIGHT),
    ("CRLF and LF mixed", "a.csv", f"{HEAD}\r\n{row()}\n{row(response_id='r2')}\r\n", "",
     "source_updated_at", AT_EIGHT),
    ("CRLF inside quotes, LF outside", "a.csv", f"{HEAD}\n{row(survey_id='s')}\r\n", "",
     "survey_id", "s"),
    ("no end to the last line", "a.csv", text(row()).rstrip("\n"), "", "response_id", "r1"),
    ("an empty line at the end", "a.csv", text(row()) + "\n\n", "", "response_id", "r1"),
    ("every value in quotes", "a.csv",
     text(",".join(f'"{value}"' for value in row().split(","))), "", "response_id", "r1"),
    ("a delimiter in quotes", "a.csv", text(row(survey_id='"a,b"')), "", "survey_id", "a,b"),
    ("a doubled quote", "a.csv", text(row(survey_id='"the ""new"" one"')), "", "survey_id",
     'the "new" one'),
    ("a quote in the middle", "a.csv", text(row(survey_id='5" screen')), "", "survey_id",
     '5" screen'),
    ("NA as an id", "a.csv", text(row(response_id="NA")), "", "response_id", "NA"),
    ("null as an id", "a.csv", text(row(response_id="null")), "", "response_id", "null"),
    ("None as an id", "a.csv", text(row(response_id="None")), "", "response_id", "None"),
    ("1E5 as an id", "a.csv", text(row(response_id="1E5")), "", "response_id", "1E5"),
    ("leading zeros", "a.csv", text(row(response_id="000123")), "", "response_id", "000123"),
    ("an id longer than a number", "a.csv", text(row(response_id="9" * 30)), "", "response_id",
     "9" * 30),
    ("TRUE as an id", "a.csv", text(row(response_id="TRUE")), "", "response_id", "TRUE"),
    ("a date as an id", "a.csv", text(row(response_id="1/2")), "", "response_id", "1/2"),
    ("spaces around a text", "a.csv", text(row(survey_id=" s ")), "", "survey_id", " s "),
    ("the longest text", "a.csv", text(row(survey_id="x" * 200)), "", "survey_id", "x" * 200),
    ("names of the world", "a.csv", text(row(survey_id="Łukasz 山田 🙂")), "", "survey_id",
     "Łukasz 山田 🙂"),
    ("a combining accent", "a.csv", text(row(survey_id="e\u0301")), "", "survey_id", "e\u0301"),
    ("an apostrophe", "a.csv", text(row(survey_id="O'Brien; --")), "", "survey_id",
     "O'Brien; --"),
    ("a formula", "a.csv", text(row(survey_id="=1+1")), "", "survey_id", "=1+1"),
    ("empty in quotes is empty text", "a.csv",
     f"{HEAD},contact_id\n{row()},\"\"\n", "", "contact_id", ""),
    ("empty without quotes is null", "a.csv", f"{HEAD},contact_id\n{row()},\n", "", "contact_id",
     None),
    ("columns in another order", "a.csv", "\n".join(REVERSED) + "\n", "", "response_id", "r1"),
    ("a column nobody knows", "a.csv", f"{HEAD},colour\n{row()},red\n", "", "response_id", "r1"),
    ("a header in quotes", "a.csv", text(row()).replace("metric", '"metric"'), "", "metric",
     "csat"),
    ("semicolons, declared", "a.csv", text(row()).replace(",", ";"), "    delimiter: ';'\n",
     "response_id", "r1"),
    ("gzip", "a.csv.gz", gzip.compress(text(row()).encode()), "", "response_id", "r1"),
    ("gzip in two members", "a.csv.gz",
     gzip.compress(f"{HEAD}\n".encode()) + gzip.compress(f"{row()}\n".encode()), "",
     "response_id", "r1"),
    ("latin-1, declared", "a.csv", text(row(survey_id="Zoë")).encode("latin-1"),
     "    encoding: latin-1\n", "survey_id", "Zoë"),
    ("windows-1252, declared", "a.csv", text(row(survey_id="5 €")).encode("cp1252"),
     "    encoding: windows-1252\n", "survey_id", "5 €"),
    ("utf-16, declared", "a.csv", text(row(survey_id="山田")).encode("utf-16"),
     "    encoding: utf-16\n", "survey_id", "山田"),
    ("an offset instead of Z", "a.csv", text(row(responded_at="2026-06-01T10:00:00+02:00")), "",
     "responded_at", AT_EIGHT),
    ("microseconds", "a.csv", text(row(responded_at="2026-06-01T08:00:00.000250Z")), "",
     "responded_at", AT_EIGHT + timedelta(microseconds=250)),
    ("a blank between date and time", "a.csv", text(row(responded_at="2026-06-01 08:00:00Z")),
     "", "responded_at", AT_EIGHT),
    ("capital booleans", "a.csv", text(row(is_test="TRUE")), "", "is_test", True),
    ("0 and 1 as booleans", "a.csv", text(row(is_test="1")), "", "is_test", True),
    ("a day of no year in four", "a.csv", text(row(responded_at="2028-02-29T08:00:00Z")), "",
     "responded_at", datetime(2028, 2, 29, 8)),
    ("Parquet with typed columns", "a.parquet", parquet(TYPED), "", "score_value::varchar",
     "4.000000"),
    ("a workbook with an id of digits", "a.xlsx", workbook(list(FIELDS), cells(response_id="007")),
     LISBON, "response_id", "007"),
    ("a workbook's whole number", "a.xlsx", workbook(list(FIELDS), cells(response_id=5.0)),
     LISBON, "response_id", "5"),
    ("a workbook's date, in the zone", "a.xlsx", workbook(list(FIELDS), cells()), LISBON,
     "responded_at", datetime(2026, 6, 1, 7)),
    ("a workbook's boolean", "a.xlsx", workbook(list(FIELDS), cells(is_test=True)), LISBON,
     "is_test", True),
    ("a workbook's NA", "a.xlsx", workbook(list(FIELDS), cells(survey_id="NA")), LISBON,
     "survey_id", "NA"),
    ("a workbook's empty rows", "a.xlsx", workbook(list(FIELDS), [], cells(), []), LISBON,
     "response_id", "r1"),
    ("NDJSON", "a.jsonl", line(), "", "response_id", "r1"),
    ("NDJSON in gzip", "a.ndjson.gz", gzip.compress(line().encode()), "", "response_id", "r1"),
    ("NDJSON keeps digits", "a.jsonl", line().replace('"4"', "4.50", 1), "", "score_native",
     "4.50"),
    ("NDJSON keeps long numbers", "a.jsonl", line().replace('"r1"', "12345678901234567890123"),
     "", "response_id", "12345678901234567890123"),
    ("NDJSON keeps nested values", "a.jsonl", line(survey_id={"a": [1, None, True]}), "",
     "survey_id", '{"a":[1,null,true]}'),
    ("NDJSON with a line break in a value", "a.jsonl", line(score_native='a"b'), "",
     "score_native", 'a"b'),
    ("NDJSON with null and with nothing", "a.jsonl", line(contact_id=None) + line(
        response_id="r2"), "", "contact_id", None),
    ("NDJSON with keys in any order", "a.jsonl",
     json.dumps(dict(reversed(GOOD.items()))) + "\n\n", "", "response_id", "r1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "more", "column", "value"),
    [pytest.param(*case[1:], id=case[0]) for case in HARMLESS],
)
def test_what_is_odd_and_right_is_accepted_unchanged(
    site: Site,
    name: str,
    content: str | bytes | Callable[[Site], bytes],
    more: str,
    column: str,
    value: object,
) -> None:
    site.write(name, content(site) if callable(content) else content)
    (batch,) = site.land("survey_response", files="*.*", more=more)
    accounting = batch.accounting
    assert accounting.accepted == accounting.read > 0, accounting.reasons
    assert {found for (found,) in site.accepted(batch, column)} == {value}


def test_at_least_25_oddities_are_harmless() -> None:
    assert len(HARMLESS) >= 25


def test_a_line_break_in_quotes_belongs_to_a_text_and_mixed_ends_leave_it_alone(
    site: Site,
) -> None:
    """A contract allows no control character, so the text is seen where it is kept apart."""
    broken = row(response_id="odd", survey_id='"two\r\nlines"')
    good = "".join(f"{row(response_id=f'g{n}')}\n" for n in range(200))
    site.write("a.csv", f"{HEAD}\r\n{broken}\n{good}")
    (batch,) = site.land("survey_response")
    kept = site.home / "quarantine" / batch.feed / f"{batch.batch_id}.parquet"
    assert duckdb.sql(f"select survey_id, line, reasons from '{kept}'").fetchall() == [
        ("two\r\nlines", 2, ["structure:control character:survey_id"])
    ]


def test_columns_that_nobody_asks_for_and_columns_that_are_not_there_are_said(
    site: Site,
) -> None:
    site.write("a.csv", f"{HEAD},colour\n{row()},red\n")
    (batch,) = site.land("survey_response")
    assert batch.accounting.ignored_columns == ["colour"]
    assert "contact_id" in batch.accounting.missing_columns
    assert batch.contract_version >= 1
