"""Files that leave the centre: parts first, the manifest last, nothing ever rewritten.

Belongs here: formats, folders, manifests.
Does not belong here: which rows a file holds (`feeds/*.sql`).
"""

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.synthetic_centre.engine.extracts import Extract, as_zulu
from orchestration.synthetic_centre.engine.sent_feeds import CSV, GZIPPED, PARQUET, Feed
from orchestration.synthetic_centre.engine.world import SQL, set_variables

MANIFEST = "manifest.json"

OPTIONS = {
    CSV: "format csv, header true",
    GZIPPED: "format csv, header true",
    PARQUET: "format parquet, compression zstd, compression_level 1",
}


@dataclass(kw_only=True)
class Shipment:
    """One extract of one feed while it is being written."""

    feed: Feed
    extract: Extract
    folder: Path
    announced_days: int
    parts: list[dict[str, str | int]] = field(default_factory=list)

    def add_part(
        self, connection: duckdb.DuckDBPyConnection, *, even_if_empty: bool = False
    ) -> None:
        """Write what the feed's query answers now as the next part; no rows, no part."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"part-{len(self.parts):03d}.{self.feed.ending}"
        set_variables(connection, self.moments())
        rows = write_query(connection, self.feed.query, path=path, ending=self.feed.ending)
        if rows == 0 and not even_if_empty:
            path.unlink()
            return
        self.note_part(path, rows=rows)

    def close(self, connection: duckdb.DuckDBPyConnection) -> int:
        """Complete the extract; answer its rows."""
        if not self.parts:
            self.add_part(connection, even_if_empty=True)
        return self.write_manifest()

    def note_part(self, path: Path, *, rows: int) -> None:
        """Remember a file that is written, for the manifest."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.parts.append({"file": path.name, "rows": rows, "sha256": digest})

    def write_manifest(self) -> int:
        """Say what the parts are, and so make the extract one that exists; answer its rows."""
        window = self.extract.window(self.feed.name)
        manifest = {
            "source_system": self.feed.source_system,
            "feed": self.feed.name,
            "contract_version": 1,
            "extract_id": self.extract.extract_id,
            "extracted_at": as_zulu(self.extract.extracted_at),
            "window_start": as_zulu(window[0]) if window else None,
            "window_end": as_zulu(window[1]) if window else None,
            "complete": True,
            "parts": self.parts,
        }
        write_whole(self.folder / MANIFEST, json.dumps(manifest, indent=2) + "\n")
        return sum(int(part["rows"]) for part in self.parts)

    def moments(self) -> dict[str, object]:
        """Say by name which moments the feed's query reads."""
        window = self.extract.window(self.feed.name)
        return {
            "extracted_at": self.extract.extracted_at,
            "previous_at": self.extract.previous_at,
            "contacts_from": self.extract.contacts_from,
            "known_day": self.extract.last_day + self.announced_days,
            "window_start": window[0] if window else None,
            "window_end": window[1] if window else None,
        }


def missing_shipments(
    extracts: Iterable[Extract],
    feeds: tuple[Feed, ...],
    *,
    drop: Path,
    truth: Path,
    begin: Callable[..., Shipment],
) -> list[Shipment]:
    """Begin every extract that has no manifest yet; what a killed run left of it is removed."""
    shipments = []
    for extract in extracts:
        for feed in feeds:
            place = drop / feed.source_system if feed.source_system else truth
            folder = place / feed.name / extract.extract_id
            if (folder / MANIFEST).is_file():
                continue
            shutil.rmtree(folder, ignore_errors=True)
            shipments.append(begin(feed=feed, extract=extract, folder=folder))
    return shipments


def write_query(
    connection: duckdb.DuckDBPyConnection, name: str, *, path: Path, ending: str
) -> int:
    """Write the rows of one SQL file in the order it gives them; answer how many."""
    query = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    return write_rows(connection, query, path=path, ending=ending)


def write_rows(
    connection: duckdb.DuckDBPyConnection, query: str, *, path: Path, ending: str
) -> int:
    """Write the rows of a query in the order it gives them; answer how many."""
    plain = path.with_suffix("") if ending == GZIPPED else path
    written = connection.execute(f"copy (\n{query}\n) to '{plain}' ({OPTIONS[ending]})").fetchone()
    if ending == GZIPPED:
        compress(plain, path)
    return int(written[0]) if written else 0


def compress(plain: Path, path: Path) -> None:
    """Compress a file: with DuckDB's own gzip, which has no level, it takes three times as long."""
    with (
        plain.open("rb") as read,
        path.open("wb") as file,
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=file, mtime=0) as written,
    ):
        shutil.copyfileobj(read, written, 1 << 20)
    plain.unlink()


def write_whole(path: Path, content: str) -> None:
    """Write a small file by rename, so that it is there whole or not at all."""
    draft = path.with_suffix(".tmp")
    draft.write_text(content, encoding="utf-8")
    draft.replace(path)
