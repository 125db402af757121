"""The source sets of vendors can be used as they are, and the page about them names each."""

from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.landing.contract import load_contracts
from orchestration.landing.source_set import load_source_set
from orchestration.night.home import SOURCES

VENDORS = sorted((SOURCES / "vendors").iterdir())
PAGE = SOURCES.parents[1] / "docs" / "vendors.md"


@pytest.mark.parametrize("path", VENDORS, ids=lambda path: path.stem)
def test_a_vendors_source_set_is_checked_as_it_is(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EVENHAND_HOME", str(tmp_path / "home"))
    assert main(["sources", "check", "--sources", str(path), "--folder", str(tmp_path)]) == 3
    said = capsys.readouterr().out
    feeds = load_source_set(path, load_contracts(), folder=tmp_path).feeds
    assert [feed for feed in feeds if f"{feed}: no file fits" not in said] == []


@pytest.mark.parametrize("path", VENDORS, ids=lambda path: path.stem)
def test_the_page_names_a_vendors_file_and_its_feeds(path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    source_set = load_source_set(path, load_contracts(), folder=None)
    assert source_set.source_set == path.stem
    assert f"`{path.name}`" in page
    assert [feed for feed in source_set.feeds if f"`{feed}`" not in page] == []


@pytest.mark.parametrize("path", VENDORS, ids=lambda path: path.stem)
def test_a_mapping_can_be_read_aloud(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert [line for line in lines if len(line) > 110] == []
    for mapping in load_source_set(path, load_contracts(), folder=None).feeds.values():
        assert [text for text in mapping.columns.values() if len(text) > 260] == []
