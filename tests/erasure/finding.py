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
    listed, found = list(tokens), set()
    with duckdb.connect() as connection:
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root)
            if not path.is_file() or {name.parts[0]} & {*leave_out, *found}:
                continue
            in_name = any(token in str(name) for token in listed)
            if in_name or holds(connection, path, listed):
                found.add(name.parts[0])
    return found


def holds(connection: duckdb.DuckDBPyConnection, path: Path, tokens: list[str]) -> bool:
    """Whether a file holds a token; strings in tables are compressed, so tables are decoded."""
    if path.suffix == ".parquet":
        return _table_holds(connection, f"read_parquet('{path}')", tokens)
    if path.suffix == ".duckdb":
        connection.execute(f"attach '{path}' as it (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'it'"
        ).fetchall()
        assert tables, f"{path} holds no table, so reading it proves nothing"
        held = [_table_holds(connection, f'it."{s}"."{t}"', tokens) for s, t in tables]
        connection.execute("detach it")
        return any(held)
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    return any(token.encode() in content for token in tokens)


def _table_holds(connection: duckdb.DuckDBPyConnection, table: str, tokens: list[str]) -> bool:
    described = connection.execute(f"describe from {table}").fetchall()
    texts = [row[0] for row in described if "VARCHAR" in row[1] or "STRUCT" in row[1]]
    conditions = [f"contains(\"{name}\"::varchar, '{token}')" for name in texts for token in tokens]
    found = f"select true from {table} where {' or '.join(conditions)} limit 1"
    return bool(conditions and connection.execute(found).fetchall())
