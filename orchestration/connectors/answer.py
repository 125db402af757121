"""What a source answered, read or refused in plain words.

Belongs here: what counts as an answer, how long a source asks to wait, how a request is named.
Does not belong here: asking again (`client`), the rows of an answer (`records`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from gzip import decompress
from typing import Any
from urllib.parse import urlsplit

import requests

from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.records import read_json

_NO_CONTENT = 204


@dataclass(frozen=True)
class Gone:
    """The answer that what was asked for is no longer there: an address that has expired."""

    status: int


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a source answered: its JSON (null for "no content") and the next page it links to."""

    content: Any
    link: str | None = None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Answer the seconds that Retry-After asks for: a number, or a date by the source's clock."""
    said = headers.get("Retry-After", "").strip()
    if not said:
        return None
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(said)
        its_now = headers.get("Date")
        from_when = parsedate_to_datetime(its_now) if its_now else datetime.now(UTC)
        return max(0.0, (at - from_when).total_seconds())
    except (ValueError, TypeError):
        return None


def json_of(method: str, address: str, response: requests.Response) -> Any:
    """Read an answer as JSON, null for "no content"; raises ExtractFailed for anything else."""
    if response.status_code == _NO_CONTENT:
        return None
    content = response.content
    try:
        packed = content[:2] == b"\x1f\x8b"
        return read_json((decompress(content) if packed else content).decode("utf-8-sig"))
    except (ValueError, OSError, EOFError):
        kind = response.headers.get("Content-Type", "no content type").partition(";")[0]
        raise ExtractFailed(
            f"{named(method, address)} answered {kind} that is not JSON"
            + (": probably a log-in page" if "html" in kind else ""),
            next_step="check the address, and that the account may use the API",
            keeps_pages=True,
        ) from None


def refusal_of(method: str, address: str, response: requests.Response) -> ExtractFailed:
    """Say why an answer that asking again would not change is no answer."""
    if response.is_redirect:
        reason, next_step = "leads elsewhere", "write the address it leads to, if it is the API"
    elif response.status_code in {401, 403}:
        reason, next_step = "is refused to this account", "check the secret and its rights"
    else:
        reason, next_step = "was refused", "compare the request with the source's documentation"
    # What is refused now may be the place an earlier run got to: begin anew next time.
    return ExtractFailed(
        f"{named(method, address)} {reason} (status {response.status_code})", next_step=next_step
    )


def named(method: str, address: str) -> str:
    """Name a request by host and path: its query may hold a key or a signature."""
    parts = urlsplit(address)
    return f"{method} {parts.hostname}{parts.path}"
