"""The declarations as tables: what the warehouse reads from schema `catalogue`.

Belongs here: which columns each table has, and putting the rows into them.
Does not belong here: how a row is made (`rows`), and writing tables, which is orchestration's.
"""

from dataclasses import dataclass
from pathlib import Path

from metrics.engine import rows
from metrics.engine.load import load_catalogue

_INTERVAL = {"effective_from_date": "DATE", "effective_to_date": "DATE"}
_SHARE = "DECIMAL(18,6)"

_COLUMNS = {
    "metric": dict.fromkeys(
        [
            "metric",
            "label",
            "asks",
            "owner",
            "perspective",
            "lens",
            "evidence_class",
            "unit",
            "better",
        ],
        "VARCHAR",
    ),
    "metric_version": {"metric": "VARCHAR", "version": "INTEGER", **_INTERVAL},
    "metric_term": {
        "metric": "VARCHAR",
        "version": "INTEGER",
        "side": "VARCHAR",
        "measure": "VARCHAR",
        "coefficient": "INTEGER",
    },
    "metric_comparison": {"metric": "VARCHAR", "dimension": "VARCHAR"},
    "measure": dict.fromkeys(["measure", "fact", "unit", "label", "feed"], "VARCHAR"),
    "measure_refinement": {"measure": "VARCHAR", "feed": "VARCHAR"},
    "measure_parameter": {"parameter": "VARCHAR", **_INTERVAL, "value": _SHARE},
    "metric_target": {
        "metric": "VARCHAR",
        "job_role": "VARCHAR",
        **_INTERVAL,
        **dict.fromkeys(rows.TARGET_LIMITS, _SHARE),
    },
    "scorecard": {
        "scorecard": "VARCHAR",
        "period_kind": "VARCHAR",
        **_INTERVAL,
        "minimum_category_share": _SHARE,
        "minimum_composite_share": _SHARE,
    },
    "scorecard_weight": {
        "scorecard": "VARCHAR",
        **_INTERVAL,
        "perspective": "VARCHAR",
        "perspective_share": _SHARE,
        "metric": "VARCHAR",
        "metric_share": _SHARE,
    },
    "attribution_rule": {
        "event_kind": "VARCHAR",
        "version": "INTEGER",
        **_INTERVAL,
        "rule": "VARCHAR",
        "says": "VARCHAR",
    },
    "tenure_band": {
        "tenure_band": "VARCHAR",
        **_INTERVAL,
        "counted_from": "VARCHAR",
        "from_days": "INTEGER",
        "to_days": "INTEGER",
    },
    "declared_period": {
        "period_kind": "VARCHAR",
        "period_id": "VARCHAR",
        "first_date": "DATE",
        "end_date": "DATE",
    },
}


@dataclass(frozen=True)
class Table:
    """A table to be written: its columns with their DuckDB types, and its rows."""

    name: str
    columns: dict[str, str]
    rows: list[rows.Row]


def catalogue_tables(metrics_folder: Path) -> list[Table]:
    """Read and check every declaration, and return the tables the models join to."""
    catalogue = load_catalogue(metrics_folder)
    made = rows.rows_by_table(catalogue)
    return [Table(name, columns, made[name]) for name, columns in _COLUMNS.items()]
