"""World (f): zero was measured and null was not, and a team's value is a ratio of sums."""

import duckdb
import pytest

from tests.conftest import Centre

pytestmark = pytest.mark.night

BY_HAND = """
    with agent_days as (
        select *, strftime(activity_date, '%Y-%m') as period_id from facts.fct_agent_day_queue
        where is_complete
    ),
    agents as (
        select team_id, period_id, agent_id,
            sum(transferred_out_contacts) as passed_on, sum(transfer_known_contacts) as known
        from agent_days group by all having sum(transfer_known_contacts) > 0
    )
    select team_id, period_id, sum(passed_on)::bigint, sum(known)::bigint, avg(passed_on / known)
    from agents group by all order by all
"""
OURS = """
    select group_id, period_id, numerator::bigint, denominator::bigint, value
    from kpis.kpi_group_period
    where group_kind = 'team' and metric = 'transfer_rate' and denominator > 0
        and period_id not like '%Q%'
    order by all
"""


@pytest.fixture(scope="module")
def warehouse(built: Centre) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(built.home.warehouse), read_only=True)


def test_a_teams_value_is_a_ratio_of_sums_and_never_a_mean_of_its_agents(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    ours, by_hand = warehouse.execute(OURS).fetchall(), warehouse.execute(BY_HAND).fetchall()
    assert [row[:4] for row in ours] == [row[:4] for row in by_hand]
    assert all(row[4] == pytest.approx(row[2] / row[3]) for row in ours)
    assert any(abs(row[4] - mean[4]) > 0.001 for row, mean in zip(ours, by_hand, strict=True))


def test_a_day_without_a_transfer_is_zero_and_a_share_of_nothing_is_no_share(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    counted = warehouse.execute(
        "select count(*), count(transferred_out_contacts),"
        " count(*) filter (transferred_out_contacts = 0)"
        " from facts.fct_agent_day_queue where handled_contacts > 0"
    ).fetchall()[0]
    assert counted[0] == counted[1] > counted[2] > 0
    unanswered = warehouse.execute(
        "select distinct value, state from kpis.kpi_agent_period where coalesce(denominator, 0) = 0"
    ).fetchall()
    assert {value for value, _ in unanswered} == {None}
    assert "measured" not in {state for _, state in unanswered}
