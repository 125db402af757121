"""Where a token stands below a folder: the search that proves an erasure, written apart from it.

Belongs here: reading every string of every table, and the bytes of every other file.
Does not belong here: the erasure's own search, which must not be what judges it.
"""

import gzip
from collections.abc import Iterable
from pathlib import Path

import duckdb


def places(root: Path, tokens: Iterable[str], *, leave_out: Iterable[str] = ()) -> set[str]:
    """Answer the first folder (or the name) of every file below `root` that holds a token."""
    found = set()
    for path in sorted(root.rglob("*")):
        where = path.relative_to(root)
        if path.is_file() and where.parts[0] not in leave_out and holds(path, list(tokens)):
            found.add(where.parts[0])
    return found


def holds(path: Path, tokens: list[str]) -> bool:
    """Whether a file holds a token; strings in tables are compressed, so tables are decoded."""
    if any(token in str(path) for token in tokens):
        return True
    with duckdb.connect() as connection:
        if path.suffix == ".parquet":
            return _table_holds(connection, f"read_parquet('{path}')", tokens)
        if path.suffix == ".duckdb":
            connection.execute(f"attach '{path}' as it (read_only)")
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'it'"
            ).fetchall()
            assert tables, f"{path} holds no table, so reading it proves nothing"
            return any(
                _table_holds(connection, f'it."{schema}"."{table}"', tokens)
                for schema, table in tables
            )
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    return any(token.encode() in content for token in tokens)


def _table_holds(connection: duckdb.DuckDBPyConnection, table: str, tokens: list[str]) -> bool:
    described = connection.execute(f"describe from {table}").fetchall()
    texts = [row[0] for row in described if "VARCHAR" in row[1] or "STRUCT" in row[1]]
    return any(
        connection.execute(
            f'select true from (select distinct "{name}"::varchar as said from {table})'
            " where len(list_filter(?, lambda token: contains(said, token))) > 0 limit 1",
            [tokens],
        ).fetchall()
        for name in texts
    )
