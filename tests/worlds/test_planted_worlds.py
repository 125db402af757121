"""A planted situation is in the feeds as the truth says, and nothing else is touched."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.synthetic_centre import CentreFacts, make_centre
from orchestration.synthetic_centre.engine.sent_feeds import FEEDS
from tests.worlds.test_synthetic_centre_nights import digests, rows_of

# With this seed somebody leaves on day 16; the cases change hands in the first of two nights.
AGENTS, HISTORY_DAYS, DAYS, FIRST_DAY, SEED = 36, 18, 20, date(2026, 6, 29), 7
WORLDS = (
    "leaver_reassignment",
    "lenient_approver",
    "rating_reassignment",
    "surveys_without_agent",
)
TOUCHED = {
    "leaver_reassignment": {"case_event", "case_record"},
    "lenient_approver": {"adherence_exception"},
    "rating_reassignment": {"case_event", "case_record"},
    "surveys_without_agent": {"survey_response"},
}


def lived(home: Path, *worlds: str) -> CentreFacts:
    for days in (HISTORY_DAYS, DAYS):
        facts = make_centre(
            home, agents=AGENTS, days=days, first_day=FIRST_DAY, seed=SEED, worlds=worlds
        )
    return facts


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("plain")
    lived(home)
    return home


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    homes = {world: tmp_path_factory.mktemp(world) for world in WORLDS}
    for world, home in homes.items():
        lived(home, world)
    return homes


def newest(home: Path, feed: str, key: str) -> str:
    """Ask for the newest row of each key of a change feed."""
    (sent,) = (one for one in FEEDS if one.name == feed)
    return (
        f"(select * exclude (filename) from {rows_of(home, sent)} qualify row_number() over"
        f" (partition by {key} order by source_updated_at desc) = 1)"
    )


def truth(home: Path, name: str) -> str:
    return f"read_parquet('{home}/synthetic_centre/truth/{name}/*/*.parquet')"


def ids(query: str) -> set[tuple[object, ...]]:
    return set(duckdb.sql(query).fetchall())


@pytest.mark.parametrize("world", WORLDS)
def test_a_planted_world_touches_its_own_feeds_alone(
    plain: Path, planted: dict[str, Path], world: str
) -> None:
    without, with_it = digests(plain), digests(planted[world])
    changed = {
        path.split("/")[1]
        for path in without.keys() | with_it.keys()
        if without.get(path) != with_it.get(path)
    }
    assert changed == TOUCHED[world]


@pytest.mark.parametrize("world", ["leaver_reassignment", "rating_reassignment"])
def test_reassigned_cases_have_another_owner_and_the_resolver_they_had(
    plain: Path, planted: dict[str, Path], world: str
) -> None:
    home = planted[world]
    crm = (
        f"(select external_id, agent_id from read_csv('{home}/synthetic_centre/drop/hr/"
        "agent_identity/*/*.csv') where identity_system = 'crm')"
    )
    (cases,) = (one for one in FEEDS if one.name == "case_record")
    owners = "select case_id, owner_external_id as external_id from"
    differing = ids(
        f"select case_id, agent_id from ({owners} {rows_of(home, cases)}"
        f" except {owners} {rows_of(plain, cases)}) inner join {crm} using (external_id)"
    )
    said = ids(f"select case_id, to_agent_id from {truth(home, 'reassigned_case')}")
    assert differing == said
    assert said
    same = "before.resolved_by_external_id is not distinct from after.resolved_by_external_id"
    assert not ids(
        f"select case_id from {newest(plain, 'case_record', 'case_id')} as before inner join"
        f" {newest(home, 'case_record', 'case_id')} as after using (case_id) where not ({same})"
    )


@pytest.mark.parametrize("world", ["leaver_reassignment", "rating_reassignment"])
def test_the_last_assignment_of_every_case_is_its_owner(
    planted: dict[str, Path], world: str
) -> None:
    (events,) = (one for one in FEEDS if one.name == "case_event")
    last = (
        "select case_id, max_by(to_value, (occurred_at, event_id)) as owner from"
        f" {rows_of(planted[world], events)} where event_type = 'assigned' group by case_id"
    )
    assert not ids(
        f"select case_id from {newest(planted[world], 'case_record', 'case_id')} full outer join"
        f" ({last}) using (case_id) where owner is distinct from owner_external_id"
    )


def test_some_reassigned_cases_were_resolved_by_whoever_left(planted: dict[str, Path]) -> None:
    cases = truth(planted["leaver_reassignment"], "reassigned_case")
    assert ids(f"select case_id from {cases} where resolver_agent_id = from_agent_id")


def test_cases_move_after_a_bad_rating_only(planted: dict[str, Path]) -> None:
    home = planted["rating_reassignment"]
    rated = newest(home, "survey_response", "response_id, question_id")
    moved = truth(home, "reassigned_case")
    assert not ids(
        f"select case_id from {moved} as moved where not exists (select 1 from {rated} as rated"
        " where rated.case_id = moved.case_id and rated.metric = 'csat'"
        " and rated.score_value::integer <= 2"
        " and rated.responded_at::timestamp < moved.reassigned_at)"
    )


def test_answers_that_lost_their_agent_keep_their_invitation(
    plain: Path, planted: dict[str, Path]
) -> None:
    home = planted["surveys_without_agent"]
    answers = newest(home, "survey_response", "response_id")
    lost = ids(f"select response_id from {answers} where attributed_agent_external_id is null")
    said = ids(f"select response_id from {truth(home, 'survey_without_agent')}")
    assert lost == said
    assert len(said) > 20
    assert not ids(
        f"select response_id from {answers} where attributed_agent_external_id is null"
        " and (invitation_id is null or contact_id is not null or case_id is not null)"
    )


def test_one_approver_approves_what_others_deny(planted: dict[str, Path]) -> None:
    home = planted["lenient_approver"]
    sent = f"read_csv('{home}/synthetic_centre/drop/wfm/adherence_exception/*/*.csv')"
    decisions = truth(home, "adherence_decision")
    planted_one = duckdb.sql(
        f"select scope_id from '{home}/synthetic_centre/truth/planted_world.parquet'"
        " where world = 'lenient_approver'"
    ).fetchall()
    shares = {
        is_lenient: float(share)
        for is_lenient, share in duckdb.sql(
            f"select is_lenient, avg(is_approved::integer) from {decisions}"
            " where not is_justified group by all"
        ).fetchall()
    }
    assert shares[True] > 0.9
    assert shares[False] < 0.2
    decided = (
        f"select exception_id, decided_by_external_id, status = 'approved' from {sent}"
        " where status <> 'pending'"
    )
    said = f"select exception_id, approver_external_id, is_approved from {decisions}"
    assert ids(decided) == ids(said)
    assert ids(f"select distinct approver_external_id from {decisions} where is_lenient") == set(
        planted_one
    )
    assert ids(f"select exception_id from {sent} where status = 'pending'")
