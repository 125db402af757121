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
_LEG = "select unnest([contact_started_at, leg_started_at]) as moment from raw.contact_leg"
_THROUGH = {
    "contact_id": _LEG + " semi join {rows} as changed_row using (contact_id)",
    "case_id": "select unnest([created_at, resolved_at, closed_at]) as moment from raw.case_record"
    " semi join {rows} as changed_row using (case_id)"
    # A contact says whether its case was resolved, so a case reaches the days of its contacts.
    f" union all {_LEG} semi join {{rows}} as changed_row using (case_id)"
    " union all select occurred_at as moment from raw.case_event"
    " semi join {rows} as changed_row using (case_id)",
    # What belongs to an evaluation counts on the day of the contact it is about.
    "evaluation_id": _LEG + " semi join (select contact_id from raw.qa_evaluation"
    " semi join {rows} as changed_row using (evaluation_id)) as evaluation using (contact_id)",
}


def record_changed_days(
    connection: duckdb.DuckDBPyConnection, *, batch: Batch, contract: Contract
) -> None:
    """Record the UTC dates that the rows opened or closed reach, themselves and through ids."""
    opened = f"select * from incoming where rowid in ({OPENING})"
    closed = "select * exclude (batch_id, known_at, superseded_at) from touched"
    reached = (
        _moments(contract, f"({closed} union all by name {opened})")
        if contract.event_at or contract.reaches_through
        else _periods(contract, opened=f"({opened})", closed=f"({closed})")
    )
    connection.execute(
        f"insert into raw.changed_day select distinct ?, ?, first_date, last_date"
        f" from ({reached}) where first_date <= last_date order by all",
        [batch.batch_id, batch.feed],
    )


def _moments(contract: Contract, changed: str) -> str:
    """Select the date of each moment that the changed rows hold, or reach through an id."""
    moments = [f"select {quoted(name)} as moment from {changed}" for name in contract.event_at]
    moments += [_THROUGH[identity].format(rows=changed) for identity in contract.reaches_through]
    return (
        "select moment::date as first_date, moment::date as last_date"
        f" from ({' union all '.join(moments)})"
    )


def _periods(contract: Contract, *, opened: str, closed: str) -> str:
    """Select the first and last date of what the changed rows say otherwise.

    A row without a moment of its own reaches every day on which it is in force; of one that only
    ends sooner or later than before, the days between the two ends.
    """
    start, end = contract.lasts or (None, None)
    since = f"coalesce({start}::date, date '0001-01-01')" if start else "date '0001-01-01'"
    until = f"coalesce({end}::date, date '9999-12-31')" if end else "date '9999-12-31'"
    if not end:
        either = f"(from {closed} union all by name from {opened})"
        return f"select {since} as first_date, {until} as last_date from {either}"
    on_key = " and ".join(f"before.{n} is not distinct from after.{n}" for n in contract.key)
    tell_the_end = {end, contract.stamp, *contract.tells_its_end}
    says = ", ".join(quoted(name) for name in contract.columns if name not in tell_the_end)
    periods = f"select {{}}, {since} as since, {until} as until, row({says}) as says from {{}}"
    key = ", ".join(contract.key)
    return (
        "select case when before.says = after.says then least(before.until, after.until) + 1"
        " else least(before.since, after.since) end as first_date,"
        " greatest(before.until, after.until) as last_date"
        f" from ({periods.format(key, closed)}) as before"
        f" full outer join ({periods.format(key, opened)}) as after on {on_key}"
    )
