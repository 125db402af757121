"""All the extracts of a source set, each on its own.

Belongs here: choosing the connector, where an extract begins, what is said of each at the end.
Does not belong here: fetching (`sql`, `rest`, `files`), keeping pages (`partial`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from orchestration.connectors.declared import Extract, FilesExtract
from orchestration.connectors.drop import Drop
from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.fetch import Fetch, pages_of, take_files
from orchestration.connectors.pace import Pace
from orchestration.connectors.page import Page
from orchestration.connectors.partial import Partial
from orchestration.connectors.timespan import zulu
from orchestration.landing.contract import load_contracts
from orchestration.landing.source_set import SourceSet

# How a source is asked, not for what: another value does not make another extract.
_MANNERS = {"limits", "batch_rows", "timeout_seconds", "auth", "settle_minutes"}


@dataclass(frozen=True, kw_only=True)
class ExtractOutcome:
    """What came of one feed's extract: its new extracts and rows, or the problem in words.

    `rows` is null for files, which are not opened. `is_continued` says that pages of an
    interrupted run were used again.
    """

    feed: str
    connector: str
    extract_ids: tuple[str, ...] = ()
    rows: int | None = None
    cursor: str | None = None
    is_continued: bool = False
    problem: str | None = None

    def as_json(self) -> dict[str, object]:
        """Answer the outcome as plain values."""
        return asdict(self)

    def in_words(self) -> str:
        """Say the outcome in one line."""
        if self.problem:
            return f"{self.feed}: failed, nothing of it can be loaded: {self.problem}"
        if self.rows is None:
            return f"{self.feed}: {len(self.extract_ids)} new files"
        again = ", continued from an interrupted run" if self.is_continued else ""
        rows = f"{self.rows:,} rows" if self.rows else "complete and empty: the source has no rows"
        until = f", up to {self.cursor}" if self.cursor else ""
        return f"{self.feed}: {rows} in extract {self.extract_ids[0]}{until}{again}"


def run_extracts(
    source_set: SourceSet,
    *,
    now: datetime,
    environ: Mapping[str, str],
    feed: str | None = None,
    pace: Pace | None = None,
) -> list[ExtractOutcome]:
    """Run every extract of a source set, or one; a failed one leaves the others alone.

    `now` is naive UTC or has a zone. Raises KeyError where `feed` has no extract.
    """
    chosen = sorted(source_set.extracts) if feed is None else [feed]
    at = (now if now.tzinfo else now.replace(tzinfo=UTC)).astimezone(UTC)
    outcomes = []
    for name in chosen:
        extract = source_set.extracts[name]
        try:
            run = _Run(source_set, name, extract, now=at, environ=environ, pace=pace or Pace())
            with run.drop.alone():
                outcomes.append(run.outcome())
        except (ExtractFailed, OSError) as problem:
            outcomes.append(
                ExtractOutcome(feed=name, connector=extract.connector, problem=str(problem))
            )
    return outcomes


class _Run:
    """One extract of one feed, once."""

    def __init__(
        self,
        source_set: SourceSet,
        feed: str,
        extract: Extract,
        *,
        now: datetime,
        environ: Mapping[str, str],
        pace: Pace,
    ) -> None:
        mapping = source_set.feeds[feed]
        self.feed, self.extract, self.now, self.environ = feed, extract, now, environ
        self.drop = Drop(folder=source_set.folder, source_system=mapping.source_system, feed=feed)
        said = extract.model_dump_json(exclude=_MANNERS)
        self.declared = hashlib.sha256(said.encode()).hexdigest()[:16]
        self.span = extract.window.around(now) if extract.window else None
        self.request = Fetch(
            extract=extract,
            beside=source_set.folder,
            zone=mapping.file_zone,
            span=self.span,
            now=now,
            environ=environ,
            pace=pace,
        )

    def outcome(self) -> ExtractOutcome:
        if isinstance(self.extract, FilesExtract):
            new = take_files(self.extract, self.drop, environ=self.environ, now=self.now)
            return ExtractOutcome(feed=self.feed, connector="files", extract_ids=tuple(new))
        started_from = self.drop.cursor(self.declared) if self.extract.is_incremental else None
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

    def _finished(
        self,
        partial: Partial,
        last: Page | None,
        started_from: datetime | None,
        *,
        was_continued: bool,
    ) -> ExtractOutcome:
        finished = partial.finish(
            last.rows if last else [],
            manifest={
                "source_system": self.drop.source_system,
                "feed": self.feed,
                "contract_version": load_contracts()[self.feed].version,
                "declared": self.declared,
            },
            span=self.span,
            started_from=started_from,
            now=self.now,
        )
        return ExtractOutcome(
            feed=self.feed,
            connector=self.extract.connector,
            extract_ids=(finished.name,),
            rows=sum(int(part["rows"]) for part in partial.progress.parts),
            cursor=partial.progress.newest or (zulu(started_from) if started_from else None),
            is_continued=was_continued,
        )

    def _plan(self, started_from: datetime | None) -> str:
        """Say what is asked for: pages of an interrupted run go with no other plan.

        What is not incremental describes one day; pages of another day say what was true then.
        """
        parts = [self.declared, zulu(started_from) if started_from else "first"]
        if not self.extract.is_incremental:
            parts.append(self.now.date().isoformat())
        return " ".join(parts)
