"""Where a person is named below a folder, whatever the files are.

Belongs here: decoding every kind of file we write, and looking for words in it.
Does not belong here: what is done about it (`job`).

The bytes of a DuckDB or Parquet file prove nothing, because strings are compressed in them: every
table is read.
"""

import gzip
import re
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb

from orchestration.landing.erasure.tokens import words_pattern
from orchestration.landing.expressions import quoted, text_literal


def files_with(
    words: Collection[str], root: Path, *, leave_out: Collection[Path] = ()
) -> list[Path]:
    """List the files below `root` that hold one of the words, in their content or their name."""
    if not words:
        return []
    files = [path for path in sorted(root.rglob("*")) if path.is_file()]
    with duckdb.connect() as connection:
        return [
            path
            for path in files
            if not any(path.is_relative_to(folder) for folder in leave_out)
            and _holds(connection, path, words, name=str(path.relative_to(root)))
        ]


def _holds(
    connection: duckdb.DuckDBPyConnection, path: Path, words: Collection[str], *, name: str
) -> bool:
    if re.search(words_pattern(words), name):
        return True
    if path.suffix in {".parquet", ".duckdb"}:
        try:
            return _table_holds(connection, path, words)
        except duckdb.Error:  # no table after all, as a delivery may be: its bytes are all it has
            pass
    return any(pattern.search(content) for content in _contents(path) for pattern in _bytes(words))


def _contents(path: Path) -> Iterator[bytes]:
    """Read what a file says, unpacked where it is packed."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(member) for member in packed.namelist())
        return
    content = path.read_bytes()
    try:
        yield gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError):  # half a gzip file, as it was delivered
        yield content


def _bytes(words: Collection[str]) -> list[re.Pattern[bytes]]:
    patterns = [re.compile(words_pattern(words).encode())]
    return patterns + [re.compile(re.escape(word.encode("utf-16-le"))) for word in words]


def _table_holds(connection: duckdb.DuckDBPyConnection, path: Path, words: Collection[str]) -> bool:
    """Look into every column that holds text, also inside of lists."""
    if path.suffix == ".parquet":
        return _column_holds(connection, f"read_parquet({text_literal(str(path))})", words)
    connection.execute(f"attach {text_literal(str(path))} as looked_into (read_only)")
    try:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where database_name = 'looked_into'"
        ).fetchall()
        return any(
            _column_holds(connection, f"looked_into.{quoted(schema)}.{quoted(table)}", words)
            for schema, table in tables
        )
    finally:
        connection.execute("detach looked_into")


def _column_holds(
    connection: duckdb.DuckDBPyConnection, table: str, words: Collection[str]
) -> bool:
    described = connection.execute(f"describe from {table}").fetchall()
    texts = [f"{quoted(name)}::varchar" for name, kind, *_ in described if "VARCHAR" in kind]
    if not texts:
        return False
    pattern = text_literal(words_pattern(words))
    found = connection.execute(
        f"select true from {table}"
        f" where regexp_matches(concat_ws(chr(31), {', '.join(texts)}), {pattern}) limit 1"
    ).fetchall()
    return bool(found)
