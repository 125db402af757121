"""Which days a batch touches, so that a night need not build the others again.

Belongs here: the UTC dates that every row opened or closed reaches.
Does not belong here: business days; the models decide those, one date on either side.
"""

import duckdb

from orchestration.landing.batches import Batch
from orchestration.landing.contract import Contract
from orchestration.landing.expressions import quoted

OPENING = "select incoming_row from compared where verdict in ('new', 'changed', 'conflict')"
# Through which id a row reaches the day of something else: its feed, and that feed's event.
_THROUGH = {
    "contact_id": ("contact_leg", "contact_started_at"),
    "case_id": ("case_record", "created_at"),
}


def record_changed_days(
    connection: duckdb.DuckDBPyConnection, *, batch: Batch, contract: Contract
) -> None:
    """Record the UTC dates that the rows opened or closed reach, themselves and through ids."""
    changed = (
        "(select * exclude (batch_id, known_at, superseded_at) from touched union all by name"
        f" select * from incoming where rowid in ({OPENING}))"
    )
    if not contract.event_at:
        # A slowly changing row reaches every day of its validity.
        connection.execute(
            f"insert into raw.changed_day select distinct ?, ?, valid_from,"
            f" coalesce(valid_to, date '9999-12-31') from {changed} order by all",
            [batch.batch_id, batch.feed],
        )
        return
    dates = [f"select {quoted(name)}::date as changed from {changed}" for name in contract.event_at]
    for identity in contract.reaches_through:
        feed, event = _THROUGH[identity]
        dates.append(
            f"select about.{event}::date from raw.{feed} as about"
            f" semi join {changed} as rows using ({identity})"
        )
    connection.execute(
        f"insert into raw.changed_day select distinct ?, ?, changed, changed"
        f" from ({' union all '.join(dates)}) where changed is not null order by all",
        [batch.batch_id, batch.feed],
    )
