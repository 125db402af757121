"""Exports that are requested, waited for, and fetched from addresses that live shortly.

Belongs here: request → poll → fetch, one piece of the window after the other.
Does not belong here: one request (`client`), the rows of an answer (`records`).

A finished piece holds its stretch of time whole, so another run of that window goes on after it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from orchestration.connectors.answer import Gone
from orchestration.connectors.client import Client
from orchestration.connectors.declared_rest import Job, RestExtract
from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.page import Page
from orchestration.connectors.records import as_line, look_up, records_of
from orchestration.connectors.request import filled_in
from orchestration.connectors.timespan import Span, zulu


class Jobs:
    """The exports of one window."""

    def __init__(self, client: Client, declared: RestExtract, job: Job) -> None:
        self.client, self.declared, self.job = client, declared, job

    def pages(self, *, at: datetime, place: str | None) -> Iterator[Page]:
        """Answer one page a piece of the window around `at`, from the piece at `place` on."""
        window = self.declared.window
        pieces = list(window.cut(at)) if window else []
        for number, piece in enumerate(pieces, 1):
            if place is not None and zulu(piece[0]) < place:
                continue
            following = pieces[number:]
            yield Page(
                rows=self._export(piece), next_place=zulu(following[0][0]) if following else None
            )

    def _export(self, piece: Span) -> list[str]:
        request = filled_in(self.declared.request, piece)
        asked = self.client.ask(
            request.path, method=request.method, params=request.params, body=request.body
        )
        if asked.content is None:
            return []
        job_id = look_up(asked.content, self.job.id)
        if not job_id:
            raise _failed(f"the source names no job at `{self.job.id}`")
        for _ in range(self.job.asks_again_at_most + 1):
            contents = self._fetch(self._links(str(job_id)))
            if contents is not None:
                return [
                    as_line(record)
                    for content in contents
                    if content is not None
                    for record in records_of(content, self.declared.records, piece)
                ]
        raise _failed("the addresses of a finished job had expired every time they were asked for")

    def _links(self, job_id: str) -> list[str]:
        """Wait until the job is done; answer where its results are now."""
        path = self.job.poll.replace("{job_id}", quote(job_id, safe=""))
        for _ in range(self.job.polls_at_most):
            answer = self.client.ask(path).content
            status = look_up(answer, self.job.status)
            if status in self.job.done:
                return _listed(look_up(answer, self.job.links), self.job.links)
            if status in self.job.failed:
                raise _failed(f"the job ended as {status}")
            self.client.pace.sleep(self.job.every_seconds)
        raise _failed(f"the job was not done after {self.job.polls_at_most} questions")

    def _fetch(self, links: list[str]) -> list[Any] | None:
        """Fetch everything a job left, or null if one of its addresses has expired meanwhile."""
        contents = []
        for link in links:
            content = self.client.download(link)
            if isinstance(content, Gone):
                return None
            contents.append(content)
        return contents


def _listed(links: Any, path: str) -> list[str]:
    """Answer the addresses; a finished job that names none is an error, not an empty export."""
    listed = [links] if isinstance(links, str) else links
    if not isinstance(listed, list) or not listed:
        raise _failed(f"the job is done and names no results at `{path}`")
    return [str(link) for link in listed]


def _failed(reason: str) -> ExtractFailed:
    return ExtractFailed(
        reason, next_step="run the extract again, or ask the source about the job", keeps_pages=True
    )
