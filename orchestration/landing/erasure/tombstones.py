"""Who has been erased, kept so that they can be recognised and not read.

Belongs here: the keyed hashes of erased tokens, and the key.
Does not belong here: what is done with a row that names an erased person (`at_load`).

A plain hash of an id is no secret, because ids can be tried one after the other; the key makes that
impossible for whoever has the list alone. Without the key the list is worthless, and so is a new
key: that is an error, not a fresh start.
"""

import hmac
import secrets
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from orchestration.landing.erasure.tokens import ANYWHERE, Token
from reports.engine.durable import replace_text

HASHED = "hmac:"


class KeyLost(Exception):  # noqa: N818 - it is what happened, and reads so in a message
    """There are tombstones and no key to read them with; the text says what to restore."""


class Tombstones:
    """The hashes of every erased token of one EVENHAND_HOME."""

    def __init__(self, home: Path) -> None:
        self._key_file = home / "keys" / "erasure.key"
        self._file = home / "ledger" / "tombstones.txt"

    def __bool__(self) -> bool:
        """Whether anybody has been erased."""
        return self._file.is_file()

    def add(self, tokens: Iterable[Token]) -> None:
        """Remember the tokens; what is remembered already is not remembered twice."""
        hashes = {self.hashed(token.text, token.scope) for token in tokens}
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_text(self._file, "\n".join(sorted(self._hashes | hashes)) + "\n")
        del self._hashes

    def name(self, text: str, scopes: Iterable[str]) -> bool:
        """Whether a text in a column of these scopes names an erased person."""
        return any(self.hashed(text, scope) in self._hashes for scope in (ANYWHERE, *scopes))

    def hashed(self, text: str, scope: str) -> str:
        """Answer the keyed hash of a token."""
        said = f"{scope}\x1f{text}".encode()
        return HASHED + hmac.digest(self._key, said, "sha256").hex()

    @cached_property
    def _hashes(self) -> set[str]:
        return set(self._file.read_text(encoding="utf-8").split()) if self else set()

    @cached_property
    def _key(self) -> bytes:
        if not self._key_file.is_file():
            if self:
                raise KeyLost(
                    f"{self._key_file} is gone, and without it nobody can tell who was erased."
                    " Next: restore it from the backup of the keys."
                )
            self._key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_text(self._key_file, secrets.token_hex(32))
        return bytes.fromhex(self._key_file.read_text(encoding="ascii").strip())
