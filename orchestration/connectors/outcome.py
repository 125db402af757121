"""What came of one feed's extract.

Belongs here: its values and its words.
Does not belong here: running it (`run`).
"""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class ExtractOutcome:
    """What came of one feed's extract: its new extracts and rows, or the problem in words.

    `rows` is null for files, which are not opened. `is_continued` says that pages of an
    interrupted run were used again. `not_asked` is why the source was left alone.
    """

    feed: str
    connector: str
    extract_ids: tuple[str, ...] = ()
    rows: int | None = None
    cursor: str | None = None
    is_continued: bool = False
    not_asked: str | None = None
    problem: str | None = None

    def as_json(self) -> dict[str, object]:
        """Answer the outcome as plain values."""
        return asdict(self)

    def in_words(self) -> str:
        """Say the outcome in one line."""
        if self.problem:
            return f"{self.feed}: failed, nothing of it can be loaded: {self.problem}"
        if self.not_asked:
            return f"{self.feed}: not fetched: {self.not_asked}"
        if self.rows is None:
            return f"{self.feed}: {len(self.extract_ids)} new files"
        again = ", continued from an interrupted run" if self.is_continued else ""
        rows = f"{self.rows:,} rows" if self.rows else "complete and empty: the source has no rows"
        until = f", up to {self.cursor}" if self.cursor else ""
        return f"{self.feed}: {rows} in extract {self.extract_ids[0]}{until}{again}"
