"""From one page of an API to the next, until it says there is no more.

Belongs here: cursor, offset and link paging, and noticing a source that goes round in circles.
Does not belong here: one request (`client`), the rows of an answer (`records`).

Only cursor paging is continued after a failure: its cursor marks a place among the records. An
offset counts records that may have moved since, and a link may hold an offset: those begin anew.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestration.connectors.answer import Answer
from orchestration.connectors.client import Client
from orchestration.connectors.declared_rest import (
    CursorPaging,
    LinkPaging,
    OffsetPaging,
    RestCursor,
    RestExtract,
)
from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.page import Page
from orchestration.connectors.records import as_line, look_up, records_of
from orchestration.connectors.request import filled_in
from orchestration.connectors.timespan import Span, moment, zulu

Records = list[dict[str, Any]]


class Paging:
    """The pages of one API request: whole rows, in the order they came, with their repetitions."""

    def __init__(self, client: Client, declared: RestExtract, span: Span | None) -> None:
        self.client, self.declared, self.span = client, declared, span

    def pages(
        self,
        *,
        start: datetime | None,
        until: datetime | None,
        place: str | None,
        now: datetime,
    ) -> Iterator[Page]:
        """Answer page after page, from `place` on where an earlier run got that far."""
        cursor = self.declared.cursor
        params = _asked_for(cursor, start, until, now) if cursor else {}
        paging = self.declared.paging
        if isinstance(paging, CursorPaging):
            yield from self._by_cursor(paging, params, place)
        elif isinstance(paging, OffsetPaging):
            yield from self._by_offset(paging, params)
        elif isinstance(paging, LinkPaging):
            yield from self._by_link(paging, params)
        else:
            yield self._page(self._records(self._ask(params)))

    def _by_cursor(
        self, paging: CursorPaging, params: dict[str, str], place: str | None
    ) -> Iterator[Page]:
        seen = {place}
        while True:
            answer = self._ask({paging.parameter: place} if place else params)
            place = _next_cursor(paging, answer.content)
            if place is not None and place in seen:
                raise _circle(f"the cursor after `{paging.next}` again")
            yield self._page(self._records(answer), next_place=place)
            if place is None:
                return
            seen.add(place)

    def _by_offset(self, paging: OffsetPaging, params: dict[str, str]) -> Iterator[Page]:
        at, before = paging.first, None
        while True:
            answer = self._ask(
                {**params, paging.parameter: str(at), paging.size_parameter: str(paging.size)}
            )
            records = self._records(answer)
            # Not "shorter than asked for": a source that caps its pages would end after the first.
            if not records:
                return
            if records == before:
                raise _circle(f"the same page for another `{paging.parameter}`")
            yield self._page(records)
            at, before = at + (len(records) if paging.counts == "rows" else 1), records

    def _by_link(self, paging: LinkPaging, params: dict[str, str]) -> Iterator[Page]:
        answer, seen = self._ask(params), set[str]()
        while True:
            yield self._page(self._records(answer))
            link = look_up(answer.content, paging.next) if paging.next else answer.link
            if not link:
                return
            if link in seen:
                raise _circle("the address of a page that it answered before")
            seen.add(link)
            answer = self.client.ask(str(link))

    def _ask(self, more: dict[str, str]) -> Answer:
        request = filled_in(self.declared.request, self.span)
        return self.client.ask(
            request.path,
            method=request.method,
            params={**request.params, **more},
            body=request.body,
        )

    def _records(self, answer: Answer) -> Records:
        if answer.content is None:
            return []
        return records_of(answer.content, self.declared.records, self.span)

    def _page(self, records: Records, *, next_place: str | None = None) -> Page:
        cursor = self.declared.cursor
        return Page(
            rows=[as_line(record) for record in records],
            stamps=_stamps(records, cursor) if cursor else (),
            next_place=next_place,
        )


def _asked_for(
    cursor: RestCursor, start: datetime | None, until: datetime | None, now: datetime
) -> dict[str, str]:
    """Say from when on changes are asked for: the overlap earlier, never in the present.

    An end is said to a source that can be told one; another answers everything since.
    """
    first = datetime(cursor.first.year, cursor.first.month, cursor.first.day, tzinfo=UTC)
    since = first if start is None else start - timedelta(minutes=cursor.overlap_minutes)
    since = min(since, now - timedelta(seconds=cursor.excludes_last_seconds))
    said = {cursor.parameter: _said(cursor, since)}
    if cursor.until_parameter and until:
        said[cursor.until_parameter] = _said(cursor, until)
    return said


def _said(cursor: RestCursor, at: datetime) -> str:
    return str(int(at.timestamp())) if cursor.as_ == "unix" else zulu(at)


def _next_cursor(paging: CursorPaging, content: Any) -> str | None:
    if content is None:
        return None
    place = look_up(content, paging.next)
    if paging.end_of_stream is None:
        return str(place) if place else None
    ended = look_up(content, paging.end_of_stream)
    if ended is True:
        return None
    if ended is not False or not place:
        raise ExtractFailed(
            f"the answer says neither that it is the last (`{paging.end_of_stream}`) nor what"
            f" follows (`{paging.next}`)",
            next_step="compare `paging` with the source's documentation",
            keeps_pages=True,
        )
    return str(place)


def _stamps(records: Records, cursor: RestCursor) -> tuple[datetime, ...]:
    """Answer the stamps of all records: they come in any order."""
    try:
        return tuple(moment(str(look_up(record, cursor.field))) for record in records)
    except ValueError:
        raise ExtractFailed(
            f"a record has no `{cursor.field}` that is a time",
            next_step="choose a stamp that every record has",
            keeps_pages=True,
        ) from None


def _circle(what: str) -> ExtractFailed:
    return ExtractFailed(
        f"the source goes round in circles: it answers {what}",
        next_step="compare `paging` with the source's documentation",
    )
