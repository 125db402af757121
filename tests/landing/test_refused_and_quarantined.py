"""What is wrong is sent back or kept apart, with file, line, column and reason.

Each case is one thing that has happened to somebody: a file that is none, or a record in a file
that is otherwise good.
"""

import gzip
import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO

import duckdb
import pytest

from orchestration.landing.refusal import DeliveryRefused
from tests.landing.conftest import Site
from tests.landing.test_harmless_oddities import (
    FIELDS,
    HEAD,
    LISBON,
    cells,
    line,
    row,
    text,
    workbook,
)

ROOMY = 120  # good rows: one bad one stays under the contract's limit of 1 %
GOOD_ROWS = [row(response_id=f"g{n}") for n in range(ROOMY)]
PLAIN = text(row())
STAMP = "2026-06-01T08:00:00Z"


def zipped(name: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "nothing of ours")
    return file.getvalue()


def cut_parquet() -> bytes:
    path = duckdb.sql("select 1 as a").df().to_parquet()
    return bytes(path[: len(path) // 2])


def two_sheets() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.create_sheet("Second")
    file = BytesIO()
    book.save(file)
    return file.getvalue()


# Each: what is wrong, the file's name, its content, more mapping, where, a part of the reason.
FILES = [
    ("empty", "a.csv", "", "", "line 1", "is empty"),
    ("header only", "a.csv", f"{HEAD}\n", "", "line 2", "has a header and no rows"),
    ("only a byte order mark", "a.csv", "\ufeff", "", "line 1", "without a name"),
    ("only line ends", "a.csv", "\n\n\n", "", "line 1", "without a name"),
    ("a log-in page", "a.csv", "<!doctype html><html>Log in</html>", "", "line 1", "a web page"),
    ("an error page in JSON", "a.csv", '{"error": "token expired"}', "", "line 1",
     "has no column"),
    ("an empty gzip", "a.csv.gz", gzip.compress(b""), "", "line 1", "without a name"),
    ("a truncated gzip", "a.csv.gz", gzip.compress(PLAIN.encode())[:-20], "", "line 1",
     "cannot be read"),
    ("a plain file named .gz", "a.csv.gz", PLAIN, "", "line 1", "cannot be read"),
    ("a gzip named .csv", "a.csv", gzip.compress(PLAIN.encode()), "", "line 1", "cannot be read"),
    ("a truncated Parquet file", "a.parquet", cut_parquet, "", "line 1", "cannot be read"),
    ("a CSV named .parquet", "a.parquet", PLAIN, "", "line 1", "cannot be read"),
    ("a Parquet file without the columns", "a.parquet",
     lambda: bytes(duckdb.sql("select 1 as a").df().to_parquet()), "", "line 1", "has no column"),
    ("a web page named .xlsx", "a.xlsx", "<html>Log in</html>", "", "line 1", "is no workbook"),
    ("an archive named .xlsx", "a.xlsx", zipped("readme.txt"), "", "line 1", "is no workbook"),
    ("a protected workbook", "a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "",
     "line 1", "is no workbook"),
    ("a truncated workbook", "a.xlsx", lambda: workbook(list(FIELDS), cells())[:900], "",
     "line 1", "is no workbook"),
    ("a workbook of several sheets", "a.xlsx", two_sheets, "", "line 1", "the mapping names none"),
    ("a workbook without the sheet", "a.xlsx", lambda: workbook(list(FIELDS), cells()),
     "    sheet: Answers\n", "line 1", "has no sheet Answers; it has Sheet1"),
    ("an empty workbook", "a.xlsx", lambda: workbook(), "", "line 1", "without a name"),
    ("a workbook with a header only", "a.xlsx", lambda: workbook(list(FIELDS)), "", "line 2",
     "no rows"),
    ("a web page named .jsonl", "a.jsonl", "<html>\n</html>\n", "", "line 1", "not json"),
    ("a JSON array instead of lines", "a.jsonl", "[\n1,\n2]\n", "", "line 1", "not json"),
    ("NDJSON without a required key", "a.jsonl", '{"response_id": 1}\n', "", "line 1",
     "has no column"),
    ("another delimiter", "a.csv", PLAIN.replace(",", ";"), "", "line 1", "has no column"),
    ("tabs", "a.csv", PLAIN.replace(",", "\t"), "", "line 1", "has no column"),
    ("a title above the header", "a.csv", f"Report of June\n{PLAIN}", "", "line 1",
     "has no column"),
    ("a column twice", "a.csv", f"{HEAD},metric\n{row()},csat\n", "", "line 1",
     "the column metric more than once"),
    ("a column twice in another case", "a.csv", f"{HEAD},Metric\n{row()},csat\n", "", "line 1",
     "more than once"),
    ("a header in capitals", "a.csv", PLAIN.replace("metric", "METRIC"), "", "line 1",
     'has no column "metric"'),
    ("a required column missing", "a.csv", PLAIN.replace("metric", "kind"), "", "line 1",
     'has no column "metric"'),
    ("a column without a name", "a.csv", f"{HEAD},\n{row()},x\n", "", "line 1",
     "without a name"),
    ("no header", "a.csv", f"{row()}\n{row(response_id='2')}\n", "", "line 1", "more than once"),
    ("utf-16, not declared", "a.csv", PLAIN.encode("utf-16"), "", "line 1", "cannot be read"),
    ("utf-8 with a bad byte, declared utf-16", "a.csv", PLAIN.encode()[:-2],
     "    encoding: utf-16\n", "line 1", "not utf-16"),
    ("a byte that windows-1252 does not have", "a.csv",
     PLAIN.encode() + b"\x81\n", "    encoding: windows-1252\n", "line 3", "not windows-1252"),
    ("a quote that never ends", "a.csv", text(row(), row(survey_id='"s'), *GOOD_ROWS), "",
     "line 3", "a quoted value that never ends"),
    ("every row bad", "a.csv", text(*(row(metric="mood") for _ in range(9))), "", "line 2",
     "9 of 9 rows cannot be used"),
    ("more bad rows than the contract allows", "a.csv",
     text(*GOOD_ROWS, row(metric="x"), row(metric="y")), "", f"line {ROOMY + 2}",
     "col:enum:metric, in 2 rows"),
]  # fmt: skip


def bad(name: str, reason: str, **values: str) -> tuple[str, str, str, str, int, str]:
    """A CSV whose third record has these values instead of the good ones."""
    content = text(*GOOD_ROWS[:2], row(response_id="bad", **values), *GOOD_ROWS[2:])
    return (name, "a.csv", content, "", 4, reason)


def raw(name: str, reason: str, record: str | bytes) -> tuple[str, str, str | bytes, str, int, str]:
    """A CSV whose third record is these very bytes."""
    given = record.encode() if isinstance(record, str) else record
    before, after = text(*GOOD_ROWS[:2]).encode(), "\n".join(GOOD_ROWS[2:]).encode()
    return (name, "a.csv", before + given + b"\n" + after + b"\n", "", 4, reason)


def number(name: str, value: str) -> tuple[str, str, str, str, int, str]:
    return bad(name, "col:decimal:scale_max", scale_max=value)


def time(name: str, value: str, reason: str = "timestamp") -> tuple[str, str, str, str, int, str]:
    return bad(name, f"col:{reason}:responded_at", responded_at=value)


# Each: what is wrong, the file's name, its content, more mapping, the line, the reason.
RECORDS = [
    raw("too few values", "structure:missing columns", "bad,q1,s"),
    raw("too many values", "structure:too many columns", row(response_id="bad") + ",more"),
    raw("text after a closing quote", "structure:unquoted value",
        row(response_id="bad", survey_id='"s"x')),
    raw("invalid utf-8", "structure:invalid encoding",
        row(response_id="bad").encode().replace(b"csat", b"cs\xff")),
    raw("a NUL", "structure:control character:survey_id",
        row(response_id="bad", survey_id="a\x00b")),
    raw("a bell", "structure:control character:survey_id",
        row(response_id="bad", survey_id="a\x07b")),
    raw("a tab", "structure:control character:survey_id",
        row(response_id="bad", survey_id="a\tb")),
    raw("a line break in an id", "structure:control character:survey_id",
        row(response_id="bad", survey_id='"a\nb"')),
    bad("no id", "col:required:survey_id", survey_id=""),
    bad("an empty id in quotes", "col:enum:metric", metric='""'),
    bad("a text longer than an id", "col:length:survey_id", survey_id="x" * 201),
    bad("a value of no list", "col:enum:metric", metric="mood"),
    bad("a value in another case", "col:enum:metric", metric="CSAT"),
    bad("a value with a space", "col:enum:metric", metric="csat "),
    bad("a number out of range", "col:range:scale_max", scale_max="101"),
    number("1e3", "1e3"), number("a hexadecimal number", "0x1F"), number("1_000", "1_000"),
    number("NaN", "NaN"), number("infinity", "inf"), number("Infinity%", "Infinity%"),
    number("a thousands separator", '"1,000"'), number("a decimal comma", '"4,5"'),
    number("a percent sign", "85%"), number("a plus sign", "+5"), number("a blank", " 5"),
    number("a point without digits", "5."), number("a hyphen for nothing", "-"),
    number("digits of another script", "٥"), number("NA for nothing", "NA"),
    bad("yes", "col:boolean:is_test", is_test="yes"),
    bad("t", "col:boolean:is_test", is_test="t"),
    bad("on", "col:boolean:is_test", is_test="on"),
    time("no zone", "2026-06-01T08:00:00"), time("a date alone", "2026-06-01"),
    time("hour 24", "2026-06-01T24:00:00Z"), time("minute 60", "2026-06-01T08:60:00Z"),
    time("short month and day", "2026-3-9T08:00:00Z"),
    time("30 February", "2026-02-30T08:00:00Z"),
    time("29 February of a common year", "2026-02-29T08:00:00Z"),
    time("day first", "01.06.2026 08:00:00"), time("seconds since 1970", "1780300800"),
    time("an offset beyond any", "2026-06-01T08:00:00+99:00"),
    time("a zone's name", "2026-06-01T08:00:00 UTC"), time("no seconds", "2026-06-01T08:00Z"),
    time("a word", "yesterday"), time("the year 0001", "0001-01-01T00:00:00Z", "year"),
    time("the year 9999", "9999-12-31T00:00:00Z", "year"),
    bad("a scale upside down", "rule:scale_ok", scale_min="5", scale_max="1", score_value=""),
    bad("a score off its scale", "rule:in_scale", score_value="7"),
    ("NDJSON that breaks off", "a.jsonl",
     "".join(map(str, [line(), line(response_id="2"), '{"response_id": "ba\n',
                       *(line(response_id=f"g{n}") for n in range(ROOMY))])), "", 3,
     "structure:not json"),
    ("NDJSON with a key twice", "a.jsonl",
     line() + '{"response_id": "1", "response_id": "2"}\n'
     + "".join(line(response_id=f"g{n}") for n in range(ROOMY)), "", 2, "structure:key twice"),
    ("NDJSON with NaN", "a.jsonl",
     line() + '{"response_id": NaN}\n'
     + "".join(line(response_id=f"g{n}") for n in range(ROOMY)), "", 2, "structure:not json"),
    ("NDJSON with a wrong type", "a.jsonl",
     line() + line(response_id="bad", scale_max=[5])
     + "".join(line(response_id=f"g{n}") for n in range(ROOMY)), "", 2, "col:decimal:scale_max"),
    ("a workbook's date without a zone", "a.xlsx",
     lambda: workbook(list(FIELDS), *(
         [*row(response_id=f"g{n}").split(",")] for n in range(ROOMY)), cells()), "", ROOMY + 2,
     "col:timestamp:responded_at"),
    ("a workbook's row that is too long", "a.xlsx",
     lambda: workbook(list(FIELDS), *(cells(response_id=f"g{n}") for n in range(ROOMY)),
                      [*cells(), "more"]), LISBON, ROOMY + 2, "structure:too many columns"),
    ("a workbook's error for a value", "a.xlsx",
     lambda: workbook(list(FIELDS), *(cells(response_id=f"g{n}") for n in range(ROOMY)),
                      cells(score_value="#DIV/0!")), LISBON, ROOMY + 2,
     "col:decimal:score_value"),
]  # fmt: skip

Content = str | bytes | Callable[[], bytes]


@pytest.mark.parametrize(
    ("name", "content", "more", "where", "says"),
    [pytest.param(*case[1:], id=case[0]) for case in FILES],
)
def test_a_file_that_cannot_be_used_is_sent_back_whole(
    site: Site, name: str, content: Content, more: str, where: str, says: str
) -> None:
    site.write(name, content() if callable(content) else content)
    with pytest.raises(DeliveryRefused) as refusal:
        site.land("survey_response", files="*.*", more=more)
    assert str(refusal.value).startswith(f"survey_response: {name}, {where}: ")
    assert says in str(refusal.value)
    assert "Next: " in str(refusal.value)
    assert not list((site.home / "raw").rglob("*.json"))


@pytest.mark.parametrize(
    ("name", "content", "more", "line_number", "reason"),
    [pytest.param(*case[1:], id=case[0]) for case in RECORDS],
)
def test_a_record_that_cannot_be_used_is_kept_apart_with_its_line(
    site: Site, name: str, content: Content, more: str, line_number: int, reason: str
) -> None:
    site.write(name, content() if callable(content) else content)
    (batch,) = site.land("survey_response", files="*.*", more=more)
    kept = site.home / "quarantine" / batch.feed / f"{batch.batch_id}.parquet"
    ((at, reasons),) = duckdb.sql(f"select line, reasons from '{kept}'").fetchall()
    assert (at, reason in reasons) == (line_number, True), reasons
    accounting = batch.accounting
    assert accounting.read == accounting.accepted + accounting.duplicates + 1


def test_at_least_60_bad_files_and_records_are_listed() -> None:
    assert len(FILES) + len(RECORDS) + len(MANIFESTS) >= 60


def said(**changes: object) -> dict[str, object]:
    """A manifest that is right about a file of one row, but for these changes."""
    part = {"file": "p.csv", "rows": 1, "sha256": sha256(PLAIN.encode()).hexdigest()}
    right = {"extract_id": "e1", "extracted_at": STAMP, "complete": True, "parts": [part]}
    return {**right, **changes}


def part(**changes: object) -> list[dict[str, object]]:
    right = {"file": "p.csv", "rows": 1, "sha256": sha256(PLAIN.encode()).hexdigest()}
    return [{**right, **changes}]


# Each: what is wrong, the manifest, a part of the reason.
MANIFESTS: list[tuple[str, object, str]] = [
    ("not JSON", "{", "cannot be used"),
    ("a list", [], "cannot be used"),
    ("no parts", {"extract_id": "e1", "extracted_at": STAMP}, "cannot be used"),
    ("no time of extraction", {"extract_id": "e1", "parts": []}, "cannot be used"),
    ("another digest", said(parts=part(sha256="0" * 64)), "is not the file of 1 rows"),
    ("other rows", said(parts=part(rows=2)), "holds 1 rows and its manifest says 2"),
    ("a part that is not there", said(parts=part(file="q.csv")), "is not there"),
    ("a part outside its folder", said(parts=part(file="../p.csv")), "is not a plain name"),
    ("a part twice", said(parts=part() * 2), "named twice"),
    ("rows that are no number", said(parts=part(rows="many")), "cannot be used"),
    ("a time without a zone", said(extracted_at="2026-06-01T08:00:00"), "has no zone"),
    ("a time that is none", said(extracted_at="June"), "cannot be used"),
    ("a time to come", said(extracted_at="2031-01-01T00:00:00Z"), "still to come"),
    ("an extract id that is a path", said(extract_id="../e1"), "is not a plain name"),
    ("another control total", said(control_totals={"score_value": 5}),
     "score_value sums to 5; the rows sum to 4"),
    ("a control total of a text", said(control_totals={"metric": 5}), "no number column"),
    ("a control total that is no number", said(control_totals={"score_value": "x"}),
     "no number"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("manifest", "says"), [pytest.param(*case[1:], id=case[0]) for case in MANIFESTS]
)
def test_a_manifest_is_held_to_every_word(site: Site, manifest: object, says: str) -> None:
    site.write("e1/p.csv", PLAIN)
    site.write("e1/manifest.json", manifest if isinstance(manifest, str) else json.dumps(manifest))
    with pytest.raises(DeliveryRefused) as refusal:
        site.land("survey_response")
    assert says in str(refusal.value)
    assert "Next: " in str(refusal.value)


def test_a_control_total_that_is_right_lets_the_delivery_in(site: Site) -> None:
    site.write("e1/p.csv", PLAIN)
    site.write("e1/manifest.json", json.dumps(said(control_totals={"score_value": "4.0"})))
    (batch,) = site.land("survey_response")
    assert batch.accounting.accepted == 1


def test_lines_are_right_after_values_that_span_lines(site: Site) -> None:
    rows = [
        row(response_id="a", survey_id='"1\n2\n3"'),  # lines 2 to 4
        "too,few",  # line 5
        row(response_id="c", metric="mood"),  # line 6
        *(row(response_id=f"g{n}") for n in range(400)),
    ]
    site.write("a.csv", text(*rows))
    (batch,) = site.land("survey_response")
    kept = site.home / "quarantine" / batch.feed / f"{batch.batch_id}.parquet"
    found = duckdb.sql(f"select row_number, line from '{kept}' order by line").fetchall()
    assert found == [(1, 2), (2, 5), (3, 6)]


def test_rows_that_contradict_each_other_say_their_lines(site: Site) -> None:
    rows = [row(response_id="k"), *GOOD_ROWS, *GOOD_ROWS, row(response_id="k", score_value="2")]
    site.write("a.csv", text(*rows))
    (batch,) = site.land("survey_response")
    kept = site.home / "quarantine" / batch.feed / f"{batch.batch_id}.parquet"
    found = duckdb.sql(f"select line, reasons from '{kept}' order by line").fetchall()
    assert found == [(2, ["key:conflict"]), (2 * ROOMY + 3, ["key:conflict"])]
