"""What the scripts in pandas and in polars are asked for: keys, columns, numbers, one file.

Belongs here: what both have to agree on with the night, and how their tables are written.
Does not belong here: how to count anything. Each script does that in its own library's way.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

DAY_KEY = ["agent_id", "activity_date"]
QUEUE_KEY = [*DAY_KEY, "channel", "queue_family"]
PERIOD_KEY = ["agent_id", "period_id"]
PLACE = ["team_id", "supervisor_agent_id", "site_id", "job_role", "is_scorecard_eligible"]

SHORT_CONTACT_LIMIT_SECONDS = 10
REPEAT_WINDOW = timedelta(days=7)
REOPEN_WINDOW = timedelta(days=7)
SHIFT_MARGIN = timedelta(minutes=120)
FULL_SCORE_POINTS = 100
SATISFIED_SHARE_OF_SCALE = 0.75

PARTS = ["talk_seconds", "hold_seconds", "acw_seconds"]
SECONDS = [*PARTS, "handle_seconds"]
POINTS = ["qa_points_earned", "qa_points_possible"]
NO_WORK = ["time_off", "unavailable", "unscheduled"]
LOGGED_IN = ["on_queue", "off_queue_work", "break", "meal", "meeting", "coaching", "training",
             "unavailable"]  # fmt: skip
# numerator, denominator, sample
METRICS = {
    "adherence": (
        "eligible_in_adherence_seconds", "eligible_scheduled_seconds", "scheduled_shifts",
    ),
    "conformance": ("eligible_worked_seconds", "eligible_scheduled_seconds", "scheduled_shifts"),
    "average_handle_time": ("handle_seconds", "timed_contacts", "timed_contacts"),
    "after_call_work": ("acw_seconds", "acw_timed_contacts", "acw_timed_contacts"),
    "transfer_rate": (
        "transferred_out_contacts", "transfer_known_contacts", "transfer_known_contacts",
    ),
    "resolution_rate": (
        "resolved_contacts", "resolution_eligible_contacts", "resolution_eligible_contacts",
    ),
    "repeat_contact_rate": (
        "repeat_contacts", "repeat_eligible_contacts", "repeat_eligible_contacts",
    ),
    "first_contact_resolution": (
        "fcr_resolved_contacts", "fcr_eligible_contacts", "fcr_eligible_contacts",
    ),
    "qa_score": ("qa_points_earned", "qa_points_possible", "evaluations"),
    "csat": (
        "csat_satisfied_responses", "csat_eligible_responses", "csat_eligible_responses",
    ),
}  # fmt: skip


def write(tables: Mapping[str, Any], file: Path, *, parts_of_a_point: int = 1) -> None:
    """Write frames of either library to a DuckDB file, points as points again."""
    points = ", ".join(
        f"({name} / {parts_of_a_point})::decimal(18, 4) as {name}" for name in POINTS
    )
    with duckdb.connect(str(file)) as connection:
        for name, rows in tables.items():
            connection.register("rows_of_table", rows)
            replaced = f" replace ({points})" if POINTS[0] in rows.columns else ""
            connection.execute(f"create table {name} as select *{replaced} from rows_of_table")
