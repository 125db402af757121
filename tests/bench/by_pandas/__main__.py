"""Builds the tables with pandas: `python -m tests.bench.by_pandas RAW FILE`.

Belongs here: the order of the steps.
Does not belong here: the steps.
"""

import sys
from pathlib import Path

import pandas as pd

from tests.bench.by_pandas import activities, contacts, days, excuses, judgements, kpis, people
from tests.bench.by_pandas.feeds import Raw
from tests.bench.wanted import DAY_KEY, QUEUE_KEY, write


def build(raw_folder: Path) -> dict[str, pd.DataFrame]:
    """Answer the three tables by name."""
    raw = Raw(raw_folder)
    assignments = people.read_assignments(raw)
    logins = people.read_logins(raw, assignments)
    types = days.read_activity_types(raw)
    planned = days.read_planned(raw, logins, types)
    shifts = days.shifts_of(planned)
    calendar = days.calendar_of(shifts, assignments)
    time = activities.time_of_day(
        planned,
        activities.read_actual(raw, logins, types),
        excuses.read_left_out(raw, logins, assignments),
        calendar=calendar,
    )
    del planned
    legs = contacts.read_contacts(raw, logins, calendar=calendar)
    known = {"contacts": legs, "calendar": calendar}
    surveys = judgements.surveys_of_day(raw, logins, **known)
    evaluations = judgements.evaluations_of_day(raw, logins, **known)
    cases = contacts.read_cases(raw, logins)
    of_cases = contacts.cases_of_day(legs, cases, calendar=calendar, as_of=raw.as_of)
    handled = legs.dropna(subset="agent_id").drop(columns=["leg_started_at"])
    del legs, known
    of_contacts = contacts.contacts_of_day(
        handled, cases.drop(columns=["case_channel", "happened_at"]), as_of=raw.as_of
    )
    there = {"as_of": raw.as_of, "usual_zone": calendar.usual_zone}
    queues = kpis.joined([of_contacts, of_cases, evaluations, surveys], key=QUEUE_KEY)
    contact_days = of_contacts[DAY_KEY].drop_duplicates()
    shift_days = activities.shifts_of_day(shifts, calendar=calendar)
    lesson_days = activities.lesson_days(raw, logins, calendar=calendar)
    parts = [shift_days, time, contact_days, lesson_days]
    agent_days = kpis.joined(parts, key=DAY_KEY)
    agent_days = kpis.placed(agent_days, assignments, **there)
    queues = kpis.placed(queues, assignments, **there)
    return {
        "fct_agent_day": agent_days,
        "fct_agent_day_queue": queues,
        "kpi_agent_period": kpis.agent_periods(agent_days, queues),
    }


if __name__ == "__main__":
    tables = build(Path(sys.argv[1]))
    write(tables, Path(sys.argv[2]), parts_of_a_point=judgements.PARTS_OF_A_POINT)
