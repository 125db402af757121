"""Reading the YAML that people write, with errors they can act on.

Belongs here: turning one YAML file into a typed, frozen object, and saying which file and key is off.
Does not belong here: what the keys mean.
"""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError


class ConfigurationError(Exception):
    """A file that people wrote says something Evenhand cannot follow; the text says where and what."""


class Written(BaseModel):
    """Something a person wrote in YAML; an unknown key is an error, not a comment."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Kind = TypeVar("Kind", bound=Written)


def read_written(kind: type[Kind], path: Path, **more: Any) -> Kind:
    """Read `path` as a `kind`, or raise a ConfigurationError that names file and key."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ConfigurationError(f"{path}: cannot be read ({problem.strerror})") from problem
    except yaml.YAMLError as problem:
        raise ConfigurationError(f"{path}: is not valid YAML: {problem}") from problem
    if not isinstance(document, dict):
        raise ConfigurationError(f"{path}: expected keys and values, found {type(document).__name__}")
    try:
        return kind.model_validate({**more, **document})
    except ValidationError as problem:
        lines = [
            f"{path}: {'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
            for error in problem.errors()
        ]
        raise ConfigurationError("\n".join(lines)) from problem
