"""Runs the hand-written script on raw batches: `python -m tests.bench.by_hand RAW FILE`.

Belongs here: where the script reads and writes.
Does not belong here: any SQL.
"""

import sys
from pathlib import Path

import duckdb

SCRIPT = Path(__file__).with_suffix(".sql")


def run(raw: Path, written: Path) -> None:
    """Write the three tables of the script to the DuckDB file `written`."""
    with duckdb.connect(str(written)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        connection.execute("set variable raw = ?", [str(raw)])
        connection.execute(SCRIPT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]))
