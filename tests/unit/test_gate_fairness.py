"""Each promise about people breaks when, and only when, the evidence says so."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from metrics.engine.tables import catalogue_tables
from quality_checks.engine.fairness import read_results
from quality_checks.engine.policy import POLICY, policy_tables
from quality_checks.engine.results import CheckResult

METRICS = POLICY.parents[1] / "metrics"
FEEDS = ["contact_leg", "case_record", "qa_evaluation", "survey_response"]
FEEDS += ["planned_activity", "actual_activity", "adherence_day_vendor"]

EVIDENCE = """
create schema kpis;
create schema scorecards;
create schema run;
create schema facts;
create table facts.fct_contact (activity_date date);
create table facts.fct_agent_day (
    activity_date date, has_ended boolean, scheduled_seconds bigint, worked_seconds bigint
);
create table facts.fct_agent_day_queue (activity_date date, surveys_invited bigint);
create table facts.fct_survey_response (
    response_id varchar, case_id varchar, channel varchar, agent_id varchar,
    attribution_reason varchar, csat_exclusion_reason varchar, csat_eligible_responses bigint,
    csat_satisfied_responses bigint
);
create table facts.fct_attribution (
    event_kind varchar, event_id varchar, not_credited_reason varchar
);
create table facts.fct_adherence_reconciliation (agent_id varchar, reconciliation varchar);
create table facts.fct_row_kept_apart (
    row_id varchar, feed varchar, agent_id varchar, activity_date date
);
create table run.feed (feed varchar, is_declared boolean, is_derived boolean);
create table run.quiet_day (quiet_date date);
create table kpis.kpi_agent_period (
    agent_id varchar, metric varchar, n bigint, evidence_days bigint, peer_overlap_share double,
    state varchar, withheld_reason varchar
);
create table kpis.kpi_evaluator_agreement (
    form_id varchar, pairs bigint, agreed_pairs bigint, agreed_share double, is_measured boolean
);
create table scorecards.scorecard_agent_period (
    agent_id varchar, view varchar, state varchar, withheld_reason varchar,
    composite_points double, largest_share double
);
"""
# Two agents with enough of everything, two evaluators who agree, two balanced scorecards.
FAIR_NIGHT = """
insert into kpis.kpi_agent_period
select agent_id, metric, 40, 20, 0.9, 'measured', null
from (values ('a1'), ('a2')) as agents (agent_id) cross join catalogue.metric;
insert into kpis.kpi_evaluator_agreement values ('voice', 40, 36, 0.9, true);
insert into scorecards.scorecard_agent_period
select agent_id, view, 'measured', null, 101.5, 0.35
from (values ('a1'), ('a2')) as agents (agent_id)
cross join (values ('coaching'), ('appraisal')) as views (view);
insert into facts.fct_contact
select date '2026-06-29' - cast(7 * week as integer)
from range(5) as weeks (week) cross join range(1000) as contacts (contact);
insert into facts.fct_agent_day
select date '2026-06-29' - cast(7 * week as integer), true, 3600000, 3600000
from range(5) as weeks (week);
insert into facts.fct_survey_response
select channel || answer, 'k' || answer, channel, 'a1', 'named_by_the_survey', null, 1, answer % 2
from range(100) as answers (answer) cross join (values ('voice'), ('chat')) as channels (channel);
insert into facts.fct_adherence_reconciliation
select 'a' || day, case when day = 0 then 'unexplained' else 'agrees' end
from range(20) as days (day);
insert into facts.fct_adherence_reconciliation
select 'b' || day, 'shift_over_midnight' from range(20) as days (day);
insert into facts.fct_row_kept_apart values ('r1', 'contact_leg', 'a1', date '2026-06-29');
"""


@pytest.fixture(scope="module")
def fair_night() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema catalogue")
        for table in [*catalogue_tables(METRICS), *policy_tables(POLICY)]:
            columns = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
            marks = ", ".join("?" for _ in table.columns)
            connection.execute(f"create table catalogue.{table.name} ({columns})")
            if table.rows:
                connection.executemany(
                    f"insert into catalogue.{table.name} values ({marks})", table.rows
                )
        connection.execute(EVIDENCE)
        connection.executemany("insert into run.feed values (?, true, false)", [[f] for f in FEEDS])
        connection.execute(FAIR_NIGHT)
        yield connection


@pytest.fixture
def night(fair_night: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    fair_night.begin()
    yield fair_night
    fair_night.rollback()


def results_of(connection: duckdb.DuckDBPyConnection, check_id: str) -> list[CheckResult]:
    return [one for one in read_results(connection, run_id="r1") if one.check_id == check_id]


def failed(connection: duckdb.DuckDBPyConnection, check_id: str) -> list[tuple[Any, ...]]:
    return [
        (one.severity, one.scope_id, one.reason_code)
        for one in results_of(connection, check_id)
        if one.status == "failed"
    ]


def test_a_fair_night_passes_everything(night: duckdb.DuckDBPyConnection) -> None:
    results = read_results(night, run_id="r1")
    assert {result.status for result in results} == {"passed"}
    assert all(result.n for result in results)
    assert {result.run_id for result in results} == {"r1"}


def test_the_same_night_gives_the_same_results(night: duckdb.DuckDBPyConnection) -> None:
    assert read_results(night, run_id="r1") == read_results(night, run_id="r1")


def test_values_on_too_little_evidence_are_counted_as_withheld(
    night: duckdb.DuckDBPyConnection,
) -> None:
    night.execute("""
        update kpis.kpi_agent_period
        set state = 'withheld', withheld_reason = 'too_few_days', evidence_days = 4
        where metric = 'csat' and agent_id = 'a1'
    """)
    check = "every_scored_value_has_enough_evidence"
    assert failed(night, check) == [("withhold", "csat", "too_little_evidence")]
    (csat,) = [one for one in results_of(night, check) if one.scope_id == "csat"]
    assert csat.measured == 0.5
    assert csat.explanation == (
        "1 of 2 values of csat rest on fewer than 10 events or 5 days and are withheld. "
        "Nothing to do; each scorecard says how many more events are needed."
    )


def test_people_who_are_not_scored_are_not_judged_on_their_evidence(
    night: duckdb.DuckDBPyConnection,
) -> None:
    night.execute("""
        update kpis.kpi_agent_period
        set n = 1, state = 'withheld', withheld_reason = 'not_eligible'
    """)
    (result,) = results_of(night, "every_scored_value_has_enough_evidence")
    assert (result.status, result.n) == ("not_applicable", 0)


@pytest.mark.parametrize("broken", ["n = 9", "evidence_days = 4", "evidence_days = null"])
def test_a_value_shown_without_enough_evidence_blocks(
    night: duckdb.DuckDBPyConnection, broken: str
) -> None:
    night.execute(f"update kpis.kpi_agent_period set {broken} where metric = 'csat'")
    assert failed(night, "every_scored_value_has_enough_evidence") == [
        ("block", "run", "shown_without_evidence")
    ]


def test_a_night_without_its_policy_proves_nothing(night: duckdb.DuckDBPyConnection) -> None:
    night.execute(
        "delete from catalogue.policy_threshold where threshold = 'minimum_overlap_share'"
    )
    assert failed(night, "channel_mix_is_compared_within") == [
        ("block", "run", "shown_without_peers")
    ]


def test_values_without_comparable_peers_are_counted_as_withheld(
    night: duckdb.DuckDBPyConnection,
) -> None:
    night.execute("""
        update kpis.kpi_agent_period
        set state = 'withheld', withheld_reason = 'no_comparable_peers', peer_overlap_share = 0.1
        where metric = 'transfer_rate'
    """)
    assert failed(night, "channel_mix_is_compared_within") == [
        ("withhold", "transfer_rate", "no_comparable_peers")
    ]


@pytest.mark.parametrize("share", ["0.49", "null"])
def test_a_value_shown_without_comparable_peers_blocks(
    night: duckdb.DuckDBPyConnection, share: str
) -> None:
    night.execute(f"update kpis.kpi_agent_period set peer_overlap_share = {share}")
    assert failed(night, "channel_mix_is_compared_within") == [
        ("block", "run", "shown_without_peers")
    ]


def test_what_does_not_depend_on_channel_needs_no_peers(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("""
        update kpis.kpi_agent_period set peer_overlap_share = null
        where metric in ('adherence', 'conformance')
    """)
    assert failed(night, "channel_mix_is_compared_within") == []


def test_evaluators_thirty_points_apart_are_named(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("update kpis.kpi_evaluator_agreement set agreed_pairs = 0, agreed_share = 0")
    (form, shown) = results_of(night, "evaluators_agree")
    assert (form.severity, form.status, form.reason_code) == (
        "withhold",
        "failed",
        "evaluators_disagree",
    )
    assert form.explanation.startswith("0% of 40 pairs of evaluations on form voice agree within 5")
    # QA is still shown, although no form can be trusted: the evidence model did not do its part.
    assert (shown.severity, shown.status) == ("block", "failed")


def test_qa_withheld_for_everyone_does_not_block(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("update kpis.kpi_evaluator_agreement set agreed_pairs = 0, agreed_share = 0")
    night.execute("""
        update kpis.kpi_agent_period
        set state = 'withheld', withheld_reason = 'evaluators_disagree' where metric = 'qa_score'
    """)
    assert failed(night, "evaluators_agree") == [("withhold", "voice", "evaluators_disagree")]


def test_agreement_on_too_few_pairs_is_no_agreement(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("update kpis.kpi_evaluator_agreement set pairs = 29, agreed_share = 1")
    assert ("withhold", "voice", "evaluators_not_compared") in failed(night, "evaluators_agree")


def test_no_pair_at_all_is_a_failure_and_not_a_pass(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("delete from kpis.kpi_evaluator_agreement")
    night.execute("update kpis.kpi_agent_period set state = 'withheld' where metric = 'qa_score'")
    (result,) = results_of(night, "evaluators_agree")
    assert (result.status, result.n) == ("failed", 0)
    assert "nobody knows whether they agree" in result.explanation


def test_without_evaluations_there_is_nothing_to_agree_on(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("update run.feed set is_declared = false where feed = 'qa_evaluation'")
    (result,) = results_of(night, "evaluators_agree")
    assert result.status == "not_applicable"


def lose_agents(night: duckdb.DuckDBPyConnection, channel: str, answers: int, becomes: str) -> None:
    night.execute(f"""
        update facts.fct_survey_response set {becomes} where rowid in (
            select rowid from facts.fct_survey_response where channel = '{channel}' limit {answers}
        )
    """)


def test_answers_that_lost_their_agent_raise_an_alarm_about_their_channel(
    night: duckdb.DuckDBPyConnection,
) -> None:
    check, becomes = "answers_name_their_agent", "attribution_reason = 'handler_of_the_contact'"
    lose_agents(night, "chat", 1, becomes)
    assert failed(night, check) == []
    lose_agents(night, "chat", 35, becomes)
    assert failed(night, check) == [("warn", "chat", "answers_lost_their_agent")]
    (chat,) = [one for one in results_of(night, check) if one.scope_id == "chat"]
    assert chat.explanation.startswith("35 of 100 answers of chat (35%) came without an agent")


def test_answers_of_nobody_hold_the_night_when_they_are_one_in_five(
    night: duckdb.DuckDBPyConnection,
) -> None:
    nobodys = (
        "agent_id = null, attribution_reason = 'nobody_named', "
        "csat_exclusion_reason = 'agent_unknown'"
    )
    lose_agents(night, "chat", 40, nobodys)
    assert ("block", "run", "answers_lost_their_agent") not in failed(
        night, "answers_name_their_agent"
    )
    lose_agents(night, "chat", 41, nobodys)
    assert ("block", "run", "answers_lost_their_agent") in failed(night, "answers_name_their_agent")


def test_a_handful_of_answers_says_nothing_about_the_survey_tool(
    night: duckdb.DuckDBPyConnection,
) -> None:
    night.execute("update facts.fct_survey_response set attribution_reason = 'nobody_named'")
    night.execute("update facts.fct_survey_response set csat_exclusion_reason = 'test_response'")
    lose_agents(night, "chat", 29, "csat_exclusion_reason = null")
    (result,) = results_of(night, "answers_name_their_agent")
    assert result.status == "not_applicable"


def test_without_a_written_limit_no_share_of_lost_agents_passes(
    night: duckdb.DuckDBPyConnection,
) -> None:
    night.execute(
        "delete from catalogue.policy_threshold where check_id = 'answers_name_their_agent'"
    )
    assert len(failed(night, "answers_name_their_agent")) == 3


def test_a_case_handed_over_after_a_bad_answer_is_noted(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("""
        insert into facts.fct_attribution values
        ('survey', 'chat0', 'handed_over_after_a_bad_rating'),
        ('survey', 'chat2', 'handed_over_by_a_leaver'),
        ('case', 'k2', 'handed_over_after_a_bad_rating')
    """)
    (result,) = results_of(night, "cases_stay_after_a_bad_answer")
    assert (result.severity, result.status, result.n) == ("annotate", "failed", 100)
    assert result.explanation.startswith("1 of 100 unsatisfied answers are about a case")


def test_a_heavy_metric_warns_and_a_crowding_one_withholds(
    night: duckdb.DuckDBPyConnection,
) -> None:
    night.execute("""
        update scorecards.scorecard_agent_period set largest_share = 0.6
        where agent_id = 'a1' and view = 'coaching'
    """)
    night.execute("""
        update scorecards.scorecard_agent_period
        set largest_share = 0.8, state = 'withheld', withheld_reason = 'one_metric_crowds_out',
            composite_points = null
        where agent_id = 'a2' and view = 'appraisal'
    """)
    assert failed(night, "one_metric_does_not_crowd_out") == [
        ("warn", "appraisal", "one_metric_weighs_much"),
        ("withhold", "appraisal", "one_metric_crowds_out"),
        ("warn", "coaching", "one_metric_weighs_much"),
    ]


@pytest.mark.parametrize("share", ["0.71", "null"])
def test_a_total_shown_although_one_metric_crowds_out_blocks(
    night: duckdb.DuckDBPyConnection, share: str
) -> None:
    night.execute(f"""
        update scorecards.scorecard_agent_period set largest_share = {share}
        where agent_id = 'a1' and view = 'coaching'
    """)
    assert ("block", "coaching", "shown_although_crowded_out") in failed(
        night, "one_metric_does_not_crowd_out"
    )


def test_without_totals_nothing_can_crowd_out(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("""
        update scorecards.scorecard_agent_period
        set state = 'withheld', withheld_reason = 'no_target_in_force', composite_points = null,
            largest_share = 1
    """)
    (result,) = results_of(night, "one_metric_does_not_crowd_out")
    assert result.status == "not_applicable"


def test_a_night_without_scorecards_blocks(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("delete from scorecards.scorecard_agent_period")
    assert failed(night, "someone_has_a_scorecard") == [("block", "run", "no_scorecards")]


def test_a_metric_that_nobody_has_is_named_and_does_not_block(
    night: duckdb.DuckDBPyConnection,
) -> None:
    night.execute("update kpis.kpi_agent_period set n = 0 where metric = 'csat'")
    assert failed(night, "something_was_measured") == [("warn", "csat", "counted_for_nobody")]


def test_a_metric_without_its_feed_is_not_missed(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("update run.feed set is_declared = false where feed = 'survey_response'")
    night.execute("update kpis.kpi_agent_period set n = null where metric = 'csat'")
    assert failed(night, "something_was_measured") == []


def test_a_night_that_counted_nothing_blocks(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("update kpis.kpi_agent_period set n = 0, state = 'not_measured'")
    assert ("block", "run", "nothing_was_counted") in failed(night, "something_was_measured")


def test_empty_tables_block(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("delete from kpis.kpi_agent_period")
    assert ("block", "run", "nothing_was_counted") in failed(night, "something_was_measured")


def test_a_withheld_value_was_still_counted(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("""
        update kpis.kpi_agent_period
        set n = 3, state = 'withheld', withheld_reason = 'too_few_events'
    """)
    assert failed(night, "something_was_measured") == []


def test_with_nothing_declared_nothing_is_asked(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("update run.feed set is_declared = false")
    night.execute("delete from kpis.kpi_agent_period")
    night.execute("delete from scorecards.scorecard_agent_period")
    night.execute("delete from facts.fct_row_kept_apart")
    assert {one.status for one in read_results(night, run_id="r1")} == {"not_applicable"}


NEWEST = "activity_date = date '2026-06-29'"


@pytest.mark.parametrize(
    ("what_happened", "feed"),
    [
        (f"delete from facts.fct_contact where {NEWEST} and rowid % 5 < 3", "contact_leg"),
        (f"delete from facts.fct_contact where {NEWEST}", "contact_leg"),
        (
            f"insert into facts.fct_contact select * from facts.fct_contact where {NEWEST}",
            "contact_leg",
        ),
        (f"update facts.fct_agent_day set worked_seconds = 0 where {NEWEST}", "actual_activity"),
    ],
)
def test_a_feed_that_halved_vanished_or_doubled_holds_the_night(
    night: duckdb.DuckDBPyConnection, what_happened: str, feed: str
) -> None:
    night.execute(what_happened)
    assert failed(night, "volumes_are_usual") == [("block", feed, "volume_is_unusual")]


LOSES_A_THIRD = f"delete from facts.fct_contact where {NEWEST} and rowid % 3 = 0"
LOSES_A_FOURTH = f"delete from facts.fct_contact where {NEWEST} and rowid % 4 = 0"


@pytest.mark.parametrize(
    ("what_happened", "severity"), [(LOSES_A_THIRD, "block"), (LOSES_A_FOURTH, "warn")]
)
def test_a_feed_that_lost_a_third_holds_the_night_and_a_fourth_is_said_aloud(
    night: duckdb.DuckDBPyConnection, what_happened: str, severity: str
) -> None:
    night.execute(what_happened)
    assert failed(night, "volumes_are_usual") == [(severity, "contact_leg", "volume_is_unusual")]


def test_on_a_quiet_day_little_is_usual_and_twice_as_much_is_not(
    night: duckdb.DuckDBPyConnection,
) -> None:
    night.execute("insert into run.quiet_day values (date '2026-06-29')")
    night.execute(LOSES_A_THIRD)
    assert failed(night, "volumes_are_usual") == []
    for _ in range(2):
        night.execute(
            f"insert into facts.fct_contact select * from facts.fct_contact where {NEWEST}"
        )
    assert failed(night, "volumes_are_usual") == [("block", "contact_leg", "volume_is_unusual")]


def test_a_feed_that_is_not_declared_has_no_volume_to_miss(
    night: duckdb.DuckDBPyConnection,
) -> None:
    night.execute(f"delete from facts.fct_contact where {NEWEST}")
    night.execute("update run.feed set is_declared = false where feed = 'contact_leg'")
    assert failed(night, "volumes_are_usual") == []


@pytest.mark.parametrize("left", ["date '2026-06-22'", "date '2026-06-29'"])
def test_without_enough_earlier_days_no_volume_is_unusual(
    night: duckdb.DuckDBPyConnection, left: str
) -> None:
    for table in ("fct_contact", "fct_agent_day"):
        night.execute(f"delete from facts.{table} where activity_date < {left}")
    (result,) = results_of(night, "volumes_are_usual")
    assert result.status == "not_applicable"


def test_rows_kept_apart_that_are_nobodys_are_counted_and_said(
    night: duckdb.DuckDBPyConnection,
) -> None:
    night.execute("""
        insert into facts.fct_row_kept_apart values
        ('r2', 'contact_leg', '', date '2026-06-29'), ('r3', 'contact_leg', 'a1', null),
        ('r4', 'case_record', 'a1', date '2026-06-29'),
        ('r4', 'case_record', 'a2', date '2026-06-29')
    """)
    check = "every_row_kept_apart_is_somebodys"
    assert failed(night, check) == [("warn", "contact_leg", "gap_of_nobody")]
    of_cases, of_contacts = results_of(night, check)
    assert (of_cases.status, of_cases.n) == ("passed", 1)
    assert of_contacts.explanation == (
        "Kept apart and open in contact_leg: 3. Of these, 2 name no agent or no day we know, so no"
        " day is left out for them and anybody's numbers may lack them. Look at them with evenhand"
        " sources quarantine list, have the source send them again, or waive them."
    )


def test_without_a_row_kept_apart_nobody_has_a_gap(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("delete from facts.fct_row_kept_apart")
    (result,) = results_of(night, "every_row_kept_apart_is_somebodys")
    assert result.status == "not_applicable"


@pytest.mark.parametrize(("becomes", "fails"), [("unexplained", True), ("unknown_agent", False)])
def test_days_that_differ_from_the_vendors_without_a_name_raise_an_alarm(
    night: duckdb.DuckDBPyConnection, becomes: str, fails: bool
) -> None:
    check = "our_days_agree_with_the_vendors"
    assert failed(night, check) == []
    night.execute(
        f"update facts.fct_adherence_reconciliation set reconciliation = '{becomes}'"
        " where agent_id in ('a1', 'a2')"
    )
    assert failed(night, check) == ([("warn", "run", "differs_from_the_vendor")] if fails else [])


def test_a_handful_of_the_vendors_days_says_nothing(night: duckdb.DuckDBPyConnection) -> None:
    night.execute("delete from facts.fct_adherence_reconciliation where agent_id like 'b%'")
    (result,) = results_of(night, "our_days_agree_with_the_vendors")
    assert result.status == "not_applicable"
