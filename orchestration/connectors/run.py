"""All the extracts of a source set, each on its own.

Belongs here: whether a source is asked, where an extract begins, what its manifest says.
Does not belong here: fetching (`fetch`), keeping pages (`partial`), what is said at the end
(`outcome`).
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from orchestration.connectors.declared import Extract, FilesExtract
from orchestration.connectors.drop import Drop
from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.fetch import Fetch, pages_of, take_files
from orchestration.connectors.outcome import ExtractOutcome
from orchestration.connectors.pace import Pace
from orchestration.connectors.page import Page
from orchestration.connectors.partial import Partial
from orchestration.connectors.timespan import zulu
from orchestration.landing.contract import load_contracts
from orchestration.landing.delivery import MADE_AGAIN
from orchestration.landing.source_set import SourceSet

# How a source is asked, not for what: another value does not make another extract.
_MANNERS: dict[str, Any] = {
    **dict.fromkeys(("limits", "batch_rows", "timeout_seconds", "auth", "settle_minutes"), True),
    "cursor": {"until_parameter"},
}


def run_extracts(
    source_set: SourceSet,
    *,
    now: datetime,
    environ: Mapping[str, str],
    feed: str | None = None,
    day: date | None = None,
    only_due: bool = False,
    pace: Pace | None = None,
) -> list[ExtractOutcome]:
    """Run every extract of a source set, or one; a failed one leaves the others alone.

    `now` is naive UTC or has a zone. With `day`, the extract of that day (UTC) is made again and
    moves no cursor; `only_due` leaves out what has been fetched since midnight (UTC). Raises
    KeyError where `feed` has no extract.
    """
    chosen = sorted(source_set.extracts) if feed is None else [feed]
    at = (now if now.tzinfo else now.replace(tzinfo=UTC)).astimezone(UTC)
    outcomes = []
    for name in chosen:
        extract = source_set.extracts[name]
        try:
            run = _Run(
                source_set, name, extract, now=at, day=day, environ=environ, pace=pace or Pace()
            )
            with run.drop.alone():
                outcomes.append(run.outcome(only_due=only_due))
        except (ExtractFailed, OSError) as problem:
            outcomes.append(
                ExtractOutcome(feed=name, connector=extract.connector, problem=str(problem))
            )
    return outcomes


def due_extracts(source_set: SourceSet, *, now: datetime) -> list[str]:
    """Name the feeds of which no extract was made since midnight (UTC).

    Not those of files: one is a delivery whenever somebody wrote it.
    """
    due = []
    for feed, extract in sorted(source_set.extracts.items()):
        drop = _drop(source_set, feed)
        is_there = drop.has_extract_of(now.date(), _declared(extract))
        if not isinstance(extract, FilesExtract) and not is_there:
            due.append(feed)
    return due


def _drop(source_set: SourceSet, feed: str) -> Drop:
    system = source_set.feeds[feed].source_system
    return Drop(folder=source_set.folder, source_system=system, feed=feed)


def _declared(extract: Extract) -> str:
    said = extract.model_dump_json(exclude=_MANNERS)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


class _Run:
    """One extract of one feed, once: what is new, or a day that is fetched again."""

    def __init__(
        self,
        source_set: SourceSet,
        feed: str,
        extract: Extract,
        *,
        now: datetime,
        day: date | None,
        environ: Mapping[str, str],
        pace: Pace,
    ) -> None:
        mapping = source_set.feeds[feed]
        self.feed, self.extract, self.now, self.environ = feed, extract, now, environ
        self.day = day
        self.drop, self.declared = _drop(source_set, feed), _declared(extract)
        self.midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
        at = self.midnight or now
        self.span = extract.window.around(at) if extract.window else None
        self.request = Fetch(
            extract=extract,
            beside=source_set.folder,
            zone=mapping.file_zone,
            span=self.span,
            now=now,
            at=at,
            until=self.midnight + timedelta(days=1) if self.midnight else None,
            environ=environ,
            pace=pace,
        )

    def outcome(self, *, only_due: bool) -> ExtractOutcome:
        not_asked = self._not_asked(only_due=only_due)
        if not_asked:
            return ExtractOutcome(
                feed=self.feed, connector=self.extract.connector, not_asked=not_asked
            )
        if isinstance(self.extract, FilesExtract):
            new = take_files(self.extract, self.drop, environ=self.environ, now=self.now)
            return ExtractOutcome(feed=self.feed, connector="files", extract_ids=tuple(new))
        started_from = self._start()
        partial = Partial(self.drop, self._plan(started_from))
        was_continued = partial.is_continued
        last: Page | None = None
        try:
            with pages_of(
                self.request, start=started_from, place=partial.progress.next_place
            ) as pages:
                for last in pages:
                    partial.keep(last, now=self.now)
        except ExtractFailed as problem:
            if not problem.keeps_pages:
                partial.discard()
            raise
        return self._finished(partial, last, started_from, was_continued=was_continued)

    def _not_asked(self, *, only_due: bool) -> str | None:
        """Say why the source need not, or cannot, be asked; null where it is asked."""
        if self.day and not self.extract.answers_for_a_day:
            return f"the source cannot be asked for {self.day}; it says only what is there now"
        if only_due and not self.day and self.drop.has_extract_of(self.now.date(), self.declared):
            return f"the extract of {self.now.date()} is there already"
        return None

    def _start(self) -> datetime | None:
        if not self.extract.is_incremental:
            return None
        return self.midnight or self.drop.cursor(self.declared)

    def _finished(
        self,
        partial: Partial,
        last: Page | None,
        started_from: datetime | None,
        *,
        was_continued: bool,
    ) -> ExtractOutcome:
        cursor = partial.progress.newest or (zulu(started_from) if started_from else None)
        if self.day:
            cursor = None  # the cursor is of what was fetched without gaps, and a day is a piece
        finished = partial.finish(
            last.rows if last else [],
            manifest={
                "source_system": self.drop.source_system,
                "feed": self.feed,
                "contract_version": load_contracts()[self.feed].version,
                "declared": self.declared,
                "extract_id": self._extract_id(),
                "extract_day": (self.day or self.now.date()).isoformat(),
                "extracted_at": zulu(self.now),
                "window_start": zulu(self.span[0]) if self.span else None,
                "window_end": zulu(self.span[1]) if self.span else None,
                "cursor": cursor,
            },
        )
        return ExtractOutcome(
            feed=self.feed,
            connector=self.extract.connector,
            extract_ids=(finished.name,),
            rows=sum(int(part["rows"]) for part in partial.progress.parts),
            cursor=cursor,
            is_continued=was_continued,
        )

    def _extract_id(self) -> str:
        made = self.now.strftime("%Y%m%dT%H%M%S.%fZ").replace(".000000", "")
        return f"{MADE_AGAIN}{self.day:%Y%m%d}-{made}" if self.day else made

    def _plan(self, started_from: datetime | None) -> str:
        """Say what is asked for: pages of an interrupted run go with no other plan.

        What is not incremental describes one day; pages of another day say what was true then.
        """
        parts = [self.declared, zulu(started_from) if started_from else "first"]
        if self.day:
            parts += ["of", self.day.isoformat()]
        if not self.extract.is_incremental:
            parts.append(self.now.date().isoformat())
        return " ".join(parts)
