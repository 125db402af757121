"""The facts of a night that every file it publishes carries.

Belongs here: reading `run.context` and `run.feed`.
Does not belong here: deciding what the run id or the `as_of` is. That is `orchestration`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from duckdb import DuckDBPyConnection


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """Which night this is, what it read, and which feeds its source set declares.

    `left_out` are declared feeds that this night does without, each with the reason.
    """

    run_id: str
    as_of: datetime
    source_set: str
    source_set_label: str
    declared_feeds: Mapping[str, bool]
    derived_feeds: frozenset[str] = frozenset()
    left_out: Mapping[str, str] = field(default_factory=dict)


def read_run(connection: DuckDBPyConnection) -> RunFacts:
    """Read the facts of the night that the warehouse holds."""
    run_id, as_of, source_set, label = _one_row(
        connection, "select run_id, as_of, source_set, source_set_label from run.context"
    )
    feeds = connection.execute(
        "select feed, is_declared, is_derived, left_out_because from run.feed order by feed"
    ).fetchall()
    return RunFacts(
        run_id=run_id,
        as_of=as_of,
        source_set=source_set,
        source_set_label=label,
        declared_feeds=MappingProxyType({feed: declared for feed, declared, _, _ in feeds}),
        derived_feeds=frozenset(feed for feed, _, derived, _ in feeds if derived),
        left_out=MappingProxyType({feed: because for feed, _, _, because in feeds if because}),
    )


def _one_row(connection: DuckDBPyConnection, query: str) -> tuple[str, datetime, str, str]:
    rows = connection.execute(query).fetchall()
    if len(rows) != 1:
        raise ValueError(f"run.context holds {len(rows)} rows; a night has exactly one")
    run_id, as_of, source_set, label = rows[0]
    return run_id, as_of, source_set, label
