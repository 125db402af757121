"""The page that a stranger follows ends with a night that publishes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.night.home import Home
from tests.your_own_data import blocks, commands, write

pytestmark = pytest.mark.night


def test_the_first_night_of_the_page_publishes(
    tmp_path: Path,
    new_home: Callable[[Path], Home],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    new_home(tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVENHAND_HOME", str(tmp_path / "home"))
    nights = []
    for language, file, text in blocks():
        if file:
            write(tmp_path, file, text)
        if language == "sh":
            nights += [words for words, _ in commands(text) if words[0] == "nightly"]
    (words,) = nights
    assert main(words) == 0
    assert "2 people in 1 teams" in capsys.readouterr().out
    assert main(["sources", "status", *words[1:]]) == 0
    status = capsys.readouterr().out
    assert "Every row is accounted for" in status
    assert "Warehouse:" not in status  # it was read
