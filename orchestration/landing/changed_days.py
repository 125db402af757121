"""Which days a batch touches, so that a night need not build the others again.

Belongs here: the UTC dates that every row opened or closed reaches.
Does not belong here: business days; the models decide those, one date on either side.
"""

import duckdb

from orchestration.landing.batches import Batch
from orchestration.landing.contract import Contract
from orchestration.landing.expressions import quoted

OPENING = "select incoming_row from compared where verdict in ('new', 'changed', 'conflict')"
# Through which id a row reaches the day of something else: the moments of what carries that id.
_THROUGH = {
    "contact_id": "select contact_started_at as moment from raw.contact_leg"
    " semi join {rows} as changed_row using (contact_id)",
    "case_id": "select created_at as moment from raw.case_record"
    " semi join {rows} as changed_row using (case_id)",
    # What belongs to an evaluation counts on the day of the contact it is about.
    "evaluation_id": "select contact_started_at as moment from raw.contact_leg semi join"
    " (select contact_id from raw.qa_evaluation semi join {rows} as changed_row"
    " using (evaluation_id)) as evaluation using (contact_id)",
}


def record_changed_days(
    connection: duckdb.DuckDBPyConnection, *, batch: Batch, contract: Contract
) -> None:
    """Record the UTC dates that the rows opened or closed reach, themselves and through ids."""
    changed = (
        "(select * exclude (batch_id, known_at, superseded_at) from touched union all by name"
        f" select * from incoming where rowid in ({OPENING}))"
    )
    connection.execute(
        f"insert into raw.changed_day select distinct ?, ?, first_date, last_date"
        f" from ({_reached(contract, changed)}) where first_date is not null order by all",
        [batch.batch_id, batch.feed],
    )


def _reached(contract: Contract, changed: str) -> str:
    """Select the first and last date of what the changed rows reach."""
    moments = [f"select {quoted(name)} as moment from {changed}" for name in contract.event_at]
    moments += [_THROUGH[identity].format(rows=changed) for identity in contract.reaches_through]
    if moments:
        return (
            "select moment::date as first_date, moment::date as last_date"
            f" from ({' union all '.join(moments)})"
        )
    # A row without a moment of its own reaches every day on which it is in force.
    start, end = contract.lasts or ("null", "null")
    since = f"coalesce({start}::date, date '0001-01-01')"
    until = f"coalesce({end}::date, date '9999-12-31')"
    return f"select {since} as first_date, {until} as last_date from {changed}"
