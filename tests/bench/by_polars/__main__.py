"""Builds the tables with polars: `python -m tests.bench.by_polars RAW FILE`.

Belongs here: the order of the steps, and which of them are kept in memory.
Does not belong here: the steps.
"""

import sys
from pathlib import Path

import polars as pl

from tests.bench.by_polars import activities, contacts, days, excuses, judgements, kpis
from tests.bench.by_polars.feeds import Raw
from tests.bench.by_polars.people import People
from tests.bench.wanted import DAY_KEY, QUEUE_KEY, write


def build(raw_folder: Path) -> dict[str, pl.DataFrame]:
    """Answer the three tables by name."""
    raw = Raw(raw_folder)
    people = People(raw)
    types = days.read_activity_types(raw)
    planned = _kept(days.read_planned(raw, people, types))
    shifts = _kept(days.shifts_of(planned))
    lived = (raw.first_moment("contact_leg", "contact_started_at"), raw.as_of)
    calendar = _kept(days.calendar_of(shifts, people, lived=lived))
    actual = activities.read_actual(raw, people, types)
    left_out = excuses.read_left_out(raw, people)
    time = _kept(activities.time_of_day(planned, actual, left_out, calendar=calendar))
    del planned
    legs = _kept(contacts.read_contacts(raw, people, calendar=calendar))
    cases = _kept(contacts.read_cases(raw, people))
    of_contacts = _kept(contacts.contacts_of_day(legs, cases, raw=raw))
    known = {"contacts": legs, "calendar": calendar}
    queues = [
        of_contacts,
        contacts.cases_of_day(legs, cases, people, calendar=calendar, raw=raw),
        judgements.evaluations_of_day(raw, people, **known),
        judgements.surveys_of_day(raw, people, **known),
    ]
    agent_day_queues = _kept(kpis.placed(kpis.joined(queues, key=QUEUE_KEY), people, raw=raw))
    agents = [
        activities.shifts_of_day(shifts, calendar=calendar),
        time,
        of_contacts.select(DAY_KEY).unique(),
        activities.lesson_days(raw, people, calendar=calendar),
    ]
    agent_days = _kept(kpis.placed(kpis.joined(agents, key=DAY_KEY), people, raw=raw))
    tables = {
        "fct_agent_day": agent_days,
        "fct_agent_day_queue": agent_day_queues,
        "kpi_agent_period": kpis.agent_periods(agent_days, agent_day_queues),
    }
    words = pl.col("agent_id", "^channel$", "^queue_family$").cast(pl.String)
    return {name: rows.with_columns(words).collect() for name, rows in tables.items()}


def _kept(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Compute now what several steps read.

    In memory: rows are sorted, split and put together again, for which the streaming engine took
    a tenth more time and a tenth more memory.
    """
    return rows.collect(engine="in-memory").lazy()


if __name__ == "__main__":
    write(build(Path(sys.argv[1])), Path(sys.argv[2]))
