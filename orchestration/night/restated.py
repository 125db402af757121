"""Restatements as evidence: landed once readers see their run, and read back from raw.

Belongs here: how they become a raw batch, what they amount to, for the night and for whoever asks.
Does not belong here: finding them (`restatements`), printing them (`commands.restatements`).
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.contract import load_contracts
from orchestration.landing.delivery import Delivery
from orchestration.landing.expressions import text_literal
from orchestration.landing.land import land
from orchestration.landing.source_set import FeedMapping
from orchestration.night.home import Home
from orchestration.night.kept_facts import published_facts
from orchestration.night.restatements import FEED, write_restatements
from reports.engine.publication import current
from reports.engine.run_facts import RunFacts

_WRITTEN_BY = "evenhand"
_WAITING = "restated"


@dataclass(frozen=True, kw_only=True)
class Restated:
    """How much of what was final a run changed: days of the calendar, people, values.

    Nobody knows where the run was not compared with what readers saw before it.
    """

    days: int = 0
    people: int = 0
    values: int = 0
    since: date | None = None
    is_compared: bool = True

    def in_words(self) -> str:
        """Say it in one line, with the command that shows it."""
        if not self.is_compared:
            return (
                "Final days restated: not known. The warehouse is new, and what readers saw"
                " before is not in it."
            )
        return (
            f"Final days restated: {self.days} (people: {self.people}, values: {self.values})."
            f" To see them: evenhand restatements --since {self.since}"
        )


@dataclass(frozen=True, kw_only=True)
class Restatement:
    """What a run changed of one measure on one final day: sums over the people concerned.

    What holds no number, such as a team, is told apart by what it said and says. `known_at` is
    naive UTC.
    """

    known_at: datetime
    run_id: str
    replaces_run_id: str
    activity_date: date
    measure: str
    before: int | float | str | None
    after: int | float | str | None
    cause: str
    batches: tuple[str, ...]
    agent_ids: tuple[str, ...]


def note_restatements(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    *,
    run: RunFacts,
    identify: Callable[[Collection[str], datetime], str],
) -> None:
    """Write down what the run in the warehouse restates; it waits until readers see the run.

    `identify` names a run over batches and an `as_of`, with code and definitions as they are.
    """
    seen, kept = current(home.published), published_facts(connection)
    if seen is None or seen.run_id == run.run_id or seen.as_of > run.as_of:
        return  # a first run, the same again, or a look back
    waiting = home.scratch / _WAITING
    waiting.mkdir(mode=0o700, exist_ok=True)
    if kept is None or kept.run_id != seen.run_id:
        _not_compared(home, run.run_id).touch()
        return
    write_restatements(
        connection,
        waiting / f"{run.run_id}.parquet",
        code_changed=lambda: identify(kept.batch_ids, kept.as_of) != kept.run_id,
    )


def land_waiting(home: Home) -> None:
    """Land the restatements of the run that readers see; those of a run nobody saw never were.

    The pointer to the current run decides, so a night killed on either side of it leaves neither a
    restatement without its run nor a run without its restatements.
    """
    waiting = sorted((home.scratch / _WAITING).glob("*.parquet"))
    seen = current(home.published) if waiting else None
    for file in waiting:
        if seen is not None and file.stem == seen.run_id:
            _land(home, file, known_at=seen.as_of)
        file.unlink()


def restated_by(home: Home, run_id: str) -> Restated | None:
    """Say how much a run restated; nothing where it changed no final day."""
    if _not_compared(home, run_id).is_file():
        return Restated(is_compared=False)
    store = BatchStore(home.root)
    for batch in _batches(store):
        if batch.extract_id == run_id:
            days, people, values = duckdb.execute(
                "select count(distinct activity_date), count(distinct agent_id), count(*)"
                f" from {_rows(store, batch)}"
            ).fetchall()[0]
            since = batch.known_at.date()
            return Restated(days=days, people=people, values=values, since=since)
    return None


def restatements(home: Home, *, since: datetime | None = None) -> list[Restatement]:
    """List what runs changed in final days, the newest run first; from `since` on, if given."""
    store = BatchStore(home.root)
    newest_first = reversed(
        [batch for batch in _batches(store) if since is None or batch.known_at >= since]
    )
    return [
        Restatement(
            known_at=batch.known_at,
            run_id=run_id,
            replaces_run_id=replaces,
            activity_date=day,
            measure=measure,
            before=before_text if before_value is None else _plain(before_value),
            after=after_text if after_value is None else _plain(after_value),
            cause=cause,
            batches=tuple((batches or "").split()),
            agent_ids=tuple(agents),
        )
        for batch in newest_first
        for (run_id, replaces, day, measure, before_value, before_text, after_value, after_text,
             cause, batches, agents) in duckdb.execute(
                 f"select {_SUMMED} from {_rows(store, batch)} group by all order by all"
             ).fetchall()
    ]  # fmt: skip


def _land(home: Home, file: Path, *, known_at: datetime) -> None:
    """Land what a run restates, once: its batch is named by the run."""
    run_id, contract = file.stem, load_contracts()[FEED]
    delivery = Delivery(
        feed=FEED,
        source_system=_WRITTEN_BY,
        extract_id=run_id,
        digest=hashlib.sha256(run_id.encode()).hexdigest(),
        parts=(file,),
        known_at=known_at,
    )
    if BatchStore(home.root).newest_reading(delivery):
        return
    mapping = FeedMapping(source_system=_WRITTEN_BY, files="")
    land(delivery, mapping=mapping, contract=contract, home=home.root, received_at=known_at)


_SUMMED = """
    run_id, replaces_run_id, activity_date, measure, sum(before_value), before_text,
    sum(after_value), after_text, cause, batches, list(distinct agent_id order by agent_id)
"""


def _not_compared(home: Home, run_id: str) -> Path:
    return home.scratch / _WAITING / f"{run_id}.not_compared"


def _batches(store: BatchStore) -> list[Batch]:
    return [batch for batch in store.batches() if batch.feed == FEED]


def _rows(store: BatchStore, batch: Batch) -> str:
    return f"read_parquet({text_literal(str(store.rows_file(batch)))})"


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
