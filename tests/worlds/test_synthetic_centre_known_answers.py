"""What a feed says follows from another one, or from the truth."""

from pathlib import Path

import duckdb
import pytest

from orchestration.synthetic_centre import CentreFacts, make_centre
from orchestration.synthetic_centre.engine.declarations import read_declarations
from tests.worlds.test_synthetic_centre import count, tables_of

# One state of an agent and one planned stretch of the same shift, where they overlap.
OVERLAP = (
    "select plan.agent_external_id, schedule_date, kind.counts_in_adherence, kind.category,"
    " done.category as done_category, state_code, epoch(least(plan.end_at::timestamptz,"
    " state.done) - greatest(plan.start_at::timestamptz, state.began))::bigint as seconds"
    " from planned_activity as plan inner join activity_type as kind using (activity_code)"
    " inner join state on plan.agent_external_id = state.agent_external_id"
    " and state.began < plan.end_at::timestamptz and state.done > plan.start_at::timestamptz"
    " inner join activity_type as done on state.state_code = done.activity_code"
)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> CentreFacts:
    return make_centre(tmp_path_factory.mktemp("home"), agents=120, days=10)


@pytest.fixture(scope="module")
def sent(centre: CentreFacts) -> duckdb.DuckDBPyConnection:
    connection = tables_of(centre)
    for name in ("agent_habit", "planted_world"):
        connection.execute(f"create table {name} as from '{centre.truth}/{name}.parquet'")
    connection.execute(
        "create table vendor_day_gap as select * from"
        f" '{centre.truth}/vendor_day_gap/*/*.parquet'"
        " inner join agent_identity using (agent_id) where identity_system = 'wfm'"
    )
    return connection


def test_the_answers_of_an_evaluation_sum_to_its_points(sent: duckdb.DuckDBPyConnection) -> None:
    answers = (
        "select evaluation_id, revision, sum(points_earned::decimal(18, 1)) as earned,"
        " sum(points_possible::decimal(18, 1)) as possible, bool_or(is_fatal_fail::boolean)"
        " as fatal from qa_answer group by all"
    )
    both = f"from qa_evaluation full outer join ({answers}) using (evaluation_id, revision)"
    wrong = (
        "(points_earned::decimal(18, 1), points_possible::decimal(18, 1), is_fatal_fail::boolean)"
        " is distinct from (earned, possible, fatal)"
    )
    assert count(sent, both) > 50
    assert count(sent, f"{both} where {wrong}") == 0
    assert count(sent, "from qa_answer where is_na = 'true'") > 0


def test_the_questions_of_the_form_have_its_points_with_and_without_what_is_optional() -> None:
    declared = read_declarations()
    points = {True: 0, False: 0}
    for question in declared.tables["form_questions"]:
        points[question["is_always_due"]] += question["points"]
    assert points[True] == declared.numbers["evaluation_short_form_points"]
    assert sum(points.values()) == declared.numbers["evaluation_form_points"]


def test_the_vendor_adds_up_a_day_as_we_do_unless_the_truth_says_why_not(
    sent: duckdb.DuckDBPyConnection,
) -> None:
    days = (
        "select agent_external_id, schedule_date, coalesce(sum(seconds) filter ("
        "counts_in_adherence = 'true' and category = done_category), 0) as kept"
        f" from ({OVERLAP}) group by all"
    )
    sent.execute(
        "create table compared as select vendor.*, kept, cause, lost_seconds"
        " from adherence_day_vendor as vendor"
        f" left outer join ({days}) as ours on ours.agent_external_id = vendor.agent_external_id"
        " and ours.schedule_date = vendor.business_date left outer join vendor_day_gap as gap"
        " on gap.external_id = vendor.agent_external_id"
        " and gap.business_date = vendor.business_date::date"
    )
    theirs = "adherence_scheduled_seconds::bigint - exception_seconds::bigint"
    assert count(sent, f"from compared where cause is null and {theirs} <> coalesce(kept, 0)") == 0
    assert count(sent, "from compared where cause is null and kept > 20000") > 300
    # What is lost was on queue, and most of it as planned.
    lost = "cause = 'state_lost'"
    assert count(sent, f"from compared where {lost}") > 5
    assert count(sent, f"from compared where {lost} and kept - ({theirs}) not between 1 and"
                       " lost_seconds") == 0  # fmt: skip
    # Who was absent is expected of us, and no longer of the vendor.
    absent = "cause = 'schedule_edited_afterwards'"
    assert count(sent, f"from compared where {absent}") > 5
    assert count(sent, f"from compared where {absent} and adherence_scheduled_seconds <> '0'") == 0


def test_the_last_assignment_of_a_case_is_its_owner_and_reopenings_are_counted(
    sent: duckdb.DuckDBPyConnection,
) -> None:
    told = (
        "select case_id, max_by(to_value, (occurred_at, event_id)) filter"
        " (event_type = 'assigned') as owner, count(*) filter (event_type = 'reopened')"
        " as reopened, count(*) filter (from_value is null) as firsts from case_event group by all"
    )
    both = f"from case_record full outer join ({told}) using (case_id)"
    right = "owner = owner_external_id and reopened = reopen_count::bigint and firsts = 1"
    assert count(sent, f"{both} where ({right}) is not true") == 0
    assert count(sent, f"{both} where reopened > 0") > 20


