"""What holds a night: nothing is published, the old one stays readable, the words say what next."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from orchestration.night.home import DEFAULT_SOURCES
from tests.conftest import Centre

pytestmark = pytest.mark.night


def newest(centre: Centre, feed: str, *, keep_manifest: bool = False) -> Path:
    """Answer the part of the newest extract of a feed; without a manifest it may be changed."""

    def extracted_at(manifest: Path) -> str:
        return str(json.loads(manifest.read_text())["extracted_at"])

    manifest = max(centre.drop.glob(f"*/{feed}/*/manifest.json"), key=extracted_at)
    if not keep_manifest:
        manifest.unlink()
    return next(manifest.parent.glob("part-000.*"))


def empty(centre: Centre) -> None:
    newest(centre, "case_record").write_text("")


def web_page(centre: Centre) -> None:
    newest(centre, "case_record").write_text("<!doctype html>\n<title>Log in</title>\n")


def swapped(centre: Centre) -> None:
    part = newest(centre, "survey_response")
    header, *rows = part.read_text().splitlines()
    names = header.split(",")
    one, other = names.index("metric"), names.index("responded_at")
    names[one], names[other] = names[other], names[one]
    part.write_text("\n".join([",".join(names), *rows]) + "\n")


def broken_manifest(centre: Centre) -> None:
    part = newest(centre, "case_record")
    (part.parent / "manifest.json").write_text("{")


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (empty, "case_record: part-000.csv, line 1: is empty: not even a header. Next: "),
        (web_page, "case_record: part-000.csv, line 1: is a web page, not a CSV file"),
        (swapped, "survey_response: part-000.csv, line 2: "),
        (broken_manifest, "manifest.json: cannot be used: "),
    ],
)
def test_a_delivery_that_cannot_be_used_holds_the_night(
    next_day: Centre,
    copied: Callable[..., Centre],
    harm: Callable[[Centre], None],
    says: str,
) -> None:
    centre = copied(of=next_day)
    before = (centre.home.published / "CURRENT").read_text()
    harm(centre)
    outcome = centre.night()
    assert outcome.code == 3, outcome.in_words()
    assert says in outcome.in_words()
    assert "Next: " in outcome.in_words()
    assert (centre.home.published / "CURRENT").read_text() == before
    assert outcome.page is not None
    assert outcome.page.is_file()


def test_a_declared_roster_whose_file_is_missing_holds_the_night(
    centre: Centre, tmp_path: Path
) -> None:
    sources = tmp_path / "sources.yml"
    sources.write_text(DEFAULT_SOURCES.read_text().replace("hr/agent_roster/*/", "hr/roster/"))
    outcome = centre.night(sources=sources)
    assert outcome.code == 3
    assert "agent_roster: " in outcome.in_words()
    assert "is declared, and no such file is there. Next: deliver it" in outcome.in_words()
    assert outcome.page is not None
    assert outcome.page.is_file()


def test_a_complete_extract_without_a_single_contact_holds_the_night(
    next_day: Centre, copied: Callable[..., Centre]
) -> None:
    centre = copied(of=next_day)
    before = (centre.home.published / "CURRENT").read_text()
    part = newest(centre, "contact_leg", keep_manifest=True)
    nothing = part.with_name("nothing.parquet")
    duckdb.sql(f"copy (from '{part}' limit 0) to '{nothing}'")
    nothing.replace(part)
    manifest = json.loads((part.parent / "manifest.json").read_text())
    digest = sha256(part.read_bytes()).hexdigest()
    manifest["parts"] = [{"file": part.name, "rows": 0, "sha256": digest}]
    (part.parent / "manifest.json").write_text(json.dumps(manifest))
    outcome = centre.night()
    assert outcome.code == 3, outcome.in_words()
    assert "contacts_of_the_newest_day_arrived" in outcome.in_words()
    assert (centre.home.published / "CURRENT").read_text() == before


def test_a_night_that_is_running_turns_a_second_one_away(centre: Centre) -> None:
    from filelock import FileLock

    with FileLock(centre.home.lock):
        outcome = centre.night()
    assert outcome.code == 5
    assert "Another night is running" in outcome.in_words()
