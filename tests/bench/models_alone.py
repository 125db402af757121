"""Builds the models alone, from raw to KPIs: `python -m tests.bench.models_alone WAREHOUSE FILE`.

Belongs here: what they cost without imports, parsing, their tests and the loading of raw; written
to FILE. Does not belong here: the night (`night_steps`). It builds in place: give it a copy.
"""

import json
import resource
import sys
import time
from dataclasses import asdict
from pathlib import Path

import dbt.adapters.duckdb
import dbt.cli.main  # noqa: F401 - imported before the clock starts
import duckdb

from orchestration.night.home import Home
from orchestration.night.models import ModelsNotBuilt, ensure_parsed, run_dbt
from tests.bench.measuring import Cost

EVERY_DAY = (
    "create or replace table run.changed_date as"
    " select 'everything' as feed, date '0001-01-01' as first_date, date '9999-12-31' as last_date"
)


def build(warehouse: Path) -> Cost:
    """Build every day of every model up to the KPIs; raises ModelsNotBuilt."""
    home = Home.from_environment()
    home.prepare()
    ensure_parsed(home)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(EVERY_DAY)
    cpu, clock = time.process_time(), time.perf_counter()
    results = run_dbt(
        home, ["run", "--no-write-json", "--select", "+path:models/kpis"], warehouse=warehouse
    )
    cost = Cost(
        wall_seconds=time.perf_counter() - clock,
        cpu_seconds=time.process_time() - cpu,
        peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )
    broken = [f"{result.name}: {result.message}" for result in results if not result.is_good]
    if broken or not results:
        raise ModelsNotBuilt("\n".join(broken) or "dbt built nothing")
    return cost


if __name__ == "__main__":
    cost = build(Path(sys.argv[1]))
    Path(sys.argv[2]).write_text(json.dumps(asdict(cost)), encoding="utf-8")
