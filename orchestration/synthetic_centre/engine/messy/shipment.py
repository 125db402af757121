"""An extract of the planted world `messy_feeds`: in its vendor's shape, with mishaps on the way.

Belongs here: which rows a mishap meets, the source's outbox.
Does not belong here: what a mishap sends (`mishaps.sql`), the file (`vendor_file`).
"""

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.synthetic_centre.engine.drop import Shipment, write_rows
from orchestration.synthetic_centre.engine.messy.declared import MessyFeed, read_messy_feeds
from orchestration.synthetic_centre.engine.messy.vendor_file import write_vendor_file
from orchestration.synthetic_centre.engine.sent_feeds import PARQUET
from orchestration.synthetic_centre.engine.world import SQL, run, set_variables

_OUTBOX = (
    "extract_id varchar, extracted_at timestamp, window_start timestamp, window_end timestamp,"
    " row_key varchar, event_at timestamp, mishap varchar, begun_at timestamp, due_at timestamp,"
    " phase varchar, version varchar, fate varchar, content json, reasons varchar[], place bigint"
)


@dataclass(kw_only=True)
class MessyShipment(Shipment):
    """One extract of one feed; `outbox` keeps what each source held and sent, feed by feed.

    Which rows a mishap meets is drawn over the whole extract, so its rows are collected first.
    """

    outbox: Path

    def add_part(
        self, connection: duckdb.DuckDBPyConnection, *, even_if_empty: bool = False
    ) -> None:
        """Collect what the feed's query answers now."""
        set_variables(connection, self.moments())
        query = (SQL / f"{self.feed.query}.sql").read_text(encoding="utf-8")
        rows = f"select columns(*)::varchar from (\n{query}\n)"
        connection.execute(f"create table if not exists {self._collected} as {rows} limit 0")
        connection.execute(f"insert into {self._collected} {rows}")

    def close(self, connection: duckdb.DuckDBPyConnection) -> int:
        """Let the mishaps happen, keep the outbox, write the file and its manifest."""
        messy = read_messy_feeds()[1][self.feed.name]
        told = {
            "extract_id": self.extract.extract_id,
            "is_snapshot": messy.is_snapshot,
            "wrong": json.dumps(messy.wrong),
        }
        set_variables(connection, self.moments() | told)
        run(connection, "messy/macros")
        open_outbox(connection, self.outbox / self.feed.name, before=self.extract.extracted_at)
        columns = self._hold(connection, messy)
        _declare_mishaps(connection, messy)
        _strike(connection, messy, feed=self.feed.name)
        run(connection, "messy/mishaps")
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"part-000.{messy.ending}"
        rows = write_vendor_file(
            connection, path, feed=self.feed.name, messy=messy, columns=columns
        )
        self.note_part(path, rows=rows)
        book = self.outbox / self.feed.name / f"{self.extract.extract_id}.parquet"
        book.parent.mkdir(parents=True, exist_ok=True)
        write_rows(connection, "from leaving order by place", path=book, ending=PARQUET)
        return self.write_manifest()

    @property
    def _collected(self) -> str:
        return f'"{self.feed.name} {self.extract.extract_id}"'

    def _hold(self, connection: duckdb.DuckDBPyConnection, messy: MessyFeed) -> list[str]:
        """Make `held` of what was collected, one row per key; answer the feed's columns."""
        described = connection.execute(f"describe {self._collected}").fetchall()
        columns = [str(row[0]) for row in described]
        more = ", 'false' as is_deleted" if messy.can_withdraw else ""
        event = f"{messy.event}::timestamp" if messy.event else "null::timestamp"
        connection.execute(
            f"create or replace temp table held as select concat_ws('|', {', '.join(messy.key)})"
            f" as row_key, {event} as event_at, to_json(content) as content"
            f" from (select *{more} from {self._collected}) as content"
        )
        connection.execute(f"drop table {self._collected}")
        return [*columns, "is_deleted"] if messy.can_withdraw else columns


def open_outbox(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, before: object = None
) -> None:
    """Make `outbox` of the extracts of a feed that were sent before a moment, or of all."""
    connection.execute(f"create or replace temp table outbox ({_OUTBOX})")
    if any(folder.glob("*.parquet")):
        connection.execute(
            f"insert into outbox by name from read_parquet('{folder}/*.parquet')"
            " where ? is null or extracted_at < ?",
            [before, before],
        )


def _declare_mishaps(connection: duckdb.DuckDBPyConnection, messy: MessyFeed) -> None:
    """Make `mishap_send` and `mishap_reason` of what is declared."""
    sends = [
        {"mishap": name, "phase": phase, "version": version, "fate": fate}
        for name, mishap in read_messy_feeds()[0].items()
        for phase in ("begins", "comes", "after")
        for version, fate in getattr(mishap, phase)
    ]
    reasons = [{"mishap": "conflicting", "reasons": ["key:conflict"]}]
    reasons += [{"mishap": n, "reasons": how.reasons} for n, how in messy.malformed.items()]
    for table, rows, kind in (
        ("mishap_send", sends, "mishap varchar, phase varchar, version varchar, fate varchar"),
        ("mishap_reason", reasons, "mishap varchar, reasons varchar[]"),
    ):
        connection.execute(
            f"create or replace temp table {table} as"
            f" select unnest(?::struct({kind})[], max_depth := 2)",
            [rows],
        )


def _strike(connection: duckdb.DuckDBPyConnection, messy: MessyFeed, *, feed: str) -> None:
    """Draw into `struck` the rows of `held` that a mishap meets now; a key meets one at most."""
    mishaps, _ = read_messy_feeds()
    connection.execute(
        "create or replace temp table struck (row_key varchar, mishap varchar, due_at timestamp)"
    )
    (rows,) = connection.execute("select count(*) from held").fetchall()[0]
    for name, share in messy.every_share.items():
        due_after = mishaps[name].due_after
        connection.execute(
            "insert into struck select row_key, ?, getvariable('extracted_at') + to_days(?)"
            f" from held where {_may_meet(name, messy)}"
            " and row_key not in (select row_key from struck)"
            " and row_key not in (select row_key from outbox where fate = 'held')"
            " order by digest_of(?, row_key), row_key limit ?",
            [name, due_after, f"{name}|{feed}", int(share * rows)],
        )


def _may_meet(mishap: str, messy: MessyFeed) -> str:
    """Write the condition for the rows of `held` that a mishap may meet."""
    age = f"event_at >= getvariable('extracted_at') - to_days({messy.young_days})"
    if mishap == "late_beyond_window":
        age = f"event_at < getvariable('extracted_at') - to_days({messy.window_days})"
    if not messy.is_snapshot or mishap == "late":
        # What was seen before is not late; of a change feed it would be believed all the same.
        age += " and row_key not in (select row_key from outbox where fate = 'accepted')"
    malformed = messy.malformed.get(mishap)
    return f"{age} and {malformed.among}" if malformed else age
