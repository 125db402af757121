"""The sentences of the pages, as operations and HR wrote them.

Belongs here: loading `reports/wording/*.yml` and filling the gaps in a sentence.
Does not belong here: a sentence.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

from reports.engine.declared import read_declared

WORDING = Path(__file__).parents[1] / "wording" / "en.yml"


class WordingError(ValueError):
    """A sentence is missing, or it asks for something that cannot be filled in."""


class Words:
    """A group of sentences; a dotted name leads to one of them."""

    def __init__(self, entries: Mapping[str, Any], *, name: str = "") -> None:
        if hidden := [key for key in entries if hasattr(Words, key)]:
            raise WordingError(f"{name}{hidden[0]} is a word this program needs itself")
        self._name = name
        self._entries = {
            key: Words(value, name=f"{name}{key}.") if isinstance(value, Mapping) else value
            for key, value in entries.items()
        }
        # Every dotted name at once: a page looks up some hundred sentences.
        self._by_path = dict(self._entries)
        for key, value in self._entries.items():
            if isinstance(value, Words):
                self._by_path |= {f"{key}.{path}": found for path, found in value._by_path.items()}

    def __getattr__(self, key: str) -> Any:
        """Lead a template to a sentence; a missing one is an error there too."""
        try:
            return self.__dict__["_entries"][key]
        except KeyError:
            raise AttributeError(key) from None

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def group(self, path: str) -> "Words":
        """Return the group of sentences with this dotted name."""
        found = self._find(path)
        if not isinstance(found, Words):
            raise WordingError(f"{self._name}{path} is no group of sentences")
        return found

    def say(self, path: str, **gaps: object) -> str:
        """Return the sentence with this dotted name, its gaps filled."""
        sentence = self._find(path)
        if not isinstance(sentence, str):
            raise WordingError(f"{self._name}{path} is no sentence")
        return sentence.format_map(gaps) if gaps else sentence

    def count(self, path: str, number: int, **gaps: object) -> str:
        """Return the sentence for one or for several."""
        form = "one" if number == 1 else "other"
        return self.say(f"{path}.{form}", number=f"{number:,}", **gaps)

    def number(self, number: int) -> str:
        """Say a small number in words, as sentences do; a large one in figures."""
        small = self.list_of("numbers")
        return small[number] if number < len(small) else f"{number:,}"

    def list_of(self, path: str) -> list[str]:
        """Return a list of words, such as the months."""
        found = self._find(path)
        if not isinstance(found, list):
            raise WordingError(f"{self._name}{path} is no list")
        return found

    def and_list(self, names: list[str]) -> str:
        """Join names as a sentence does: "a, b and c"."""
        if len(names) < 2:
            return "".join(names)
        return self.say("joining.last", first=", ".join(names[:-1]), last=names[-1])

    def sentences(self) -> Iterator[tuple[str, str]]:
        """Walk every sentence with its dotted name."""
        for key, value in self._entries.items():
            if isinstance(value, Words):
                yield from value.sentences()
            else:
                for text in value if isinstance(value, list) else [value]:
                    yield f"{self._name}{key}", text

    def _find(self, path: str) -> Any:
        try:
            return self._by_path[path]
        except KeyError:
            raise WordingError(f"no wording for {self._name}{path}") from None


def load_words(path: Path = WORDING) -> Words:
    """Load the wording; a gap may be a plain name and nothing else."""
    words = Words(read_declared(path))
    for name, sentence in words.sentences():
        if not isinstance(sentence, str):
            raise WordingError(f"{path.name}: {name} is not text; put it in quotes")
        _check_gaps(name, sentence)
    return words


def _check_gaps(name: str, sentence: str) -> None:
    for _, gap, specification, _ in Formatter().parse(sentence):
        if gap is not None and (not gap.isidentifier() or specification):
            raise WordingError(f"{name}: {{{gap}}} is not a plain name")
