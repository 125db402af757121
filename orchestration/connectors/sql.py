"""Rows of a SQL database, page by page in the order of (stamp, id).

Belongs here: the statements of a keyset walk, the lower bound with its overlap.
Does not belong here: speaking to a database (`postgresql`, `sqlite`).

A page begins after the last row of the one before, by value: rows that are deleted or inserted
meanwhile shift nothing, as they would with an offset.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import pyarrow as pa  # type: ignore[import-untyped]

from orchestration.connectors.declared import Keyset, SqlExtract
from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.page import Page
from orchestration.connectors.timespan import Span, moment, zulu
from orchestration.landing.expressions import text_literal

# Names of the two columns that order the rows; dropped before a part is written.
# The stamp is text; the id is the SQL literal that the database itself makes of it.
STAMP_TEXT, ID_LITERAL = "_evenhand_stamp", "_evenhand_id"


class Database(Protocol):
    """What a walk needs of a database: one reading connection whose values are text."""

    def stamp_is_local(self, source: str, keyset: Keyset) -> bool:
        """Say whether stamps have no zone; raises ExtractFailed where they are no times."""

    def since(self, at: datetime) -> str:
        """Say `at` as a literal below which no stamp of that time or later is sorted."""

    def until(self, at: datetime) -> str:
        """Say `at` as a literal above which no stamp of an earlier time is sorted."""

    def rows(self, source: str, keyset: Keyset, *, where: str, limit: int) -> pa.Table:
        """Answer rows in order, as text, with the two ordering columns beside them."""


@dataclass(frozen=True, kw_only=True)
class Walk:
    """One extract of one query: from where, and in what zone its stamps are where they say none.

    Changes are asked for from `start`, an overlap earlier, and `until` where an end is given.
    """

    declared: SqlExtract
    span: Span | None
    start: datetime | None
    until: datetime | None
    zone: str | None

    def pages(self, database: Database, place: str | None) -> Iterator[Page]:
        """Answer page after page, from `place` on where an earlier run got that far."""
        keyset, source = self.declared.keyset, self._source()
        zone = self._zone_of_stamps(database, source)
        self._refuse_rows_without_order(database, source)
        after = json.loads(place) if place else None
        while True:
            # One row more than a page: it says whether the page ends between two equal rows.
            rows = database.rows(
                source,
                keyset,
                where=self._where(database, after, zone=zone),
                limit=self.declared.batch_rows + 1,
            )
            is_last = rows.num_rows <= self.declared.batch_rows
            order = _order(rows)
            if not is_last and order[-1] == order[-2]:
                raise ExtractFailed(
                    f"two rows have the same {keyset.id} and stamp, so a page cannot end there",
                    next_step="choose an id that tells every two rows apart",
                )
            rows = rows.slice(0, self.declared.batch_rows)
            after = order[rows.num_rows - 1] if rows.num_rows else after
            goes_on = not is_last and self.declared.is_incremental
            yield Page(
                rows=rows.drop_columns([STAMP_TEXT, ID_LITERAL]),
                stamps=_stamps(rows, zone) if keyset.stamp else (),
                next_place=json.dumps(after) if goes_on else None,
            )
            if is_last:
                return

    def _source(self) -> str:
        declared = self.declared
        if declared.query is None:
            keyset = declared.keyset
            names = [*declared.columns, keyset.stamp or keyset.id, keyset.id]
            return f"(select {', '.join(dict.fromkeys(names))} from {declared.table}) as source"
        query = declared.query
        for name, at in zip(("window_start", "window_end"), self.span or (), strict=False):
            query = query.replace(f":{name}", text_literal(zulu(at)))
        return f"({query}\n) as source"

    def _zone_of_stamps(self, database: Database, source: str) -> str | None:
        if self.declared.keyset.stamp is None:
            return None
        is_local = database.stamp_is_local(source, self.declared.keyset)
        if is_local and self.zone is None:
            raise ExtractFailed(
                f"{self.declared.keyset.stamp} has no zone, and the feed's mapping names none",
                next_step="write `zone:` in the feed's mapping",
            )
        return self.zone if is_local else None

    def _refuse_rows_without_order(self, database: Database, source: str) -> None:
        """Rows whose stamp or id is null are in no page: they would be lost without a word."""
        keyset = self.declared.keyset
        without = " or ".join(f"{name} is null" for name in (keyset.stamp, keyset.id) if name)
        if database.rows(source, keyset, where=without, limit=1).num_rows:
            raise ExtractFailed(
                f"there are rows in which {keyset.stamp or keyset.id} or {keyset.id} is null",
                next_step="write a query that gives every row both, with coalesce",
            )

    def _where(self, database: Database, after: list[str] | None, *, zone: str | None) -> str:
        keyset, bounds = self.declared.keyset, []
        # An hour of local times comes twice a year: a local stamp may seem an hour off.
        doubt = timedelta(minutes=60 if zone else 0)
        if after is not None:
            names = [name for name in (keyset.stamp, keyset.id) if name]
            stamp = [text_literal(after[0])] if keyset.stamp else []
            bounds.append(f"({', '.join(names)}) > ({', '.join([*stamp, after[1]])})")
        elif keyset.stamp and self.start:
            since = self.start - timedelta(minutes=keyset.overlap_minutes) - doubt
            bounds.append(f"{keyset.stamp} >= {database.since(_in_zone(since, zone))}")
        if keyset.stamp and self.until:
            until = _in_zone(self.until + doubt, zone)
            bounds.append(f"{keyset.stamp} < {database.until(until)}")
        return " and ".join(bounds) or "true"


def _in_zone(at: datetime, zone: str | None) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if zone else at


def _order(rows: pa.Table) -> list[list[str]]:
    pairs = zip(rows[STAMP_TEXT].to_pylist(), rows[ID_LITERAL].to_pylist(), strict=True)
    return [list(pair) for pair in pairs]


def _stamps(rows: pa.Table, zone: str | None) -> tuple[datetime, ...]:
    """Answer the stamps of all rows; what is no time moves no cursor (`infinity`)."""
    times = []
    for text in rows[STAMP_TEXT].unique().to_pylist():
        try:
            times.append(moment(text, zone=zone))
        except ValueError:
            continue
    return tuple(times)
