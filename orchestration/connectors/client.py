"""Asking an API: gently, again where that helps, and in plain words where it does not.

Belongs here: pace, retries, which host is told who asks.
Does not belong here: what is asked (`paging`, `jobs`), who asks (`sign_in`), what comes
back (`answer`).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from orchestration.connectors.answer import Answer, Gone, json_of, named, refusal_of, retry_after
from orchestration.connectors.declared_rest import RestExtract
from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.pace import Pace
from orchestration.connectors.sign_in import SignIn

_UNAUTHORIZED = 401
_REDIRECTS = 5
_AGAIN = {408, 425, 429, 500, 502, 503, 504}


class Client:
    """One source, asked one request after the other."""

    def __init__(self, declared: RestExtract, environ: Mapping[str, str], *, pace: Pace) -> None:
        self.declared, self.limits, self.pace = declared, declared.limits, pace
        self._session = requests.Session()
        self._sign_in = SignIn(declared.auth, environ, fetch_token=self._fetch_token)
        self._asked_at: float | None = None

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        params: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Answer:
        """Ask the source at a path below its address, or at an address of the same host."""
        address = path if "://" in path else f"{self.declared.address}/{path.lstrip('/')}"
        if not self._is_ours(address):
            raise ExtractFailed(
                f"the next page is on another host ({urlsplit(address).netloc})",
                next_step="ask the source why; nothing was sent there",
            )
        said: dict[str, Any] = {
            "params": params,
            "json": body,
            "headers": self.declared.request.headers,
        }
        response = self._patiently(method, address, **said)
        if response.status_code == _UNAUTHORIZED and self._sign_in.forget_token():
            response = self._patiently(method, address, **said)
        if not response.ok or response.is_redirect:
            raise refusal_of(method, address, response)
        link = response.links.get("next", {}).get("url")
        return Answer(content=json_of(method, address, response), link=link)

    def download(self, address: str) -> Any | Gone:
        """Fetch what a job left at an address; another host is not told who asks."""
        response = self._redirected(address)
        if response.status_code in {403, 404, 410}:
            return Gone(response.status_code)
        if not response.ok:
            raise refusal_of("GET", address, response)
        return json_of("GET", address, response)

    def _redirected(self, address: str) -> requests.Response:
        """Follow redirects one by one: requests would take a key in a header along to any host."""
        for _ in range(_REDIRECTS):
            if urlsplit(address).scheme not in {"https", urlsplit(self.declared.address).scheme}:
                raise ExtractFailed(
                    f"the results are at {urlsplit(address).hostname}, but not over https",
                    next_step="ask the source why; nothing was fetched from there",
                )
            response = self._patiently("GET", address)
            if not response.is_redirect:
                break
            address = urljoin(address, response.headers["Location"])
        return response

    def _is_ours(self, address: str) -> bool:
        ours, theirs = urlsplit(self.declared.address), urlsplit(address)
        return (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)

    def _patiently(self, method: str, address: str, **said: Any) -> requests.Response:
        """Ask until there is an answer that asking again would not change."""
        for attempt in range(self.limits.retries + 1):
            self._keep_pace()
            answered = self._once(method, address, **said)
            if isinstance(answered, requests.Response) and answered.status_code not in _AGAIN:
                return answered
            if attempt < self.limits.retries:
                self.pace.sleep(self._pause(answered, attempt))
        what = answered if isinstance(answered, str) else f"status {answered.status_code}"
        raise ExtractFailed(
            f"{named(method, address)} failed {self.limits.retries + 1} times ({what})",
            next_step="run the extract again when the source answers",
            keeps_pages=True,
        )

    def _once(self, method: str, address: str, **said: Any) -> requests.Response | str:
        """Ask once; answer the response, or in one word what happened instead."""
        headers = dict(said.pop("headers", None) or {})
        if "auth" not in said and self._is_ours(address):
            headers.update(self._sign_in.headers())
        # Without an auth of our own, requests would look for one in the account's .netrc.
        said.setdefault("auth", _as_it_is)
        try:
            return self._session.request(
                method,
                address,
                headers=headers,
                timeout=self.limits.timeout_seconds,
                allow_redirects=False,
                **said,
            )
        except requests.RequestException as problem:
            return type(problem).__name__

    def _keep_pace(self) -> None:
        if self.limits.requests_per_minute and self._asked_at is not None:
            due = self._asked_at + 60 / self.limits.requests_per_minute
            self.pace.sleep(max(0.0, due - self.pace.clock()))
        self._asked_at = self.pace.clock()

    def _pause(self, answered: requests.Response | str, attempt: int) -> float:
        """Say how many seconds to wait: as the source asks, else twice as long each time."""
        asked = None if isinstance(answered, str) else retry_after(answered.headers)
        if asked is None:
            return min(
                self.limits.back_off_seconds * 2.0**attempt, self.limits.waits_at_most_seconds
            )
        if asked > self.limits.waits_at_most_seconds:
            raise ExtractFailed(
                f"the source asks to wait {asked:.0f} seconds",
                next_step="run the extract again after that, or raise waits_at_most_seconds",
                keeps_pages=True,
            )
        return asked

    def _fetch_token(self, address: str, form: dict[str, str], client: tuple[str, str]) -> str:
        response = self._patiently("POST", address, data=form, auth=client)
        token = json_of("POST", address, response) if response.ok else None
        if not isinstance(token, dict) or not token.get("access_token"):
            raise ExtractFailed(
                f"{named('POST', address)} gave no token (status {response.status_code})",
                next_step="check the client's id, secret and rights",
                keeps_pages=True,
            )
        return str(token["access_token"])


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
