"""What a source set says about fetching is checked before anything is fetched."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path

import pytest

from metrics.engine.plain_yaml import DefinitionError
from orchestration.commands import sources_extract
from tests.connectors.api_server import Api, Reply
from tests.connectors.conftest import NOW, FetchingSite

REST = "connector: rest\naddress: https://crm.example\nrequest: {path: /x}\nrecords: {at: rows}\n"
CURSOR = "cursor: {field: at, parameter: since, as: iso, first: 2026-01-01}\n"
SQL = "connector: sql\ndatabase: {kind: sqlite, file: x.db}\nquery: select 1\nkeyset: {id: a}\n"


@pytest.mark.parametrize(
    ("extract", "misspelt", "meant"),
    [
        (f"{REST}pagging: none\n", "pagging", "paging"),
        (f"{SQL}batchrows: 7\n", "batchrows", "batch_rows"),
        ("connector: files\naddress: /x/*.csv\nsettle: 3\n", "settle", "settle_minutes"),
        (f"{REST}limits:\n  timeout_seconds: 3\n  retry: 9\n", "retry", "retries"),
        (f"{REST}paging:\n  kind: offset\n  sise: 9\n", "sise", "size"),
        ("connector: sql\ndatabase:\n  kind: postgresql\n  hosst: h\n", "hosst", "host"),
    ],
)
def test_a_misspelt_key_points_at_its_line_and_what_was_meant(
    site: FetchingSite, extract: str, misspelt: str, meant: str
) -> None:
    with pytest.raises(DefinitionError) as refused:
        site.declare(extract)
    lines = (site.root / "sources.yml").read_text().splitlines()
    assert misspelt in lines[refused.value.line - 1]
    assert f"{misspelt}` is not a key that is known here" in str(refused.value)
    assert refused.value.to_do == f"write `{meant}`, or remove it"


@pytest.mark.parametrize(
    ("extract", "reason"),
    [
        (SQL.replace("select 1", "select 1; drop table x"), "without a semicolon"),
        (SQL.replace("query: select 1", "table: x"), "a table and its columns"),
        (f"{REST}{CURSOR}window: {{days_back: 3}}\n", "not both"),
        (f"{REST}job: {{id: a, poll: /p, status: s, done: [d], links: l}}\n", "declare the window"),
        (f"{REST}window: {{days_back: 0}}\n", "at least one day"),
        ("connector: files\naddress: sftp://me@host/x\n", "names no user"),
        ("connector: carrier_pigeon\n", "carrier_pigeon"),
    ],
)
def test_what_cannot_work_is_refused(site: FetchingSite, extract: str, reason: str) -> None:
    with pytest.raises(DefinitionError, match=reason):
        site.declare(extract)


def test_an_extract_that_no_pattern_finds_is_refused(site: FetchingSite) -> None:
    with pytest.raises(DefinitionError, match=r"write crm/case_record/\*/part-\*") as refused:
        site.declare(SQL, files="crm/cases/*.csv")
    assert refused.value.line == 7
    site.declare(SQL, files="**/*.parquet")


def test_changes_alone_are_no_roster(site: FetchingSite) -> None:
    with pytest.raises(DefinitionError, match="would be taken for deleted"):
        site.declare(REST + CURSOR, feed="agent_roster")
    site.declare(REST, feed="agent_roster")


def test_a_feed_that_is_not_declared_is_not_fetched(site: FetchingSite) -> None:
    site.declare(REST)
    path = site.root / "sources.yml"
    before, _, after = path.read_text().rpartition("  case_record:")
    path.write_text(f"{before}  case_event:{after}")
    code = _run(["--sources", str(path)])
    assert code == sources_extract.USAGE


def _run(arguments: list[str]) -> int:
    parser = ArgumentParser()
    sources_extract.add_arguments(parser)
    parsed = parser.parse_args(arguments)
    code: int = parsed.run(parsed)
    return code


def test_the_command_says_what_came_of_each_feed(
    site: FetchingSite, api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    api.routes["/x"] = [Reply({"rows": [{"a": 1}]}), Reply({"rows": [{"a": 1}]}), Reply(status=404)]
    site.declare(REST.replace("https://crm.example", api.address))
    sources = ["--sources", str(site.root / "sources.yml")]
    assert _run(sources) == sources_extract.DONE
    assert "case_record: 1 rows in extract" in capsys.readouterr().out
    assert _run([*sources, "--json", "--feed", "case_record"]) == sources_extract.DONE
    (outcome,) = json.loads(capsys.readouterr().out)
    assert (outcome["rows"], outcome["problem"]) == (1, None)
    assert _run(sources) == sources_extract.FAILED
    assert "failed, nothing of it can be loaded" in capsys.readouterr().out
    assert _run([*sources, "--feed", "qa_evaluation"]) == sources_extract.USAGE


def test_half_an_extract_is_found_by_no_pattern(site: FetchingSite, api: Api) -> None:
    api.routes["/x"] = [Reply({"rows": [{"a": 1}], "next": "b"}), Reply(status=500)]
    paging = "paging: {kind: cursor, parameter: c, next: next}\n"
    extract = REST.replace("https://crm.example", api.address) + paging
    source_set = site.declare(extract, files="**/*")
    assert site.fetch(source_set).problem is not None
    kept = list(Path(site.root / ".drop.partial").rglob("part-*"))
    assert len(kept) == 1
    assert site.deliveries(source_set) == []


def test_pages_of_another_day_are_not_mixed_into_a_snapshot(site: FetchingSite, api: Api) -> None:
    api.routes["/x"] = [Reply({"rows": [{"a": 1}], "next": "b"}), Reply(status=500)]
    paging = "paging: {kind: cursor, parameter: c, next: next}\n"
    source_set = site.declare(REST.replace("https://crm.example", api.address) + paging)
    site.fetch(source_set)
    api.routes["/x"] = [Reply({"rows": [{"a": 2}]})]
    again = site.fetch(source_set, now=NOW + timedelta(days=1))
    assert not again.is_continued
    assert site.rows(again.extract_ids[0]) == [{"a": 2}]
