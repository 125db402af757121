"""Reads YAML as it looks, and refuses what YAML would understand differently.

Belongs here: keys written twice, aliases, tags, impossible dates, broken files.
Does not belong here: what a file declares. That is `documents` and the models behind it.
"""

from pathlib import Path
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

Place = tuple[str | int, ...]

FIRST_LINE = 1
_PLAIN_MAPPING = "tag:yaml.org,2002:map"
_PLAIN_SEQUENCE = "tag:yaml.org,2002:seq"
_MERGE_KEY = "tag:yaml.org,2002:merge"


class DefinitionError(ValueError):
    """A declaration that was refused: where it stands, what is wrong and what to do."""

    def __init__(self, path: Path, line: int, *, wrong: str, to_do: str) -> None:
        super().__init__(f"{path}:{line}: {wrong}. What to do: {to_do}.")
        self.path = path
        self.line = line
        self.wrong = wrong
        self.to_do = to_do


class _Loader(Composer, SafeConstructor, Resolver, CParser):
    """Takes text apart with libyaml, in a tenth of the time, and composes what it says in Python.

    libyaml's own composer ends the process on deep nesting; Python's raises RecursionError.
    """

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)


def read_plain_yaml(path: Path) -> tuple[dict[str, Any], dict[Place, int]]:
    """Read one YAML file together with the line of every key and item."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as unread:
        raise DefinitionError(
            path, FIRST_LINE, wrong=f"the file cannot be read ({unread})", to_do="save it as UTF-8"
        ) from None
    try:
        return _content(path, _Loader(text))
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        raise DefinitionError(
            path,
            mark.line + 1 if mark else FIRST_LINE,
            wrong=f"this is not valid YAML ({broken.problem})",
            to_do="check indentation, quotes and colons on this line",
        ) from None
    except (yaml.YAMLError, RecursionError) as broken:
        raise DefinitionError(
            path,
            FIRST_LINE,
            wrong=f"this is not valid YAML ({type(broken).__name__})",
            to_do="remove unusual characters and deep nesting",
        ) from None


def _content(path: Path, loader: _Loader) -> tuple[dict[str, Any], dict[Place, int]]:
    node = loader.get_single_node()
    if not isinstance(node, yaml.MappingNode):
        raise DefinitionError(
            path,
            FIRST_LINE,
            wrong="the file is empty or is not a list of `key: value` lines",
            to_do="start from a neighbouring file",
        )
    lines: dict[Place, int] = {}
    content: dict[str, Any] = _Reader(path, loader, lines).read(node, ())
    return content, lines


class _Reader:
    """Builds plain Python values from YAML nodes and notes where each one stood."""

    def __init__(self, path: Path, loader: _Loader, lines: dict[Place, int]) -> None:
        self.path = path
        self.loader = loader
        self.lines = lines
        self.seen: set[int] = set()

    def read(self, node: yaml.Node, place: Place) -> Any:
        self.lines.setdefault(place, node.start_mark.line + 1)
        if id(node) in self.seen:
            raise self._refuse(node, wrong="an alias repeats another part", to_do="write it out")
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode) and node.tag == _PLAIN_MAPPING:
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode) and node.tag == _PLAIN_SEQUENCE:
            return [self.read(item, (*place, at)) for at, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key in content:
                raise self._refuse(key_node, wrong=f"`{key}` is written twice", to_do="keep one")
            self.lines[(*place, key)] = key_node.start_mark.line + 1
            content[key] = self.read(value_node, (*place, key))
        return content

    def _key(self, node: yaml.Node) -> str:
        key = self._scalar(node)
        if not isinstance(key, str) or node.tag == _MERGE_KEY:
            raise self._refuse(node, wrong=f"{key!r} is not a plain key", to_do="write a word")
        return key

    def _scalar(self, node: yaml.Node) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            raise self._refuse(node, wrong=f"{node.tag} is not plain YAML", to_do="remove the tag")
        try:
            return self.loader.construct_object(node)
        except ValueError as impossible:
            raise self._refuse(
                node, wrong=f"{node.value!r} cannot be ({impossible})", to_do="correct it"
            ) from None

    def _refuse(self, node: yaml.Node, *, wrong: str, to_do: str) -> DefinitionError:
        return DefinitionError(self.path, node.start_mark.line + 1, wrong=wrong, to_do=to_do)
