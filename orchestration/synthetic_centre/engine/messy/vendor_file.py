"""The file a vendor would send of the rows that leave: its columns, its format, its broken lines.

Belongs here: formats, and writing what spoilt rows say.
Does not belong here: a vendor's columns (`shapes/*.sql`), which rows are spoilt (`shipment`).
"""

from pathlib import Path

import duckdb

from orchestration.synthetic_centre.engine.drop import compress
from orchestration.synthetic_centre.engine.messy.declared import MessyFeed
from orchestration.synthetic_centre.engine.sent_feeds import GZIPPED
from orchestration.synthetic_centre.engine.world import SQL

SHAPES = SQL / "messy" / "shapes"
JSON_LINES = "jsonl"


def write_vendor_file(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    feed: str,
    messy: MessyFeed,
    columns: list[str],
) -> int:
    """Write what `leaving` sends as one file; broken lines come last. Answers its rows."""
    listed = ", ".join(f"content ->> '{name}' as {name}" for name in columns)
    connection.execute(
        f"create or replace temp view outgoing as select place, {listed} from leaving"
        " where fate <> 'held'"
    )
    plain = path.with_suffix("") if messy.ending == GZIPPED else path
    rows = _copy(connection, plain, feed=feed, messy=messy, is_broken=False)
    broken = path.with_suffix(".broken")
    rows += _copy(connection, broken, feed=feed, messy=messy, is_broken=True)
    how = messy.malformed.get("broken_line")
    if how:
        with plain.open("a", encoding="utf-8") as file:
            file.writelines(
                f"{how.spoil(line)}\n" for line in broken.read_text(encoding="utf-8").splitlines()
            )
    broken.unlink()
    if plain != path:
        compress(plain, path)
    return rows


def _copy(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    feed: str,
    messy: MessyFeed,
    is_broken: bool,
) -> int:
    shape = SHAPES / f"{feed}.sql"
    shaped = shape.read_text(encoding="utf-8") if shape.is_file() else "from outgoing"
    options = f"format csv, header {not is_broken}, delimiter '{messy.delimiter}'"
    if messy.ending == JSON_LINES:
        options = "format json"
    wanted = "=" if is_broken else "is distinct from"
    written = connection.execute(
        f"copy (select shaped.* exclude (place) {_spoilt(messy)} from ({shaped}) as shaped"
        " inner join (select place, case when fate = 'quarantined' then mishap end as mishap"
        " from leaving) as fated on shaped.place = fated.place"
        f" where fated.mishap {wanted} 'broken_line' order by shaped.place)"
        f" to '{path}' ({options})"
    ).fetchone()
    return int(written[0]) if written else 0


def _spoilt(messy: MessyFeed) -> str:
    """Write what the vendor's columns hold instead in the rows of each mishap."""
    whens: dict[str, list[str]] = {}
    for mishap, how in messy.malformed.items():
        for column, text in how.says.items():
            said = "null" if text is None else f"'{text}'"
            whens.setdefault(column, []).append(f"when fated.mishap = '{mishap}' then {said}")
    replaced = [
        f'case {" ".join(cases)} else "{column}"::varchar end as "{column}"'
        for column, cases in whens.items()
    ]
    return f"replace ({', '.join(replaced)})" if replaced else ""
