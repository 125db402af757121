"""How a request says who is asking.

Belongs here: the four ways of `auth`, fetching a token anew when it has expired.
Does not belong here: retries (`client`), where secrets are kept (`secret`).
"""

from base64 import b64encode
from collections.abc import Callable, Mapping

from orchestration.connectors.declared_auth import (
    Auth,
    Basic,
    Bearer,
    ClientCredentials,
    HeaderKey,
)
from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.secret import read_secret

FetchToken = Callable[[str, dict[str, str], tuple[str, str]], str]


class SignIn:
    """The headers of one source; secrets are read once, before the first request."""

    def __init__(
        self, auth: Auth | None, environ: Mapping[str, str], *, fetch_token: FetchToken
    ) -> None:
        self._auth, self._fetch_token = auth, fetch_token
        self._client: tuple[str, str] | None = None
        self._headers: dict[str, str] | None = None
        if isinstance(auth, ClientCredentials):
            client, secret = (
                read_secret(kept_in, environ).reveal()
                for kept_in in (auth.client_id_from, auth.client_secret_from)
            )
            self._client = (client, secret)
        else:
            self._headers = _fixed(auth, environ)

    def __repr__(self) -> str:
        return f"SignIn({self._auth.kind if self._auth else 'nobody'})"

    def headers(self) -> dict[str, str]:
        """Answer the headers of a request, fetching a token if there is none."""
        if self._headers is None:
            assert isinstance(self._auth, ClientCredentials)
            assert self._client is not None
            form = {"grant_type": "client_credentials"}
            if self._auth.scope:
                form["scope"] = self._auth.scope
            token = self._fetch_token(self._auth.token_address, form, self._client)
            self._headers = {"Authorization": f"Bearer {token}"}
        return self._headers

    def forget_token(self) -> bool:
        """Forget a token that was refused; answer whether another one can be had."""
        if self._client is None:
            return False
        self._headers = None
        return True


def _fixed(auth: Auth | None, environ: Mapping[str, str]) -> dict[str, str]:
    headers = {}
    if isinstance(auth, Bearer):
        headers["Authorization"] = f"Bearer {read_secret(auth.token_from, environ).reveal()}"
    elif isinstance(auth, Basic):
        password = read_secret(auth.password_from, environ).reveal()
        both = b64encode(f"{auth.user}:{password}".encode()).decode()
        headers["Authorization"] = f"Basic {both}"
    elif isinstance(auth, HeaderKey):
        headers[auth.header] = read_secret(auth.key_from, environ).reveal()
    for value in headers.values():
        if not value.isprintable() or not value.isascii():
            raise ExtractFailed(
                "the secret holds characters that no request can carry",
                next_step="write it again, as one line",
            )
    return headers
