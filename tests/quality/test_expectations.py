"""What Great Expectations finds green, and is not: these tests run the real one, in one context."""

from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from quality_checks.engine import great_expectations_call
from quality_checks.engine.expectations import evaluate, read_results
from quality_checks.engine.results import CheckResult
from quality_checks.engine.suites import Suite, load_suites

AGENT_DAY, CONTACT = load_suites()
DAYS = 40


def agent_days(**changed: Any) -> pd.DataFrame:
    ordinary = {
        "scheduled_seconds": np.full(DAYS, 28800),
        "in_adherence_seconds": np.full(DAYS, 27000),
        "worked_seconds": np.full(DAYS, 28000.0),
    }
    return pd.DataFrame({**ordinary, **changed})


def contact_legs(**changed: Any) -> pd.DataFrame:
    ordinary = {
        "handle_seconds": np.full(DAYS, 360),
        "talk_seconds": np.full(DAYS, 300),
        "acw_seconds": np.full(DAYS, 40),
        "handled_contacts": np.full(DAYS, 1),
        "transferred_out_contacts": np.zeros(DAYS),
        "attribution_reason": ["identity"] * DAYS,
    }
    return pd.DataFrame({**ordinary, **changed})


def first_row(value: float, rest: float) -> np.ndarray:
    values = np.full(DAYS, float(rest))
    values[0] = value
    return values


def by_check(frame: pd.DataFrame, suite: Suite, **given: Any) -> dict[str, CheckResult]:
    return {result.check_id: result for result in evaluate(frame, suite, run_id="r1", **given)}


@pytest.mark.parametrize(("frame", "suite"), [(agent_days(), AGENT_DAY), (contact_legs(), CONTACT)])
def test_ordinary_rows_keep_every_promise(frame: pd.DataFrame, suite: Suite) -> None:
    results = evaluate(frame, suite, run_id="r1")
    assert {result.status for result in results} == {"passed"}
    assert len(results) == len(suite.promises)
    assert {result.n for result in results} == {DAYS}


# Each promise is broken once: the check that guards it fails, and says how many rows.
SABOTAGE = [
    (
        AGENT_DAY,
        "adherence_never_exceeds_scheduled_time",
        {"in_adherence_seconds": first_row(30000, 27000)},
    ),
    (AGENT_DAY, "scheduled_time_fits_into_a_day", {"scheduled_seconds": first_row(90001, 28800)}),
    (AGENT_DAY, "worked_time_fits_into_a_day", {"worked_seconds": first_row(-1, 28000)}),
    (AGENT_DAY, "most_agent_days_have_worked_time", {"worked_seconds": np.zeros(DAYS)}),
    (AGENT_DAY, "scheduled_time_is_known", {"scheduled_seconds": first_row(np.nan, 28800)}),
    (AGENT_DAY, "shifts_have_an_ordinary_length", {"scheduled_seconds": np.full(DAYS, 480)}),
    (CONTACT, "handle_time_is_plausible", {"handle_seconds": first_row(32400, 360)}),
    (CONTACT, "handle_time_covers_talk_time", {"talk_seconds": first_row(361, 300)}),
    (CONTACT, "after_call_work_is_plausible", {"acw_seconds": first_row(7200, 40)}),
    (
        CONTACT,
        "most_contacts_find_their_agent",
        {"attribution_reason": ["identity"] * 37 + ["unknown_agent"] * 3},
    ),
    (CONTACT, "most_contacts_are_handled", {"handled_contacts": np.zeros(DAYS)}),
    (CONTACT, "transfers_are_the_exception", {"transferred_out_contacts": np.ones(DAYS)}),
]


@pytest.mark.parametrize(("suite", "check", "changed"), SABOTAGE)
def test_a_broken_promise_fails_and_says_so(
    suite: Suite, check: str, changed: dict[str, Any]
) -> None:
    frame = agent_days(**changed) if suite is AGENT_DAY else contact_legs(**changed)
    result = by_check(frame, suite)[check]
    assert result.status == "failed"
    assert result.explanation.startswith("This does not hold: ")
    assert result.measured is not None


def test_every_promise_is_sabotaged_here() -> None:
    volumes = {"agent_days_arrived", "contacts_of_the_newest_day_arrived"}
    sabotaged = {check for _, check, _ in SABOTAGE}
    assert sabotaged | volumes == {p.promise for s in (AGENT_DAY, CONTACT) for p in s.promises}


@pytest.mark.parametrize(("frame", "suite"), [(agent_days(), AGENT_DAY), (contact_legs(), CONTACT)])
def test_an_empty_frame_passes_nothing(frame: pd.DataFrame, suite: Suite) -> None:
    results = evaluate(frame[:0], suite, run_id="r1")
    assert {result.status for result in results} == {"not_evaluated"}
    assert {result.reason_code for result in results} == {"too_few_rows"}


def test_too_few_rows_prove_nothing() -> None:
    result = by_check(agent_days()[:29], AGENT_DAY)["shifts_have_an_ordinary_length"]
    assert (result.status, result.n) == ("not_evaluated", 29)
    assert "only 29 rows with a value were there and 30 are needed" in result.explanation


