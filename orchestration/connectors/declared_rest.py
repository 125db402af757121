"""What a source set says about an API: how to turn pages, wait for jobs, find records.

Belongs here: the typed form of `connector: rest`.
Does not belong here: asking (`client`, `paging`, `jobs`), the other connectors (`declared`), who
asks (`declared_auth`).
"""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from metrics.engine.vocabulary import Declaration
from orchestration.connectors.declared_auth import Auth, private_address
from orchestration.connectors.timespan import Window

_SECRET_NAME = re.compile(r"auth|token|api.?key|cookie|secret|passw", re.IGNORECASE)


class CursorPaging(Declaration):
    """Each page names the next one: `next` is where in the answer, `parameter` how it is asked for.

    The last page says so at `end_of_stream`; where a source has no such field, it names no next.
    """

    kind: Literal["cursor"]
    parameter: str
    next: str
    end_of_stream: str | None = None


class OffsetPaging(Declaration):
    """Pages by position; the last one is shorter than `size`."""

    kind: Literal["offset"]
    parameter: str = "offset"
    size_parameter: str = "limit"
    size: int = Field(default=100, ge=1)
    first: int = 0
    counts: Literal["rows", "pages"] = "rows"


class LinkPaging(Declaration):
    """Each page holds the address of the next one, on the same host: at `next`, or as a header."""

    kind: Literal["link"]
    next: str | None = None


Paging = Annotated[CursorPaging | OffsetPaging | LinkPaging, Field(discriminator="kind")]


class RestCursor(Declaration):
    """What changed since the last extract: `field` of a record holds the stamp, `parameter` asks.

    `until_parameter` is for sources that can be told an end: a day that is fetched again has one.
    `excludes_last_seconds` is how much of the present the source leaves out: nothing later is asked
    for, and it arrives next time.
    """

    field: str
    parameter: str
    until_parameter: str | None = None
    as_: Literal["unix", "iso"] = Field(alias="as")
    first: date
    overlap_minutes: int = Field(default=60, ge=0)
    excludes_last_seconds: int = Field(default=0, ge=0)


class Request(Declaration):
    """One request: where, and what it says; `{window_start}` and `{window_end}` are filled in."""

    path: str
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    body: dict[str, Any] | None = None

    @field_validator("params", "headers")
    @classmethod
    def _holds_no_secret(cls, said: dict[str, str]) -> dict[str, str]:
        for name in said:
            if _SECRET_NAME.search(name):
                raise ValueError(f"{name} looks like a secret; say it in `auth`")
        return said


class Job(Declaration):
    """An export that is requested, waited for, and fetched from addresses that live shortly.

    `id` and `links` say where in an answer they are; `{job_id}` in `poll` is filled in.
    """

    id: str
    poll: str
    status: str
    done: tuple[str, ...] = Field(min_length=1)
    failed: tuple[str, ...] = ()
    links: str
    every_seconds: float = Field(default=5, gt=0)
    polls_at_most: int = Field(default=120, ge=1)
    asks_again_at_most: int = Field(default=3, ge=0)


class Records(Declaration):
    """Where the rows are in an answer, and what of the things around a row goes with it.

    `at` is a path of names; a list on the way is gone through (`userResults.actuals`). `carry`
    takes fields of what surrounds a row; `beside` joins a list that the answer holds separately;
    `seconds_from_start` makes times of offsets counted from the start of the query.
    """

    at: str
    carry: tuple[str, ...] = ()
    beside: tuple["Beside", ...] = ()
    seconds_from_start: dict[str, str] = Field(default_factory=dict)
    query_start: str | None = None


class Beside(Declaration):
    """A side-loaded list: of it, the record whose `key` equals the row's `equals`, as `put`."""

    at: str
    key: str
    equals: str
    put: str


class Limits(Declaration):
    """How gently a source is asked, and how long its troubles are borne."""

    requests_per_minute: float | None = Field(default=None, gt=0)
    timeout_seconds: float = Field(default=60, gt=0)
    retries: int = Field(default=3, ge=0)
    back_off_seconds: float = Field(default=2, gt=0)
    waits_at_most_seconds: float = Field(default=300, gt=0)


class RestExtract(Declaration):
    """Records of one API, page by page, to NDJSON as received."""

    connector: Literal["rest"]
    address: str
    auth: Auth | None = None
    request: Request
    records: Records
    paging: Paging | None = None
    job: Job | None = None
    cursor: RestCursor | None = None
    window: Window | None = None
    limits: Limits = Limits()

    @field_validator("address")
    @classmethod
    def _is_private(cls, address: str) -> str:
        return private_address(address)

    @model_validator(mode="after")
    def _fits_together(self) -> "RestExtract":
        if self.job and (self.paging or self.cursor):
            raise ValueError("a job answers a window whole: it has neither paging nor cursor")
        if self.job and not self.window:
            raise ValueError("a job is asked for a stretch of time: declare the window")
        if self.cursor and self.window:
            raise ValueError("fetch a window, or what changed since the last extract, not both")
        if self.records.seconds_from_start and not self.window:
            raise ValueError("offsets count from the start of a window: declare the window")
        return self

    @property
    def is_incremental(self) -> bool:
        """Whether it fetches what changed since the last one."""
        return self.cursor is not None

    @property
    def answers_for_a_day(self) -> bool:
        """Whether it can be asked again for a day that is over."""
        return self.is_incremental or self.window is not None
