"""Which extracts a centre of so many days has sent: one history, then one for every night.

Belongs here: names, moments and windows of extracts.
Does not belong here: their rows (`feeds/*.sql`), their files (`drop`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from orchestration.synthetic_centre.engine.declarations import Row

BEGINNING = datetime(1900, 1, 1)  # noqa: DTZ001 - naive UTC, as everywhere in the warehouse


@dataclass(frozen=True, kw_only=True)
class Extract:
    """One delivery of all feeds; moments are naive UTC, days count from 0."""

    extract_id: str
    last_day: int
    extracted_at: datetime
    previous_at: datetime
    contacts_from: datetime
    actual_from: datetime
    planned_from: datetime
    planned_until: datetime

    def window(self, feed: str) -> tuple[datetime, datetime] | None:
        """Name the stretch of time that a snapshot of this feed claims to hold completely."""
        windows = {
            "planned_activity": (self.planned_from, self.planned_until),
            "actual_activity": (self.actual_from, self.extracted_at),
            "adherence_day_vendor": (self.actual_from, self.extracted_at),
        }
        return windows.get(feed)


def extracts_of(
    numbers: Row, first_day: date, *, history_days: int, days: int
) -> Iterator[Extract]:
    """Name every extract that a centre of `days` days has sent, the oldest first."""
    for covered in range(history_days, days + 1):
        is_history = covered == history_days
        sent_on = first_day + timedelta(days=covered)
        extracted_at = _midnight(sent_on) + timedelta(hours=numbers["delivery_hour"])
        began = _midnight(first_day - timedelta(days=1))

        def back(days_back: str, *, sent: date = sent_on) -> datetime:
            return _midnight(sent - timedelta(days=1 + numbers[days_back]))

        yield Extract(
            extract_id=f"{'history' if is_history else 'nightly'}-{sent_on:%Y%m%d}",
            last_day=covered - 1,
            extracted_at=extracted_at,
            previous_at=BEGINNING if is_history else extracted_at - timedelta(days=1),
            contacts_from=BEGINNING if is_history else back("delivery_contact_back_days"),
            actual_from=began if is_history else back("delivery_actual_back_days"),
            planned_from=began if is_history else back("delivery_planned_back_days"),
            planned_until=_midnight(sent_on + timedelta(days=numbers["schedule_horizon_days"])),
        )


def as_zulu(moment: datetime) -> str:
    """Write a naive UTC moment as ISO 8601 with Z."""
    return moment.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
