"""What makes rules of credit, bands of tenure and periods sound: each day is in exactly one.

Belongs here: rules that no single value shows.
Does not belong here: the shape of the declarations (`conforming`).
"""

from datetime import date

from metrics.engine.conforming import Attribution, Periods, Tenure
from metrics.engine.consistency import check_order
from metrics.engine.documents import Loaded

_BUILT_IN_CALENDARS = ("month", "quarter", "week")


def check_attribution(loaded: Loaded[Attribution]) -> None:
    """Refuse a rule whose history does not move forward."""
    for kind, history in loaded.declared.rules.histories().items():
        days = [version.effective_from for version in history.versions]
        check_order(loaded.document, ("rules", kind, "versions"), days)


def check_tenure(loaded: Loaded[Tenure]) -> None:
    """Refuse bands that leave days out or are not in order."""
    versions = loaded.declared.versions
    check_order(loaded.document, ("versions",), [version.effective_from for version in versions])
    for at, version in enumerate(versions):
        starts = [band.from_days for band in version.bands]
        if starts[0] != 0 or starts != sorted(set(starts)):
            raise loaded.document.error(
                ("versions", at, "bands"),
                wrong=f"the bands begin after {', '.join(map(str, starts))} days",
                to_do="begin the first with 0 and each later one after the one before",
            )


def check_periods(loaded: Loaded[Periods]) -> None:
    """Refuse a day in two periods of a calendar, and a period or calendar named twice."""
    seen: set[str] = set()
    for name, calendar in loaded.declared.calendars.items():
        if name in _BUILT_IN_CALENDARS:
            raise loaded.document.error(
                ("calendars", name), wrong=f"{name} is always there", to_do="choose another name"
            )
        free_from = date.min
        for at, period in enumerate(calendar.periods):
            place = ("calendars", name, "periods", at)
            if period.period_id in seen:
                raise loaded.document.error(
                    place, wrong=f"{period.period_id} is named twice", to_do="rename one"
                )
            if not free_from <= period.first_date <= period.last_date:
                raise loaded.document.error(
                    place,
                    wrong=f"{period.period_id} overlaps the period before it, or ends too early",
                    to_do="list periods from the oldest to the newest, each day in one of them",
                )
            seen.add(period.period_id)
            free_from = date.fromordinal(period.last_date.toordinal() + 1)
