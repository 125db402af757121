"""One page of an extract, as a source answered it.

Belongs here: what a page is, and writing its rows as one part.
Does not belong here: asking for it, and when a part may be loaded (`partial`).
"""

import gzip
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet

Rows: TypeAlias = pa.Table | list[str]


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some rows, all their stamps (UTC), and the place where the next page begins.

    `rows` is a table of text columns, or one JSON record each. `next_place` is null on the last
    page, and on pages from which an interrupted extract may not go on.
    """

    rows: Rows
    stamps: tuple[datetime, ...] = ()
    next_place: str | None = None


def write_part(rows: Rows, folder: Path, number: int) -> tuple[Path, int]:
    """Write one part; answer its file and how many rows it holds."""
    if isinstance(rows, pa.Table):
        path = folder / f"part-{number:03}.parquet"
        parquet.write_table(rows, path, compression="zstd")
        return path, rows.num_rows
    path = folder / f"part-{number:03}.jsonl.gz"
    # No time in the header: the same rows are the same bytes.
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed:
        for line in rows:
            packed.write(line.encode() + b"\n")
    return path, len(rows)
