"""Credit stays where it was earned, whatever happens to people and cases afterwards.

One centre lives through all of it: an agent changes teams, another leaves, cases pass to
colleagues after a bad answer, and the survey tool forgets whom a third of the chats were with.
"""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.night.home import Home
from orchestration.synthetic_centre import make_centre
from quality_checks.engine.gate import Decision
from quality_checks.engine.results import CheckResult
from tests.conftest import Centre

pytestmark = pytest.mark.dbt

# With this seed agents move and leave on day 16, and the cases change hands in the last night.
AGENTS, HISTORY_DAYS, DAYS, FIRST_DAY, SEED = 60, 18, 20, date(2026, 6, 29), 30
WORLDS = ("leaver_reassignment", "rating_reassignment", "surveys_without_agent")
OWNERS = (
    "select event_id, agent_id from facts.fct_attribution"
    " where event_kind = 'case' and not_credited_reason = '{reason}'"
)


@pytest.fixture(scope="session")
def lived(once: Callable[..., Path], new_home: Callable[[Path], Home]) -> Centre:
    """Answer the centre after its models were built; nobody may change it."""

    def build(folder: Path) -> None:
        centre = Centre(new_home(folder).root)
        for days in (HISTORY_DAYS, DAYS):
            make_centre(
                folder, agents=AGENTS, days=days, first_day=FIRST_DAY, seed=SEED, worlds=WORLDS
            )
        centre.applied().build()

    return Centre(once("attribution_worlds", build))


@pytest.fixture(scope="module")
def warehouse(lived: Centre) -> Any:
    with duckdb.connect(str(lived.home.warehouse), read_only=True) as connection:
        for world in ("reassigned_case", "survey_without_agent"):
            truth = lived.home.root / "synthetic_centre/truth" / world / "*/*.parquet"
            connection.execute(f"create temp table {world} as select * from '{truth}'")
        for feed in ("survey_response", "agent_roster"):
            sent = lived.drop / "*" / feed / "*/part-*.csv"
            connection.execute(f"create temp table sent_{feed} as select * from '{sent}'")
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def test_who_moves_in_mid_period_keeps_the_days_before_in_the_old_team(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    known = rows(
        warehouse,
        "select agent_id, team_id, min(valid_from), max(coalesce(valid_to, date '9999-12-31'))"
        " from sent_agent_roster group by agent_id, team_id"
        " qualify count(*) over (partition by agent_id) > 1 order by agent_id, 3",
    )
    assert len({agent for agent, *_ in known}) == 1
    counted = rows(
        warehouse,
        "select agent_id, team_id, min(activity_date), max(activity_date)"
        f" from facts.fct_agent_day where agent_id = '{known[0][0]}' group by all order by 3",
    )
    assert [team for _, team, *_ in counted] == [team for _, team, *_ in known]
    moved_on = known[1][2]
    assert counted[0][3] < moved_on <= counted[1][2]
    assert known[0][1] != known[1][1]


def test_solved_cases_of_a_leaver_stay_the_leavers(warehouse: duckdb.DuckDBPyConnection) -> None:
    moved = rows(
        warehouse,
        "select case_id, to_agent_id from reassigned_case"
        " where world = 'leaver_reassignment' and resolver_agent_id = from_agent_id",
    )
    assert len(moved) > 50
    counted = rows(warehouse, OWNERS.format(reason="handed_over_by_a_leaver"))
    assert set(moved) == set(counted)
    credited = rows(
        warehouse,
        "select distinct credited.agent_id, credited.rule from facts.fct_attribution as credited"
        " inner join facts.fct_attribution as owner using (event_kind, event_id)"
        " where credited.is_credited and owner.not_credited_reason = 'handed_over_by_a_leaver'"
        " and event_kind = 'case'",
    )
    leavers = rows(
        warehouse,
        "select distinct from_agent_id, 'resolver_at_resolution' from reassigned_case"
        " where world = 'leaver_reassignment'",
    )
    assert credited == leavers


def test_a_bad_rating_stays_with_whom_it_was_about_when_its_case_moves(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """An answer that lost its agent lost its case too, and a test answer rates nobody."""
    moved = rows(
        warehouse,
        "select response_id, from_agent_id, to_agent_id from reassigned_case"
        " inner join sent_survey_response using (case_id)"
        " where world = 'rating_reassignment' and score_value <= 2 and not is_test"
        " and responded_at < reassigned_at",
    )
    assert len(moved) > 15
    counted = rows(
        warehouse,
        "select event_id, credited.agent_id, owner.agent_id from facts.fct_attribution as owner"
        " inner join facts.fct_attribution as credited using (event_kind, event_id)"
        " where credited.is_credited and event_kind = 'survey'"
        " and owner.not_credited_reason = 'handed_over_after_a_bad_rating'",
    )
    assert set(moved) == set(counted)
    assert rows(
        warehouse,
        "select distinct csat_eligible_responses, csat_satisfied_responses"
        " from facts.fct_survey_response where metric = 'csat' and response_id in"
        f" ({', '.join(repr(response) for response, *_ in moved)})",
    ) == [(1, 0)]


def test_nobody_is_said_to_have_been_handed_a_case_who_was_not(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    handed_over = rows(
        warehouse,
        "select event_id, agent_id from facts.fct_attribution"
        " where event_kind = 'case' and not_credited_reason like 'handed_over%'",
    )
    truth = rows(warehouse, "select case_id, to_agent_id from reassigned_case")
    assert handed_over
    assert set(handed_over) <= set(truth)


def test_answers_without_agent_raise_an_alarm_and_are_credited_by_the_rule(
    lived: Centre, warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    lost = rows(warehouse, "select response_id, agent_id, contact_id from survey_without_agent")
    assert set(lost) == set(
        rows(
            warehouse,
            "select response_id, agent_id, contact_id from facts.fct_survey_response"
            " where attribution_reason <> 'named_by_the_survey'",
        )
    )
    results, decision = checked(lived, tmp_path)
    alarms = [one for one in results if one.check_id == "answers_name_their_agent"]
    assert [(one.scope_id, one.severity) for one in alarms if one.status == "failed"] == [
        ("chat", "warn")
    ]
    assert not [why for why in decision.held_because if "answers_name_their_agent" in why]
    (moved,) = [one for one in results if one.check_id == "cases_stay_after_a_bad_answer"]
    assert (moved.severity, moved.status) == ("annotate", "failed")


def test_an_event_is_credited_once_and_where_its_own_fact_says(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    twice = "count(*) filter (is_credited) > 1"
    assert (
        rows(
            warehouse,
            "select event_id from facts.fct_attribution"
            f" group by event_kind, source_system, event_id having {twice}",
        )
        == []
    )
    facts = {
        "contact": "select contact_id, agent_id from facts.fct_contact where is_last_handling_leg",
        "case": "select case_id, resolved_by_agent_id from conformed.int_case",
        "survey": "select response_id, agent_id from facts.fct_survey_response",
    }
    for kind, fact in facts.items():
        credited = set(
            rows(
                warehouse,
                "select event_id, agent_id from facts.fct_attribution"
                f" where is_credited and event_kind = '{kind}'",
            )
        )
        assert credited
        assert credited <= set(rows(warehouse, fact))


def checked(lived: Centre, tmp_path: Path) -> tuple[list[CheckResult], Decision]:
    """Let the gate speak of a copy, as it writes what it found."""
    shutil.copytree(lived.home.root, tmp_path / "copy")
    return Centre(tmp_path / "copy").as_night().check()
