"""The limits, the required checks and the promises agree with each other."""

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from metrics.engine.documents import DefinitionError
from quality_checks.engine.policy import (
    POLICY,
    RequiredChecks,
    Thresholds,
    expected_checks,
    load_wording,
    policy_tables,
)
from quality_checks.engine.promises import load_promises
from quality_checks.engine.suites import load_suites

CHECKS = POLICY.parent
EVERY_FEED = [
    "activity_type",
    "actual_activity",
    "agent_identity",
    "agent_roster",
    "case_record",
    "contact_leg",
    "planned_activity",
    "qa_evaluation",
    "survey_invitation",
    "survey_response",
]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(POLICY, tmp_path / "policy"))


def required() -> RequiredChecks:
    text = (POLICY / "required_checks.yml").read_text(encoding="utf-8")
    return RequiredChecks.model_validate(yaml.safe_load(text))


def promised() -> set[str]:
    about_people = {
        promise.promise
        for folder in ("fairness", "presence")
        for promise in load_promises(CHECKS / folder)
    }
    about_tables = {promise.promise for suite in load_suites() for promise in suite.promises}
    return about_people | about_tables | {"every_dbt_test_was_evaluated"}


def test_every_required_check_is_promised_somewhere() -> None:
    assert {check.check for check in required().required} <= promised()


def test_every_promise_about_people_is_required() -> None:
    about_people = {promise.promise for promise in load_promises(CHECKS / "fairness")}
    assert about_people <= {check.check for check in required().required}


def test_every_blocking_expectation_is_required() -> None:
    blocking = {
        promise.promise
        for suite in load_suites()
        for promise in suite.promises
        if promise.severity == "block"
    }
    without_list = {"handle_time_covers_talk_time"}
    assert blocking - without_list <= {check.check for check in required().required}


def test_every_limit_belongs_to_a_promise() -> None:
    limits = {row[0] for table in policy_tables(POLICY) for row in table.rows if len(row) > 1}
    about_people = {promise.promise for promise in load_promises(CHECKS / "fairness")}
    assert limits == about_people | {
        "volumes_are_usual",
        "answers_name_their_agent",
        "our_days_agree_with_the_vendors",
    }


def test_every_count_has_a_promise_and_every_promise_a_count() -> None:
    counts = {path.stem for path in (CHECKS / "engine" / "counts").glob("*.sql")}
    promises = {
        promise.promise
        for folder in ("fairness", "presence")
        for promise in load_promises(CHECKS / folder)
    }
    assert counts == promises


def test_every_feed_that_is_named_has_a_contract() -> None:
    contracts = {path.stem for path in (CHECKS.parent / "orchestration/contracts").glob("*.yml")}
    named = {feed for check in required().required for feed in check.needs_feeds}
    for suite in load_suites():
        for promise in suite.promises:
            named |= {*promise.needs_feeds, *promise.needs_any_feed}
    assert named <= contracts


def test_every_limit_has_an_owner_a_reason_and_a_day() -> None:
    text = (POLICY / "thresholds.yml").read_text(encoding="utf-8")
    limits = Thresholds.model_validate(yaml.safe_load(text)).thresholds
    assert all(limit.owner and limit.reason and limit.since <= date(2026, 1, 1) for limit in limits)


def test_the_limits_become_one_row_per_view() -> None:
    views, limits = policy_tables(POLICY)
    assert views.rows == [("coaching",), ("appraisal",)]
    assert list(limits.columns) == ["check_id", "threshold", "view", "value", "severity"]
    assert len(limits.rows) == len({row[:3] for row in limits.rows}) == 44


def test_a_check_is_expected_only_when_its_feeds_are_declared() -> None:
    everything = expected_checks(POLICY, run_id="r1", declared_feeds=EVERY_FEED)
    contacts_only = expected_checks(POLICY, run_id="r1", declared_feeds=["contact_leg"])
    missing = {check.check for check in everything.required} - {
        check.check for check in contacts_only.required
    }
    assert missing == {
        "answers_name_their_agent",
        "evaluators_agree",
        "adherence_never_exceeds_scheduled_time",
        "scheduled_time_fits_into_a_day",
        "worked_time_fits_into_a_day",
    }


def test_the_sentences_of_the_gate_can_be_read() -> None:
    assert set(load_wording().gate) >= {"missing", "failed", "not_evaluated", "another_run"}


def read_all(policy: Path) -> None:
    policy_tables(policy)
    expected_checks(policy, run_id="r1", declared_feeds=EVERY_FEED)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("thresholds.yml", "    owner: human-resources\n", "", "owner` is missing"),
        ("thresholds.yml", "reason: Under", "raeson: Under", "not a key"),
        ("thresholds.yml", "coaching: 10, appraisal: 10", "coaching: 10", "view appraisal"),
        ("thresholds.yml", "threshold: minimum_days", "threshold: minimum_events", "given twice"),
        ("thresholds.yml", "severity: withhold", "severity: ignore", "refused"),
        (
            "required_checks.yml",
            "check: evaluators_agree",
            "check: something_was_measured",
            "twice",
        ),
        ("required_checks.yml", "    needs_feeds: []\n", "", "needs_feeds` is missing"),
    ],
)
def test_a_broken_policy_is_refused(copied: Path, file: str, old: str, new: str, says: str) -> None:
    path = copied / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionError, match=says):
        read_all(copied)
