"""Declarations that remember on which line each thing stands.

Belongs here: reading a file or a folder as a model, and turning any refusal into file, line,
what is wrong and what to do.
Does not belong here: what YAML lets pass in silence (`plain_yaml`), and what a metric, a
target or a policy is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from metrics.engine.plain_yaml import FIRST_LINE, DefinitionError, Place, read_plain_yaml

Model = TypeVar("Model", bound=BaseModel)


_CORRECT_IT = "correct it; CONTRIBUTING.md shows the format"
_WHAT_TO_DO = {
    "missing": "add it",
    "literal_error": "write one of the values named above",
    "date_type": "write a date as 2026-01-31, without quotes and without a time",
    "too_short": "write at least one",
    "string_too_short": "write at least one character",
}


@dataclass(frozen=True)
class Document:
    """One YAML file as it was read, with the line of every key and item."""

    path: Path
    content: Any
    lines: Mapping[Place, int]

    def error(self, place: Place, *, wrong: str, to_do: str) -> DefinitionError:
        """Refuse something in this file, at the line of the nearest thing that has one."""
        return DefinitionError(self.path, self.line(place), wrong=wrong, to_do=to_do)

    def line(self, place: Place) -> int:
        """Say on which line a place stands; a place that is absent stands where it should be.

        A step that is in no file is passed over: the name of the chosen kind among several.
        """
        found: Place = ()
        for step in place:
            found = (*found, step) if (*found, step) in self.lines else found
        return self.lines.get(found, FIRST_LINE)

    def parse(self, model: type[Model]) -> Model:
        """Read the document as `model`; what does not fit is refused with its line."""
        try:
            return model.model_validate(self.content)
        except ValidationError as refused:
            errors = refused.errors(include_url=False, include_context=False, include_input=False)
        # A misspelt key is also a missing one; its spelling is what has to be corrected.
        first = min(errors, key=lambda error: error["type"] != "extra_forbidden")
        raise self.error(
            first["loc"],
            wrong=_what_is_wrong(first["loc"], first["type"], first["msg"]),
            to_do=_spelt_like(model, first["loc"])
            if first["type"] == "extra_forbidden"
            else _WHAT_TO_DO.get(first["type"], _CORRECT_IT),
        )


@dataclass(frozen=True)
class Loaded(Generic[Model]):
    """What a file declares, together with the file, so that a later rule can name the line."""

    document: Document
    declared: Model


def load_document(path: Path, model: type[Model]) -> Loaded[Model]:
    """Read one file as `model`."""
    document = _read_document(path)
    return Loaded(document, document.parse(model))


def load_folder(folder: Path, model: type[Model]) -> list[Loaded[Model]]:
    """Read every file of a folder as `model`, by name."""
    return [Loaded(document, document.parse(model)) for document in _read_folder(folder)]


def _read_document(path: Path) -> Document:
    content, lines = read_plain_yaml(path)
    return Document(path, content, lines)


def _read_folder(folder: Path) -> Iterator[Document]:
    """Read every declaration of a folder by name; a file that would be ignored is refused."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.is_dir():
            continue
        if path.suffix != ".yml":
            raise DefinitionError(
                path,
                FIRST_LINE,
                wrong=f"{path.name} would never be read, because only *.yml is",
                to_do="rename it, or move it out of this folder",
            )
        yield _read_document(path)


def _spelt_like(model: type[BaseModel], place: Place) -> str:
    """Suggest the key that is known where an unknown one stands, if one is spelt like it.

    A step that is no field is passed over: a key of a mapping, the kind chosen among several.
    """
    models = [model]
    for step in place[:-1]:
        models = [
            inner
            for outer in models
            for name, field in outer.model_fields.items()
            if (field.alias or name) == step
            for inner in _models_in(field.annotation)
        ] or models
    known = {field.alias or name for one in models for name, field in one.model_fields.items()}
    close = get_close_matches(str(place[-1]), sorted(known), n=1)
    return f"write `{close[0]}`, or remove it" if close else "remove it, or correct its spelling"


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]


def _what_is_wrong(place: Place, kind: str, message: str) -> str:
    name = ".".join(str(step) for step in place) or "the file"
    if kind == "extra_forbidden":
        return f"`{name}` is not a key that is known here"
    if kind == "missing":
        return f"`{name}` is missing"
    return f"`{name}` was refused: {message.removeprefix('Value error, ')}"
