"""The extracts of one feed, and whether the newest is what the others let expect.

Belongs here: late, empty, far smaller or larger than usual, without a column that it used to carry.
Does not belong here: what is done about it (`feed_breaks`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from statistics import median_high, median_low

import duckdb

from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.contract import Contract
from orchestration.landing.refusal import DeliveryRefused
from orchestration.landing.source_set import FeedMapping
from quality_checks.engine.policy import limits_of

# Extracts are compared with those of the same weekday, sent at about the same hour.
_WEEK, _HALF_A_DAY = timedelta(days=7), timedelta(hours=12)
_TOO_FEW = "ask the source for its own total; if this is right, name the day in quiet_days"
_TOO_MANY = (
    "ask the source for its own total; if this is right, change hold_above_share in thresholds.yml"
    " for this night, and say why"
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """When a number of rows is unusual; shares are of the median of the same weekday before.

    The first extract of a feed is its history, and no measure of the others. An extract without a
    row is unusual when each of the last `extracts_compared` had at least `minimum_rows`. Of
    extracts with fewer rows than `minimum_volume` nothing else is asked.
    """

    hold_below_share: float
    hold_above_share: float
    minimum_volume: float
    minimum_weeks: float
    weeks_compared: float
    extracts_compared: float
    minimum_rows: float

    @classmethod
    def in_force(cls) -> "Limits":
        """Answer the limits of the policy, the same that days are held against once built."""
        declared = limits_of("volumes_are_usual")
        return cls(**{limit.name: declared[limit.name] for limit in fields(cls)})


@dataclass(frozen=True, kw_only=True)
class FeedExtracts:
    """One feed, its extracts in order of `known_at`; `reader` reads the footers of their files."""

    contract: Contract
    mapping: FeedMapping
    store: BatchStore
    extracts: list[Batch]
    quiet_days: frozenset[date]
    reader: duckdb.DuckDBPyConnection

    def wrong(
        self, newest: datetime | None, late_after_hours: int | None, limits: Limits
    ) -> Iterator[DeliveryRefused]:
        """Say what is wrong, the gravest first."""
        if newest is None or late_after_hours is None:
            return
        if not self.extracts:
            yield self._refused(
                "is declared, and nothing of it has been loaded that was known by then",
                "mend what was refused, and load it",
            )
            return
        last = self.extracts[-1]
        behind = newest - last.known_at
        if behind >= timedelta(hours=late_after_hours):
            yield self._refused(
                f"came {behind / timedelta(hours=1):.0f} hours before the newest extract of another"
                f" feed, and {late_after_hours} hours is late",
                "deliver what is missing, or say late_after_hours or when_incomplete in the"
                " source set",
            )
        yield from self._unusual_rows(last, limits)
        yield from self._stopped_columns(last, limits)

    def _unusual_rows(self, last: Batch, limits: Limits) -> Iterator[DeliveryRefused]:
        now = last.accounting.read
        sent_on = last.known_at.date()
        # An extract is of the day on which it is made, or in the small hours of the day before.
        is_quiet = bool({sent_on, sent_on - timedelta(days=1)} & self.quiet_days)
        before = self.extracts[-1 - int(limits.extracts_compared) : -1]
        if (
            now == 0
            and not is_quiet
            and len(before) == limits.extracts_compared
            and min(batch.accounting.read for batch in before) >= limits.minimum_rows
        ):
            yield self._refused("has not one row, and the extracts before it had", _TOO_FEW)
        usual = [
            batch.accounting.read
            for batch in self.extracts[1:-1]
            if _is_weeks_before(batch, last, weeks=limits.weeks_compared)
        ]
        if len(usual) < limits.minimum_weeks or median_low(usual) < limits.minimum_volume:
            return
        low, high = median_low(usual), median_high(usual)
        said = "has {} rows, {:.0%} of what is usual on this weekday"
        if now < limits.hold_below_share * low and not is_quiet:
            yield self._refused(said.format(now, now / low), _TOO_FEW)
        if now > limits.hold_above_share * high:
            yield self._refused(said.format(now, now / high), _TOO_MANY)

    def _stopped_columns(self, last: Batch, limits: Limits) -> Iterator[DeliveryRefused]:
        """Name a counted column that is gone, or empty in an extract of many rows."""
        if not last.accounting.read:
            return
        gone = set(last.accounting.missing_columns)
        if last.accounting.accepted >= limits.minimum_volume:
            gone |= set(self.contract.columns) - self._filled_columns([last])
        counted = [name for name in counted_columns(self.contract, self.mapping) if name in gone]
        # The first extract and four weeks: a year of them would be read for what never came.
        weeks = int(limits.weeks_compared)
        before = [*self.extracts[:-1][:1], *self.extracts[1:-1][-7 * weeks :]]
        carried = self._filled_columns(before) if counted and before else set()
        stopped = [name for name in counted if name in carried]
        if stopped:
            yield self._refused(
                f"has nothing in {', '.join(stopped)}, and extracts before it had",
                'have it exported again; or, if it is gone for good, map it as "null"',
            )

    def _filled_columns(self, batches: list[Batch]) -> set[str]:
        """Name the columns with a value in any of the batches, from the footers of their files."""
        files = [str(self.store.rows_file(batch)) for batch in batches]
        found = self.reader.execute(
            "select distinct path_in_schema from parquet_metadata(?)"
            " where stats_null_count < num_values",
            [files],
        ).fetchall()
        return {str(name) for (name,) in found}

    def _refused(self, reason: str, next_step: str) -> DeliveryRefused:
        file = self.extracts[-1].extract_id if self.extracts else self.mapping.files
        return DeliveryRefused(
            feed=self.contract.feed, file=file, reason=reason, next_step=next_step
        )


def counted_columns(contract: Contract, mapping: FeedMapping) -> list[str]:
    """Name the columns that numbers are counted from, but for those that are gone for good."""
    return [
        name
        for name, column in contract.columns.items()
        if column.is_counted and mapping.columns.get(name, "").lower() != "null"
    ]


def stopped_columns(
    contract: Contract, mapping: FeedMapping, batches: Iterable[Batch]
) -> Iterator[tuple[str, str]]:
    """Name each batch, and the counted column it lacks, that came after one that had the column."""
    carried: set[str] = set()
    for batch in batches:
        missing = set(batch.accounting.missing_columns)
        for name in counted_columns(contract, mapping):
            if name not in missing:
                carried.add(name)
            elif name in carried:
                yield batch.batch_id, name


def _is_weeks_before(batch: Batch, last: Batch, *, weeks: float) -> bool:
    """Whether a batch came on the weekday of the last one, up to so many weeks before."""
    age = last.known_at - batch.known_at
    whole = round(age / _WEEK)
    return 1 <= whole <= weeks and abs(age - whole * _WEEK) <= _HALF_A_DAY