def test_what_was_heard_of_a_call_adds_up_to_its_talk(sent: duckdb.DuckDBPyConnection) -> None:
    heard = "from conversation_analytics as heard inner join leg using (contact_id, leg_id)"
    total = "agent_talk_seconds + customer_talk_seconds + non_talk_seconds - overlap_seconds"
    calls = count(sent, f"{heard} where channel = 'voice'")
    assert count(sent, f"{heard} where {total} = talk_seconds::bigint") == calls > 300
    assert count(sent, heard) == count(sent, "from conversation_analytics")
    assert 0.08 < count(sent, heard) / count(sent, "from leg where was_handled") < 0.12


@pytest.mark.parametrize(
    ("habit", "truth", "part", "whole"),
    [
        ("over_talking", "talk_share", "agent_talk_seconds",
         "agent_talk_seconds + customer_talk_seconds"),
        ("missed_probing", "probing_share", "probing_questions_asked", "probing_questions_due"),
        ("poor_phrasing", "phrase_share", "compliance_phrases_hit", "compliance_phrases_due"),
    ],
)  # fmt: skip
def test_a_planted_habit_is_heard_as_strongly_as_the_truth_says(
    sent: duckdb.DuckDBPyConnection, habit: str, truth: str, part: str, whole: str
) -> None:
    planted, others = sent.execute(
        f"select avg({truth}), sum({part}) / sum({whole}) from agent_habit inner join"
        " agent_identity using (agent_id) inner join conversation_analytics"
        f" on agent_external_id = external_id group by coalesce(planted_habit, '') = '{habit}'"
        f" order by coalesce(planted_habit, '') = '{habit}' desc"
    ).fetchall()
    assert abs(planted[1] - planted[0]) < 0.06
    assert abs(others[1] - others[0]) < 0.02
    assert abs(planted[0] - others[0]) > 0.15
    named = "select scope_id from planted_world where world = ? order by all"
    said = "select agent_id from agent_habit where planted_habit = ? order by all"
    assert sent.execute(named, [habit]).fetchall() == sent.execute(said, [habit]).fetchall()


def test_completed_coaching_is_a_state_that_its_agent_was_in(
    sent: duckdb.DuckDBPyConnection,
) -> None:
    coached = (
        "from development_event as event inner join agent_identity"
        " on event.agent_external_id = external_id and identity_system = 'qa'"
        " where event_type = 'coaching_session' and status = 'completed'"
    )
    state = (
        "from state where state.agent_id = agent_identity.agent_id and state_code = 'COACHING'"
        " and start_at = event.started_at and end_at = event.completed_at"
    )
    assert count(sent, coached) > 50
    assert count(sent, f"{coached} and not exists ({state})") == 0
    outcomes = "select distinct event_type, status from development_event"
    assert count(sent, outcomes) >= 5


def test_nobody_serves_a_queue_without_the_skill(sent: duckdb.DuckDBPyConnection) -> None:
    skill = (
        "from agent_skill as skill where skill.agent_id = leg.agent_id and skill.channel ="
        " leg.channel and queue_family = queue_id and began::date between valid_from::date"
        " and coalesce(valid_to::date, '9999-12-30') + 1"  # a night shift ends a day later
    )
    assert count(sent, f"from leg where was_handled and not exists ({skill})") == 0


def test_a_transfer_has_a_type_and_ends_the_leg(sent: duckdb.DuckDBPyConnection) -> None:
    types = "select distinct transfer_type from leg where was_transferred_out"
    assert sent.execute(f"{types} order by all").fetchall() == [
        ("blind",),
        ("consult",),
        ("queue",),
    ]
    said = "(transfer_type <> 'none') = was_transferred_out"
    ended = "(disconnected_by = 'transfer') = was_transferred_out"
    assert count(sent, f"from leg where not ({said} and {ended})") == 0


def test_an_outage_is_confirmed_days_later_with_its_true_start_and_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(read_declarations().numbers, "outage_day_day", 2)
    for days in (3, 5):
        facts = make_centre(tmp_path, agents=24, days=days)
    said = duckdb.sql(
        "select status, started_at::timestamp, ended_at::timestamp from"
        f" read_csv('{facts.drop}/itsm/service_incident/*/*.csv', all_varchar=true)"
        " where incident_id = 'outage-lisbon' order by source_updated_at"
    ).fetchall()
    true = duckdb.sql(
        f"select starts_at, ends_at from '{facts.truth}/planted_world.parquet'"
        " where world = 'outage_day'"
    ).fetchall()[0]
    assert [row[0] for row in said] == ["provisional", "confirmed"]
    assert said[0][1] > true[0]
    assert said[0][2] is None
    assert said[1][1:] == true
