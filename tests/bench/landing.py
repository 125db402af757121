"""What a million contacts cost from their CSV to a raw batch, beside readers that check nothing.

Belongs here: the file, the three ways, the page `docs/landing_performance.md`.
Does not belong here: the whole night (`tests.bench`). Run it with `python -m tests.bench.landing`.
"""

import argparse
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from orchestration.landing.contract import Contract, load_contracts
from orchestration.landing.delivery import find_deliveries
from orchestration.landing.land import land
from orchestration.landing.source_set import FeedMapping, SourceSet
from tests.bench.measuring import Cost, measure

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = CHECKOUT / "docs" / "landing_performance.md"
FEED, FILE = "contact_leg", "contacts.csv"
ROWS = 1_000_000
WAYS = {
    "by_contract": "The contract check, to a raw batch",
    "by_duckdb": "DuckDB `read_csv` with types, to Parquet",
    "by_pandas": "pandas `read_csv` with dtypes, to Parquet",
}
PANDAS = {"string": "string", "integer": "Int64", "decimal": "Float64", "boolean": "boolean"}
CONTACTS = """
copy (
    select
        'contact-' || i as contact_id, 'leg-' || i % 3 as leg_id,
        case when i % 10 = 0 then 'contact-' || (i - 1) end as root_contact_id,
        null::varchar as previous_contact_id, 'agent-' || i % 500 as agent_external_id,
        ['voice', 'chat', 'email'][1 + i % 3] as channel, 'inbound' as direction,
        'queue-' || i % 20 as queue_id, md5((i % 200000)::varchar) as customer_key,
        'phone' as customer_key_type, 'reason-' || i % 15 as contact_reason,
        case when i % 4 = 0 then 'case-' || i end as case_id, moment(i, 0) as contact_started_at,
        moment(i, 20) as leg_started_at, moment(i, 320) as leg_ended_at,
        moment(i, 320) as contact_ended_at, i % 120 as queue_seconds, i % 15 as alert_seconds,
        200 + i % 300 as talk_seconds, i % 40 as hold_seconds, i % 90 as acw_seconds,
        true as was_handled, false as was_abandoned, false as was_transferred_out,
        'none' as transfer_type, 'customer' as disconnected_by, 'wrap-' || i % 30 as wrap_up_code,
        1 + i % 3 as concurrent_max, 'en' as language, moment(i, 900) as source_updated_at,
        false as is_deleted
    from range({rows}) as contacts (i)
) to '{path}' (header true)
"""
MOMENT = (
    "create macro moment(i, later) as strftime("
    "timestamp '2026-01-01' + to_seconds(i * 7 + later), '%Y-%m-%dT%H:%M:%SZ')"
)


def by_contract(folder: Path, contract: Contract) -> None:
    """Land the file as a night does."""
    mapping = FeedMapping(source_system="bench", files=FILE)
    site = SourceSet(source_set="bench", label="Bench", folder=folder, feeds={FEED: mapping})
    (delivery,) = find_deliveries(site)
    batch = land(
        delivery,
        mapping=mapping,
        contract=contract,
        home=folder / "home",
        received_at=datetime(2027, 1, 1),
    )
    print(batch.accounting.accepted)  # noqa: T201 - the bench is a command


def by_duckdb(folder: Path, contract: Contract) -> None:
    """Let DuckDB's reader cast, by position, and write what it makes of it."""
    types = {name: column.sql_type for name, column in contract.columns.items()}
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(
            f"copy (from read_csv('{folder / FILE}', columns={types}, header=true,"
            f" auto_detect=false)) to '{folder / 'duckdb.parquet'}' (compression zstd)"
        )


def by_pandas(folder: Path, contract: Contract) -> None:
    """Let pandas cast, and write what it makes of it."""
    import pandas as pd

    moments = [name for name, column in contract.columns.items() if column.type == "timestamp"]
    dtypes = {
        name: PANDAS[column.type] for name, column in contract.columns.items()
        if name not in moments
    }  # fmt: skip
    contacts = pd.read_csv(
        folder / FILE, dtype=dtypes, parse_dates=moments, keep_default_na=False, na_values=[""]
    )
    contacts.to_parquet(folder / "pandas.parquet", compression="zstd")


def main() -> int:
    """Measure every way in a process of its own; write the page at full size."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.landing", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--way", choices=sorted(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        ways = {"by_contract": by_contract, "by_duckdb": by_duckdb, "by_pandas": by_pandas}
        ways[options.way](options.folder, load_contracts()[FEED])
        return 0
    with TemporaryDirectory() as name:
        folder = Path(name)
        with duckdb.connect() as connection:
            connection.execute(MOMENT)
            connection.execute(CONTACTS.format(rows=options.rows, path=folder / FILE))
        costs = {way: _measured(way, folder) for way in WAYS}
        page = _page(costs, rows=options.rows, size=(folder / FILE).stat().st_size)
    if options.rows == ROWS:
        PAGE.write_text(page, encoding="utf-8")
    print(page)  # noqa: T201
    return 0


def _measured(way: str, folder: Path) -> Cost:
    command = [sys.executable, "-m", "tests.bench.landing", "--way", way, "--folder", str(folder)]
    return measure(command, environment={}, log=folder / f"{way}.log")


def _page(costs: dict[str, Cost], *, rows: int, size: int) -> str:
    base = costs["by_duckdb"]
    lines = [
        f"| {label} | {costs[way].cpu_seconds:.1f} | {costs[way].wall_seconds:.1f}"
        f" | {costs[way].peak_bytes / 2**20:,.0f} | {costs[way].cpu_seconds / base.cpu_seconds:.1f}"
        f" | {costs[way].peak_bytes / base.peak_bytes:.1f} |"
        for way, label in WAYS.items()
    ]
    return "\n".join(
        [
            "# What landing costs",
            "",
            f"{rows:,} contacts of 29 columns, a CSV of {size / 1e6:,.0f} MB, on two shared cores:"
            " every way in a process of its own, imports included, all in one run of",
            "`python -m tests.bench.landing`, which writes this page. The machine's speed varies by"
            " half from minute to minute; the ratios are what to compare.",
            "",
            "| way | CPU s | wall s | peak memory MiB | CPU, times DuckDB | memory, times DuckDB |",
            "|---|---:|---:|---:|---:|---:|",
            *lines,
            "",
            "The first way counts the records a second time, holds every value to its form, range"
            " and rules, finds repeated keys, digests every row, keeps a copy of what arrived and",
            "two SHA-256 of it. It uses one thread, so that a delivery makes the same bytes on any"
            " machine, and the second way two. The other",
            "two accept `1.5` as 2, `0x1F` as 31 or a time without a zone, or stop at the first odd"
            " value.",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
