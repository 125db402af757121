"""PostgreSQL through ADBC: every value as the text that PostgreSQL itself writes.

Belongs here: the connection, the read-only transaction, text of each column.
Does not belong here: which rows (`sql`).

A `numeric` keeps all its digits, a `timestamptz` is ISO 8601 in UTC with its offset, a `timestamp`
has none. The password is known to libpq alone; its messages do not repeat it.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime

import pyarrow as pa  # type: ignore[import-untyped]
from adbc_driver_manager import Error
from adbc_driver_postgresql import dbapi  # type: ignore[import-untyped]

from orchestration.connectors.declared import Keyset, PostgresqlDatabase
from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.secret import read_secret
from orchestration.connectors.sql import ID_LITERAL, STAMP_TEXT
from orchestration.landing.expressions import quoted, text_literal

_LOCAL, _ZONED = "timestamp", "timestamptz"


class Postgresql:
    """One reading connection."""

    def __init__(self, connection: dbapi.Connection) -> None:
        self.connection = connection

    def stamp_is_local(self, source: str, keyset: Keyset) -> bool:
        """Say whether the stamp is a `timestamp` without time zone."""
        kind = self._types(f"select {keyset.stamp} from {source}")[-1]
        if kind not in {_LOCAL, _ZONED}:
            raise ExtractFailed(
                f"{keyset.stamp} is {kind}, not a timestamp", next_step="cast it in the query"
            )
        return kind == _LOCAL

    def since(self, at: datetime) -> str:
        """Say a moment as a literal: with its offset, or local where it has none."""
        return text_literal(at.isoformat())

    until = since

    def rows(self, source: str, keyset: Keyset, *, where: str, limit: int) -> pa.Table:
        """Answer rows in order of (stamp, id)."""
        names = self._names(source)
        text = [f"{quoted(name)}::text as {quoted(name)}" for name in names]
        stamp = f"{keyset.stamp}::text" if keyset.stamp else "null::text"
        text += [f"{stamp} as {STAMP_TEXT}", f"quote_literal({keyset.id}) as {ID_LITERAL}"]
        order = f"{keyset.stamp}, {keyset.id}" if keyset.stamp else keyset.id
        return self._ask(
            f"select {', '.join(text)} from {source} where {where} order by {order} limit {limit}"
        )

    def _names(self, source: str) -> list[str]:
        return list(self._ask(f"select * from {source} limit 0").schema.names)

    def _types(self, query: str) -> list[str]:
        schema = self._ask(f"{query} limit 0").schema
        return [(field.metadata or {}).get(b"POSTGRESQL:type", b"").decode() for field in schema]

    def _ask(self, query: str) -> pa.Table:
        with closing(self.connection.cursor()) as cursor:
            try:
                cursor.execute(query)
                return cursor.fetch_arrow_table().replace_schema_metadata(None)
            except Error as problem:
                raise _failed(problem) from None


@contextmanager
def reading(
    declared: PostgresqlDatabase, *, timeout_seconds: int, environ: Mapping[str, str]
) -> Iterator[Postgresql]:
    """Open a connection whose one transaction is read-only and whose statements end in time."""
    said = {
        "host": declared.host,
        "port": str(declared.port),
        "dbname": declared.name,
        "user": declared.user,
        "sslmode": declared.sslmode,
        "connect_timeout": "10",
        "application_name": "evenhand",
    }
    if declared.password_from is not None:
        said["password"] = read_secret(declared.password_from, environ).reveal()
    try:
        connection = dbapi.connect(" ".join(f"{name}={_said(text)}" for name, text in said.items()))
    except Error as problem:
        raise _failed(problem) from None
    with closing(connection):
        with closing(connection.cursor()) as cursor:
            for setting in (
                "set transaction read only",
                f"set local statement_timeout = '{timeout_seconds}s'",
                "set local TimeZone = 'UTC'",
                "set local DateStyle = 'ISO'",
                "set local IntervalStyle = 'iso_8601'",
                "set local extra_float_digits = 1",
                "set local standard_conforming_strings = on",
            ):
                cursor.execute(setting)
        yield Postgresql(connection)


def _said(text: str) -> str:
    """Quote a value of a libpq connection string."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _failed(problem: Error) -> ExtractFailed:
    # The first line is PostgreSQL's own sentence; what follows repeats the statement.
    sentence = str(problem).strip().splitlines()[0]
    return ExtractFailed(
        f"PostgreSQL: {sentence}",
        next_step="correct the query or the account, or run the extract again",
        keeps_pages=True,
    )
