"""How a source set says who asks an API, and where.

Belongs here: the four ways of `auth`, without any secret; addresses nobody can listen in on.
Does not belong here: reading secrets (`secret`), sending them (`sign_in`).
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from metrics.engine.vocabulary import Declaration
from orchestration.connectors.secret import NeverHere, SecretFrom

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Bearer(Declaration):
    """`Authorization: Bearer …` with a token that does not change during an extract."""

    kind: Literal["bearer"]
    token_from: SecretFrom
    token: NeverHere = None


class Basic(Declaration):
    """User and password with every request."""

    kind: Literal["basic"]
    user: str
    password_from: SecretFrom
    password: NeverHere = None


class HeaderKey(Declaration):
    """A key in a header of the source's own choosing."""

    kind: Literal["header"]
    header: str
    key_from: SecretFrom
    key: NeverHere = None


class ClientCredentials(Declaration):
    """OAuth 2.0 client credentials: a token fetched when needed, and again when it has expired."""

    kind: Literal["client_credentials"]
    token_address: str
    client_id_from: SecretFrom
    client_secret_from: SecretFrom
    scope: str | None = None
    client_secret: NeverHere = None

    @field_validator("token_address")
    @classmethod
    def _is_private(cls, address: str) -> str:
        return private_address(address)


Auth = Annotated[Bearer | Basic | HeaderKey | ClientCredentials, Field(discriminator="kind")]


def private_address(address: str) -> str:
    """Answer the address if nobody can listen on the way to it and no secret stands in it."""
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise ValueError("a source is asked over https")
    if "@" in parts.netloc or parts.query:
        raise ValueError("an address holds neither user nor query")
    return address.rstrip("/")
