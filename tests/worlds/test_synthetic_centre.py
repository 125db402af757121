"""The made-up centre sends what its contracts promise, and nobody is in two places at once."""

from typing import Any

import duckdb
import pytest
import yaml

from orchestration.landing.contract import CONTRACTS
from orchestration.night.home import DEFAULT_SOURCES
from orchestration.synthetic_centre import CentreFacts, make_centre
from orchestration.synthetic_centre.engine.sent_feeds import FEEDS

AGENTS, DAYS = 120, 10


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> CentreFacts:
    return make_centre(tmp_path_factory.mktemp("home"), agents=AGENTS, days=DAYS)


@pytest.fixture(scope="module")
def sent(centre: CentreFacts) -> duckdb.DuckDBPyConnection:
    return tables_of(centre)


def tables_of(centre: CentreFacts) -> duckdb.DuckDBPyConnection:
    """Open one table per feed as it was sent, and `leg` and `state` with moments and our ids."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for feed in FEEDS:
        files = centre.drop.glob(f"*/{feed.name}/*/*.{feed.ending}")
        reader = "read_parquet(?)" if feed.ending == "parquet" else "read_csv(?, all_varchar=true)"
        query = f"create table {feed.name} as select * from {reader}"
        connection.execute(query, [[str(path) for path in sorted(files)]])
    connection.execute(
        "create table leg as select contact_leg.*, agent_id,"
        " leg_started_at::timestamptz as began, contact_started_at::timestamptz as arrived,"
        " leg_ended_at::timestamptz + to_seconds(coalesce(acw_seconds, 0)) as done"
        " from contact_leg left outer join agent_identity"
        " on external_id = agent_external_id and identity_system = 'acd'"
    )
    connection.execute(
        "create table state as select actual_activity.*, agent_id,"
        " start_at::timestamptz as began, end_at::timestamptz as done"
        " from actual_activity inner join agent_identity"
        " on external_id = agent_external_id and identity_system = 'wfm'"
    )
    return connection


def feeds() -> list[str]:
    return sorted(yaml.safe_load(DEFAULT_SOURCES.read_text())["feeds"])


def contract_of(feed: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CONTRACTS / f"{feed}.yml").read_text())
    return loaded


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    answer = connection.execute(f"select count(*) from ({query})").fetchone()
    assert answer is not None
    return int(answer[0])


@pytest.mark.parametrize("feed", feeds())
def test_a_feed_has_rows_and_only_columns_its_contract_knows(
    sent: duckdb.DuckDBPyConnection, feed: str
) -> None:
    names = [str(row[0]) for row in sent.execute(f"describe {feed}").fetchall()]
    columns = contract_of(feed)["columns"]
    required = {name for name, column in columns.items() if column.get("required")}
    assert set(names) <= set(columns)
    assert required <= set(names)
    assert count(sent, f"from {feed}") > 0
    for name in required:
        assert count(sent, f"from {feed} where {name} is null") == 0, name


@pytest.mark.parametrize("feed", feeds())
def test_every_row_of_a_feed_keeps_its_contract(sent: duckdb.DuckDBPyConnection, feed: str) -> None:
    contract = contract_of(feed)
    names = {str(row[0]) for row in sent.execute(f"describe {feed}").fetchall()}
    kinds = {"integer": "bigint", "decimal": "decimal(18, 6)", "timestamp": "timestamptz"}
    casts = []
    for name, column in contract["columns"].items():
        kind = kinds.get(column["type"], column["type"])
        kind = "varchar" if kind in {"string", "zone"} else kind
        casts.append(f"{name}::{kind} as {name}" if name in names else f"null::{kind} as {name}")
    sent.execute(f"create or replace table typed as select {', '.join(casts)} from {feed}")
    for name, column in contract["columns"].items():
        if "one_of" in column:
            allowed = ", ".join(f"'{word}'" for word in column["one_of"])
            assert count(sent, f"from typed where {name} not in ({allowed})") == 0, name
        if "between" in column:
            low, high = column["between"]
            assert count(sent, f"from typed where {name} not between {low} and {high}") == 0, name
    for rule, condition in contract.get("rules", {}).items():
        assert count(sent, f"from typed where not ({condition})") == 0, rule
    key = [name for name in contract["key"] if name != "source_system"]
    twice = f"select 1 from typed group by {', '.join(key)} having count(*) > 1"
    assert count(sent, twice) == 0


def test_no_agent_is_in_two_states_at_once(sent: duckdb.DuckDBPyConnection) -> None:
    following = "lead(began) over (partition by agent_id order by began)"
    query = f"select done, {following} as next from state"
    assert count(sent, f"from ({query}) where next < done") == 0


def test_voice_contacts_of_an_agent_never_overlap(sent: duckdb.DuckDBPyConnection) -> None:
    following = "lead(began) over (partition by agent_id order by began)"
    query = f"select done, {following} as next from leg where channel = 'voice' and was_handled"
    assert count(sent, f"from ({query}) where next < done") == 0


def test_chats_run_in_parallel_where_they_say_so(sent: duckdb.DuckDBPyConnection) -> None:
    other = (
        "exists (from leg as other where other.agent_id = leg.agent_id and other.channel = 'chat'"
        " and (other.contact_id, other.leg_id) <> (leg.contact_id, leg.leg_id)"
        " and other.began < leg.leg_ended_at::timestamptz"
        " and other.leg_ended_at::timestamptz > leg.began)"
    )
    query = f"from leg where channel = 'chat' and was_handled and ({other}) <> (concurrent_max = 2)"
    assert count(sent, "from leg where concurrent_max = 2") > 0
    assert count(sent, query) == 0


def test_contacts_lie_inside_the_time_on_queue(sent: duckdb.DuckDBPyConnection) -> None:
    inside = (
        "from state where state.agent_id = leg.agent_id and leg.began >= state.began"
        " and leg.done <= coalesce(state.done, leg.done)"
        " and state_code = upper(leg.channel) || '_QUEUE'"
    )
    assert count(sent, f"from leg where was_handled and not exists ({inside})") == 0


def test_a_second_leg_begins_with_another_agent_after_the_first_has_ended(
    sent: duckdb.DuckDBPyConnection,
) -> None:
    pairs = (
        "from leg as first_leg inner join leg as second_leg using (contact_id)"
        " where first_leg.leg_id = '1' and second_leg.leg_id = '2'"
    )
    wrong = (
        "first_leg.agent_id = second_leg.agent_id or not first_leg.was_transferred_out"
        " or second_leg.began < first_leg.leg_ended_at::timestamptz"
    )
    assert count(sent, pairs) > 0
    assert count(sent, f"{pairs} and ({wrong})") == 0


def test_nobody_works_outside_the_terms_of_the_roster(sent: duckdb.DuckDBPyConnection) -> None:
    terms = (
        "from agent_roster where agent_roster.agent_id = state.agent_id"
        " and state.began::date between valid_from::date"
        " and coalesce(valid_to::date, '9999-12-31') + 1"  # a night shift ends a day later
    )
    assert count(sent, f"from state where not exists ({terms})") == 0


def test_shifts_cross_midnight_and_sites_have_their_own_zones(
    sent: duckdb.DuckDBPyConnection,
) -> None:
    zones = "select distinct site_time_zone from agent_roster"
    overnight = (
        "select shift_id from planned_activity inner join agent_identity"
        " on external_id = agent_external_id inner join agent_roster using (agent_id)"
        " where (end_at::timestamptz at time zone site_time_zone)::date > schedule_date::date"
    )
    assert count(sent, zones) > 1
    assert count(sent, overnight) > 0


def test_customers_come_back_within_seven_days_with_the_same_reason(
    sent: duckdb.DuckDBPyConnection,
) -> None:
    contacts = (
        "select customer_key, contact_reason, min(arrived) as arrived from leg where was_handled"
        " and customer_key is not null group by contact_id, customer_key, contact_reason"
    )
    following = "lead(arrived) over (partition by customer_key, contact_reason order by arrived)"
    followed = f"select arrived, {following} as next from ({contacts})"
    repeats = count(sent, f"from ({followed}) where next < arrived + interval 7 day")
    assert 0.08 < repeats / count(sent, contacts) < 0.16
    assert count(sent, f"from ({followed}) where next >= arrived + interval 7 day") == 0


def test_levels_are_plausible(sent: duckdb.DuckDBPyConnection) -> None:
    levels = sent.execute(
        "select avg(talk_seconds + hold_seconds + acw_seconds) from leg where channel = 'voice'"
        " union all select avg(score_points::double) from qa_evaluation where purpose = 'standard'"
        " union all select 100 * avg((score_value::int >= 4)::int) from survey_response"
        " where metric = 'csat'"
        " union all select 100 * avg(was_transferred_out::int) from leg where was_handled"
    ).fetchall()
    handle, quality, satisfied, transferred = (float(row[0]) for row in levels)
    assert 300 < handle < 420
    assert 80 < quality < 90
    assert 70 < satisfied < 86
    assert 5 < transferred < 12
