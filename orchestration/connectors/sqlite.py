"""SQLite through the standard library: values as text, nothing written.

Belongs here: the connection, the time limit, text of each value.
Does not belong here: which rows (`sql`).

SQLite knows no times: a stamp is text and is compared as text, so stamps have to be ISO 8601, all
written the same way.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]

from orchestration.connectors.declared import Keyset
from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.sql import ID_LITERAL, STAMP_TEXT
from orchestration.landing.expressions import text_literal

# The time limit is looked at every so many steps of SQLite's machine: about a millisecond.
_STEPS = 100_000


class Sqlite:
    """One reading connection."""

    def __init__(self, connection: sqlite3.Connection, *, timeout_seconds: int) -> None:
        self.connection, self.timeout_seconds = connection, timeout_seconds

    def stamp_is_local(self, source: str, keyset: Keyset) -> bool:
        """Say whether stamps have no offset; refuses stamps that are not ISO 8601 text."""
        stamp = keyset.stamp
        unlike = (
            f"typeof({stamp}) <> 'text' or {stamp} not glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-*'"
        )
        if self._ask(f"select 1 from {source} where {stamp} is not null and ({unlike}) limit 1"):
            raise ExtractFailed(
                f"{stamp} is not ISO 8601 text in every row",
                next_step="write it so in the query, with strftime",
            )
        zoned = f"({stamp} glob '*Z' or {stamp} glob '*[+-][0-9][0-9]:[0-9][0-9]')"
        found = self._ask(f"select distinct {zoned} from {source} where {stamp} is not null")
        if len(found) > 1:
            raise ExtractFailed(
                f"{stamp} has an offset in some rows and none in others",
                next_step="write all of them one way in the query",
            )
        return found == [(0,)]

    def since(self, at: datetime) -> str:
        """Say the day before: `T` or a space, or another offset, cannot sort a row below it."""
        return text_literal((at - timedelta(days=1)).date().isoformat())

    def until(self, at: datetime) -> str:
        """Say the day after, for the same reason."""
        return text_literal((at + timedelta(days=1)).date().isoformat())

    def rows(self, source: str, keyset: Keyset, *, where: str, limit: int) -> pa.Table:
        """Answer rows in order of (stamp, id)."""
        order = f"{keyset.stamp}, {keyset.id}" if keyset.stamp else keyset.id
        found = self._ask(
            f"select *, {keyset.stamp or 'null'} as {STAMP_TEXT},"
            f" quote({keyset.id}) as {ID_LITERAL} from {source} where {where}"
            f" order by {order} limit {limit}"
        )
        names = self._names(source)
        return pa.table(
            {
                name: pa.array([_text(row[at]) for row in found], pa.string())
                for at, name in enumerate([*names, STAMP_TEXT, ID_LITERAL])
            }
        )

    def _names(self, source: str) -> list[str]:
        try:
            cursor = self.connection.execute(f"select * from {source} limit 0")
        except sqlite3.Error as problem:
            raise _failed(problem) from None
        return [column[0] for column in cursor.description]

    def _ask(self, query: str) -> list[tuple[object, ...]]:
        until = time.monotonic() + self.timeout_seconds
        self.connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
        try:
            return self.connection.execute(query).fetchall()
        except sqlite3.Error as problem:
            raise _failed(problem) from None


@contextmanager
def reading(file: Path, *, timeout_seconds: int) -> Iterator[Sqlite]:
    """Open a SQLite file for reading only; a file that is not there is not made."""
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error as problem:
        raise _failed(problem) from None
    with closing(connection):
        connection.execute("pragma query_only = on")
        yield Sqlite(connection, timeout_seconds=timeout_seconds)


def _text(value: object) -> str | None:
    """Say a value as text: a number as SQLite holds it, bytes as hexadecimal digits."""
    if value is None or isinstance(value, str):
        return value
    return value.hex() if isinstance(value, bytes) else repr(value)


def _failed(problem: sqlite3.Error) -> ExtractFailed:
    return ExtractFailed(
        f"SQLite: {problem}",
        next_step="correct the query or the file, or run the extract again",
        keeps_pages=True,
    )
