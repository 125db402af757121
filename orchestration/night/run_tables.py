"""What a night has to know before the models run, as tables of schema `run`.

Belongs here: the run, its feeds, what did not arrive whole and what is kept apart.
Does not belong here: writing them (`warehouse`); what follows from them (the models).
"""

from datetime import datetime
from pathlib import Path

from metrics.engine.tables import Table
from orchestration.landing.contract import Contract
from orchestration.landing.data_gaps import open_rows
from orchestration.landing.feed_extracts import stopped_columns
from orchestration.landing.readings import in_the_usual_course
from orchestration.landing.source_set import SourceSet
from orchestration.night.run_identity import Run, digest_of_counting


def run_tables(
    run: Run, source_set: SourceSet, contracts: dict[str, Contract], *, home: Path
) -> list[Table]:
    """Answer what the models are told of this run."""
    return [
        _context(run, source_set, contracts),
        _feed(run, source_set, contracts),
        _stopped_column(run, source_set, contracts),
        Table(
            name="quiet_day",
            columns={"quiet_date": "DATE"},
            rows=[(day,) for day in source_set.quiet_days],
        ),
        Table(
            name="queue",
            columns={"queue_id": "VARCHAR", "queue_family": "VARCHAR", "valid_from_date": "DATE"},
            rows=list(source_set.queues),
        ),
        _kept_apart(run, source_set, contracts, home=home),
        Table(name="code", columns={"digest": "VARCHAR"}, rows=[(digest_of_counting(),)]),
    ]


def _context(run: Run, source_set: SourceSet, contracts: dict[str, Contract]) -> Table:
    known_until = _days_known_until(run, source_set, contracts)
    return Table(
        name="context",
        columns={
            "run_id": "VARCHAR",
            "as_of": "TIMESTAMP",
            "days_known_until": "TIMESTAMP",
            "source_set": "VARCHAR",
            "source_set_label": "VARCHAR",
        },
        rows=[(run.run_id, run.as_of, known_until, source_set.source_set, source_set.label)],
    )


def _feed(run: Run, source_set: SourceSet, contracts: dict[str, Contract]) -> Table:
    derived = {"agent_roster", "agent_identity"} if source_set.derive_roster else set()
    return Table(
        name="feed",
        columns={
            "feed": "VARCHAR",
            "is_declared": "BOOLEAN",
            "is_derived": "BOOLEAN",
            "final_after_days": "INTEGER",
            "left_out_because": "VARCHAR",
        },
        rows=[
            (
                feed,
                feed in source_set.declared and feed not in run.left_out,
                feed in derived,
                contract.final_after_days,
                run.left_out.get(feed),
            )
            for feed, contract in contracts.items()
            if contract.store == "warehouse" and contract.written_by == "source"
        ],
    )


def _stopped_column(run: Run, source_set: SourceSet, contracts: dict[str, Contract]) -> Table:
    return Table(
        name="stopped_column",
        columns={"feed": "VARCHAR", "batch_id": "VARCHAR", "column_name": "VARCHAR"},
        rows=[
            (feed, batch_id, name)
            for feed, mapping in source_set.feeds.items()
            for batch_id, name in stopped_columns(
                contracts[feed], mapping, [b for b in run.batches if b.feed == feed]
            )
        ],
    )


def _kept_apart(
    run: Run, source_set: SourceSet, contracts: dict[str, Contract], *, home: Path
) -> Table:
    found = open_rows(
        run.batches, contracts=contracts, source_set=source_set, home=home, as_of=run.as_of
    )
    return Table(
        name="kept_apart",
        columns={
            "row_id": "VARCHAR",
            "feed": "VARCHAR",
            "source_system": "VARCHAR",
            "agent_external_id": "VARCHAR",
            "event_at": "TIMESTAMP",
            "contact_id": "VARCHAR",
            "case_id": "VARCHAR",
            "reason": "VARCHAR",
        },
        rows=list(found),
    )


def _days_known_until(run: Run, source_set: SourceSet, contracts: dict[str, Contract]) -> datetime:
    """Answer until when every feed has told what happened in a day, the ones left out aside.

    A day that an extract saw half of would count the other half as time away.
    """
    newest: dict[str, datetime] = {}
    for batch in in_the_usual_course(run.batches):  # in order of known_at
        newest[batch.feed] = batch.known_at
    told = [
        newest.get(feed, datetime.min)  # noqa: DTZ901 - naive UTC, as everywhere
        for feed in source_set.feeds
        if contracts[feed].completes_days and feed not in run.left_out
    ]
    return min([run.as_of, *told])
