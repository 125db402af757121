"""Secrets by name: where a password or token is kept, and what it is when it is needed.

Belongs here: the declared place of a secret, its checks, a value that does not show itself.
Does not belong here: what the secret is used for.
"""

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from metrics.engine.vocabulary import Declaration
from orchestration.connectors.failure import ExtractFailed


class SecretFile(Declaration):
    """A file that holds one secret and that only its owner may read (mode 0600 or 0400)."""

    file: Path


SecretFrom = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")] | SecretFile


def _refuse_literal(_: object) -> None:
    raise ValueError(
        "a secret is never written here; name the environment variable that holds it under the same"
        " key with _from, as password_from: CRM_PASSWORD"
    )


# A key that people write by habit: it is known, so that it is refused with its line and a reason.
NeverHere = Annotated[None, BeforeValidator(_refuse_literal)]


class Secret:
    """A secret in memory; printing, logging or pickling it shows or keeps nothing of it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "Secret(not shown)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")

    def reveal(self) -> str:
        """Answer the secret itself, for the one call that needs it."""
        return self._value


def read_secret(kept_in: SecretFrom, environ: Mapping[str, str]) -> Secret:
    """Read a secret from where it is kept; raises ExtractFailed where it is not, or lies open."""
    if isinstance(kept_in, SecretFile):
        return _from_file(kept_in.file)
    value = environ.get(kept_in, "")
    if not value:
        raise ExtractFailed(
            f"the environment variable {kept_in} is not set",
            next_step="set it for the account that runs the extract",
        )
    return Secret(value)


def _from_file(path: Path) -> Secret:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o177:
            raise ExtractFailed(
                f"the secret in {path} can be read by others (mode {mode:04o})",
                next_step=f"run: chmod 600 {path}",
            )
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise ExtractFailed(
            f"the secret in {path} cannot be read ({type(problem).__name__})",
            next_step="write it there as one line of UTF-8, mode 0600",
        ) from None
    if not value:
        raise ExtractFailed(f"{path} is empty", next_step="write the secret there as one line")
    return Secret(value)
