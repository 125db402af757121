"""Which dates a night has to build again, because something it is built from has changed.

Belongs here: the table `run.changed_date`, and schema `built`: what the last green build knew.
Does not belong here: the dates that a batch reaches (`landing.changed_days`); which business days
those are (the model `int_day_to_build`).
"""

import duckdb

# What every business day is counted with: another word in one of them, and all are built again.
PREMISES = (
    "run.code",
    "run.feed",
    "run.delivered",
    "run.queue",
    "catalogue.measure",
    "catalogue.attribution_rule",
)
# What is compared row by row, as each row says which dates it reaches.
_COMPARED = ("run.context", "run.kept_apart", "run.stopped_column", "catalogue.measure_parameter")

# Everything that happened since the last green build, as the dates it reaches; a night that was
# killed finds here again what it had begun.
_CHANGED_DATES = """
    with unbuilt as (
        select feed, first_date, last_date from raw.changed_day
        anti join raw.applied_batch using (batch_id)
    ),

    seen_before as (
        select distinct first_date from raw.changed_day
        semi join raw.applied_batch using (batch_id)
    ),

    kept_apart as (
        (from run.kept_apart except all from built.kept_apart)
        union all
        (from built.kept_apart except all from run.kept_apart)
    ),

    parameters as (
        (from catalogue.measure_parameter except from built.measure_parameter)
        union all
        (from built.measure_parameter except from catalogue.measure_parameter)
    ),

    moments as (
        select 'kept_apart' as feed, event_at as moment from kept_apart
        union all
        select 'kept_apart', unnest([contact_started_at, leg_started_at]) from raw.contact_leg
        where contact_id in (select contact_id from kept_apart where contact_id is not null)
            or case_id in (select case_id from kept_apart where case_id is not null)
    )

    select feed, first_date, last_date from unbuilt
    union
    select 'new_date', first_date, first_date from unbuilt
    where first_date = last_date and first_date not in (from seen_before)
    union
    select feed, moment::date, moment::date from moments where moment is not null
    union
    select 'measure_parameter', effective_from_date, effective_to_date from parameters
    union
    -- An open state lasts until `as_of`, and a day ends when every feed has told of its end.
    select 'clock', built.as_of::date, now.as_of::date
    from run.context as now cross join built.context as built where now.as_of > built.as_of
    union
    select 'day_ended', least(now.days_known_until, built.days_known_until)::date,
        greatest(now.days_known_until, built.days_known_until)::date
    from run.context as now cross join built.context as built
    where now.days_known_until <> built.days_known_until
    union
    -- What is watched for some days is known when they are over.
    select parameter, built.as_of::date - ceil(value)::integer,
        now.as_of::date - floor(value)::integer
    from run.context as now cross join built.context as built
    cross join catalogue.measure_parameter
    where parameter like '%_window_days' and now.as_of > built.as_of
"""


def write_changed_dates(connection: duckdb.DuckDBPyConnection) -> None:
    """Write `run.changed_date`: feed, first and last date of what is to be built again.

    Where the last green build says nothing of today, one row reaches every day.
    """
    connection.execute(
        "create or replace table run.changed_date (feed varchar, first_date date, last_date date)"
    )
    if _holds(connection):
        connection.execute(f"insert into run.changed_date {_CHANGED_DATES} order by all")
    else:
        connection.execute(
            "insert into run.changed_date values"
            " ('everything', date '0001-01-01', date '9999-12-31')"
        )


def note_built(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep, after a green build, what it was built from."""
    connection.execute("create schema if not exists built")
    for table in (*PREMISES, *_COMPARED):
        connection.execute(f"create or replace table {_kept(table)} as from {table}")


def _holds(connection: duckdb.DuckDBPyConnection) -> bool:
    """Say whether what was built is counted with what is counted with now."""
    (applied,) = connection.execute("select count(*) from raw.applied_batch").fetchall()[0]
    if not applied or not _has_built(connection):
        return False
    older = "(from {} where batch_id in (from raw.applied_batch))"
    stopped = [older.format(name) for name in ("run.stopped_column", "built.stopped_column")]
    pairs = [*((table, _kept(table)) for table in PREMISES), (stopped[0], stopped[1])]
    is_older = "select count(*) from run.context as now cross join built.context as built"
    is_older += " where now.as_of < built.as_of"
    (looks_back,) = connection.execute(is_older).fetchall()[0]
    return not looks_back and all(_are_equal(connection, now, then) for now, then in pairs)


def _has_built(connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute(
        "select count(*) from duckdb_tables() where schema_name = 'built'"
    ).fetchall()
    return int(found[0][0]) == len(PREMISES) + len(_COMPARED)


def _are_equal(connection: duckdb.DuckDBPyConnection, now: str, then: str) -> bool:
    differing = f"(from {now} except all from {then}) union all (from {then} except all from {now})"
    (rows,) = connection.execute(f"select count(*) from ({differing})").fetchall()[0]
    return int(rows) == 0


def _kept(table: str) -> str:
    return f"built.{table.split('.')[1]}"
