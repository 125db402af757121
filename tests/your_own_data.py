"""The blocks of `docs/your_own_data.md`, as a reader would run them."""

import re
import shlex
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "your_own_data.md"
AT_ITS_END = ", at its end"


def blocks() -> list[tuple[str, str, str]]:
    """Answer every fenced block: its language, the file it is for (or ''), its text."""
    fenced = re.findall(r"^```(\w+) ?(.*)\n([^`]*)^```$", PAGE.read_text(), flags=re.MULTILINE)
    return [(str(language), str(file), str(text)) for language, file, text in fenced]


def write(folder: Path, file: str, text: str) -> None:
    """Write a block to the file it is for, or below what is there."""
    path = folder / file.removesuffix(AT_ITS_END)
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text() if file.endswith(AT_ITS_END) else ""
    path.write_text(before + text)


def commands(text: str) -> list[tuple[list[str], int]]:
    """Answer the `evenhand` commands of a block, each with the exit code that is promised."""
    found = []
    for line in text.splitlines():
        command, _, comment = line.partition("#")
        words = shlex.split(command)
        if words and words[0] == "evenhand":
            promised = re.search(r"exit code (\d)", comment)
            found.append((words[1:], int(promised[1]) if promised else 0))
    return found
