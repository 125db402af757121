"""The page that a stranger follows, followed; `tests/night` runs the night of step 8."""

from pathlib import Path

import pytest

from orchestration.cli import main
from tests.your_own_data import blocks, commands, write


def test_every_block_does_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVENHAND_HOME", str(tmp_path / "home"))
    said = []
    for language, file, text in blocks():
        if file:
            write(tmp_path, file, text)
        for words, promised in commands(text) if language == "sh" else []:
            if words[0] == "nightly":
                continue
            try:
                code = main(words)
            except SystemExit as ended:  # --help
                code = int(ended.code or 0)
            answer = capsys.readouterr()
            assert code == promised, (words, answer)
            said.append(answer.out)
    lacking, refused, usable, _, status, kept, replayed, _ = said
    assert 'has no column "channel", "contact_id"' in lacking
    assert "line 7: 1 of 6 rows cannot be used" in refused
    assert "3 of 3 deliveries can be used." in usable
    assert "Every row is accounted for" in status
    assert "1 set aside by the source set's own refuse_when" in kept
    assert "Nothing to replay" in replayed
