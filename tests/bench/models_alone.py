"""Builds the models alone, from raw to KPIs: `python -m tests.bench.models_alone WAREHOUSE FILE`.

Belongs here: what they cost without imports, parsing, their tests and the loading of raw; written
to FILE. Does not belong here: the night (`night_steps`). It builds in place: give it a copy.
"""

import json
import os
import resource
import sys
import time
from dataclasses import asdict
from pathlib import Path

import duckdb
from dbt.cli.main import dbtRunner

from orchestration.night.home import DBT_PROJECT, Home
from orchestration.night.models import ensure_parsed, parsed_manifest
from tests.bench.measuring import Cost

EVERY_DAY = (
    "create or replace table run.changed_date as"
    " select 'everything' as feed, date '0001-01-01' as first_date, date '9999-12-31' as last_date"
)


class ModelsNotBuilt(Exception):  # noqa: N818 - it is what happened, and reads so in a message
    """dbt did not build every model; the text is what it said."""


def build(warehouse: Path) -> Cost:
    """Build every day of every model up to the KPIs; raises ModelsNotBuilt."""
    home = Home.from_environment()
    home.prepare()
    ensure_parsed(home)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(EVERY_DAY)
    os.environ["EVENHAND_WAREHOUSE"] = str(warehouse)
    runner = dbtRunner(manifest=parsed_manifest(home))
    arguments = ["run", "--no-write-json", "--select", "+path:models/kpis", "--log-level", "none"]
    folders = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    cpu, clock = time.process_time(), time.perf_counter()
    outcome = runner.invoke([*arguments, *folders])
    cost = Cost(
        wall_seconds=time.perf_counter() - clock,
        cpu_seconds=time.process_time() - cpu,
        peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )
    if not outcome.success:
        said = [str(result.message) for result in getattr(outcome.result, "results", [])]
        raise ModelsNotBuilt("\n".join([str(outcome.exception), *said]))
    return cost


if __name__ == "__main__":
    cost = build(Path(sys.argv[1]))
    Path(sys.argv[2]).write_text(json.dumps(asdict(cost)), encoding="utf-8")