def test_rows_without_a_value_are_not_counted_as_looked_at() -> None:
    worked = np.full(DAYS, np.nan)
    worked[:5] = 28000
    result = by_check(agent_days(worked_seconds=worked), AGENT_DAY)
    assert result["most_agent_days_have_worked_time"].status == "not_evaluated"
    assert result["worked_time_fits_into_a_day"].n == 5


def test_a_column_without_any_value_fails() -> None:
    results = by_check(agent_days(worked_seconds=np.full(DAYS, np.nan)), AGENT_DAY)
    result = results["worked_time_fits_into_a_day"]
    assert (result.status, result.reason_code, result.n) == ("failed", "all_null", 0)
    assert "worked_seconds has no value in any of 40 rows" in result.explanation


def test_a_column_that_is_gone_is_not_evaluated() -> None:
    results = by_check(agent_days().drop(columns="worked_seconds"), AGENT_DAY)
    result = results["worked_time_fits_into_a_day"]
    assert (result.status, result.reason_code) == ("not_evaluated", "column_missing")


def test_an_empty_suite_is_not_evaluated_and_blocks() -> None:
    empty = AGENT_DAY.model_copy(update={"promises": ()})
    (result,) = evaluate(agent_days(), empty, run_id="r1")
    assert (result.status, result.severity, result.reason_code) == (
        "not_evaluated",
        "block",
        "empty_suite",
    )


def test_a_check_that_breaks_is_not_evaluated_and_spoils_no_other() -> None:
    results = by_check(agent_days(worked_seconds=["Zoë Müller"] * DAYS), AGENT_DAY)
    broken = results["worked_time_fits_into_a_day"]
    assert (broken.status, broken.reason_code) == ("not_evaluated", "raised")
    assert results["scheduled_time_fits_into_a_day"].status == "passed"


@pytest.mark.parametrize(
    "arguments", [{"columnn": "worked_seconds"}, {"column": "worked_seconds", "mostly": 7}]
)
def test_wrong_arguments_are_not_evaluated(arguments: dict[str, Any]) -> None:
    (first, *others) = (
        promise for promise in AGENT_DAY.promises if promise.promise.startswith("worked")
    )
    wrong = first.model_copy(update={"arguments": arguments})
    suite = AGENT_DAY.model_copy(update={"promises": (wrong, *others)})
    (result,) = evaluate(agent_days(), suite, run_id="r1")
    assert (result.status, result.reason_code) == ("not_evaluated", "raised")


def test_a_feed_that_is_not_declared_is_not_asked_about() -> None:
    results = by_check(
        agent_days(), AGENT_DAY, declared_feeds=["activity_type", "planned_activity"]
    )
    assert results["worked_time_fits_into_a_day"].status == "not_applicable"
    assert "(activity_type, actual_activity)" in results["worked_time_fits_into_a_day"].explanation
    assert results["scheduled_time_fits_into_a_day"].status == "passed"


def test_nobodys_value_stands_in_a_result() -> None:
    frame = contact_legs(
        handle_seconds=first_row(987654, 360), attribution_reason=["Zoë Müller"] * DAYS
    )
    said = repr(evaluate(frame, CONTACT, run_id="r1"))
    assert "987654" not in said
    assert "Zoë" not in said


def test_the_same_frame_gives_the_same_results() -> None:
    first = evaluate(contact_legs(), CONTACT, run_id="r1")
    assert first == evaluate(contact_legs(), CONTACT, run_id="r1")


def test_the_newest_complete_day_is_looked_at_and_no_other() -> None:
    with duckdb.connect() as connection:
        connection.execute("""
            create schema run; create schema facts;
            create table run.feed as select 'contact_leg' as feed, true as is_declared;
            create table facts.fct_agent_day as
            select 1::bigint as scheduled_seconds, 1::bigint as in_adherence_seconds,
                1::bigint as worked_seconds from range(40);
            create table facts.fct_agent_day_queue as
            select date '2026-02-02' + range::integer as activity_date, range < 2 as is_complete
            from range(3);
            create table facts.fct_contact as
            select date '2026-02-02' + (range % 3)::integer as activity_date,
                case when range % 3 = 1 then 360 else 999999 end::bigint as handle_seconds,
                300::bigint as talk_seconds, 40::bigint as acw_seconds,
                1::bigint as handled_contacts, 0::bigint as transferred_out_contacts,
                'identity' as attribution_reason
            from range(120);
        """)
        results = {one.check_id: one for one in read_results(connection, run_id="r1")}
    assert results["contacts_of_the_newest_day_arrived"].n == 40
    assert results["handle_time_is_plausible"].status == "passed"
    assert results["adherence_never_exceeds_scheduled_time"].status == "not_applicable"


def test_great_expectations_itself_is_told_to_keep_values_out() -> None:
    frame = contact_legs(attribution_reason=["Zoe Mueller"] * DAYS)
    promises = [p for p in CONTACT.promises if p.promise == "most_contacts_find_their_agent"]
    expectations = [great_expectations_call._expectation(promise) for promise in promises]
    assert "Zoe" not in str(great_expectations_call._validate(frame, expectations))
