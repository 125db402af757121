"""Stretches of time that an extract asks for, and times as sources write them.

Belongs here: windows around now and their cut into what a source allows, reading one time stamp.
Does not belong here: which column or field holds a time (`declared`).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from metrics.engine.vocabulary import Declaration

Span = tuple[datetime, datetime]


class Window(Declaration):
    """Whole days (UTC) around the day of the extract, all of which it fetches again.

    `at_most_days` is the longest stretch the source answers at once.
    """

    days_back: int = Field(ge=0)
    days_ahead: int = Field(default=0, ge=0)
    at_most_days: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _is_some_time(self) -> "Window":
        if self.days_back + self.days_ahead < 1:
            raise ValueError("a window is at least one day long")
        return self

    def around(self, now: datetime) -> Span:
        """Answer start (inclusive) and end (exclusive): midnights UTC.

        The day of the extract itself belongs to `days_ahead`: it is not over.
        """
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=self.days_back), midnight + timedelta(days=self.days_ahead)

    def cut(self, now: datetime) -> Iterator[Span]:
        """Answer the window in pieces that the source accepts, oldest first, without gaps."""
        start, end = self.around(now)
        step = timedelta(days=self.at_most_days) if self.at_most_days else end - start
        while start < end:
            yield start, min(start + step, end)
            start += step


def moment(text: str, *, zone: str | None = None) -> datetime:
    """Read a time as UTC: ISO 8601, or seconds since 1970. Raises ValueError.

    A time without an offset is read in `zone`, at the earlier of two readings, so that an overlap
    counted from it is never too short.
    """
    if text.replace(".", "", 1).isdigit():
        try:
            return datetime.fromtimestamp(float(text), UTC)
        except OverflowError:
            raise ValueError(f"'{text}' is no time in seconds") from None
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        if zone is None:
            raise ValueError("a time without an offset, and the feed's mapping names no zone")
        read = read.replace(tzinfo=ZoneInfo(zone), fold=0)
    return read.astimezone(UTC)


def zulu(at: datetime) -> str:
    """Say a time in UTC to the microsecond where it has any: `2026-01-31T10:00:00Z`."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
