"""The draws are even and independent, and what is planted can be found and switched off."""

import re
from argparse import ArgumentParser
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.commands.synthetic_centre import add_arguments
from orchestration.synthetic_centre import make_centre
from orchestration.synthetic_centre.engine.declarations import read_declarations
from orchestration.synthetic_centre.engine.world import SQL, open_world

DRAWS = 20_000


@pytest.fixture
def world(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    return open_world(
        read_declarations(),
        agents=120,
        seed=1,
        first_day=date(2026, 6, 29),
        worlds=read_declarations().worlds_on,
        scratch=tmp_path,
    )


def test_every_number_the_sql_reads_is_declared_and_every_declared_one_is_read() -> None:
    declarations = read_declarations()
    read = {
        name
        for path in SQL.rglob("*.sql")
        for name in re.findall(r"getvariable\('(\w+)'\)", path.read_text(encoding="utf-8"))
    }
    told = {"agents", "seed", "first_day", "from_day", "to_day", "lived_to_day", "known_day"}
    told |= {"extracted_at", "previous_at", "contacts_from", "window_start", "window_end"}
    told |= {f"has_{name}" for name in declarations.worlds}
    told |= {"extract_id", "is_snapshot", "wrong"}
    outside = {name for name in declarations.numbers if name.startswith("delivery_")}
    outside |= {"agent_announced_days"}
    assert read - told == set(declarations.numbers) - outside


def test_draws_are_even_and_streams_are_independent(world: duckdb.DuckDBPyConnection) -> None:
    streams = {
        f"bit_{bit}": f"uniform_at(digest_of('a', range), {bit})" for bit in range(0, 120, 20)
    }
    streams |= {name: f"uniform_of('{name}', range)" for name in ("b", "c")}
    streams |= {"later": "uniform_of('a', range + 1)"}
    columns = ", ".join(f"{draw} as {name}" for name, draw in streams.items())
    world.execute(f"create table draw as select {columns} from range({DRAWS})")
    limit = 4 / DRAWS**0.5
    for first in streams:
        tenths = world.execute(f"select count(*) from draw group by floor(10 * {first})").fetchall()
        assert len(tenths) == 10
        assert sum((row[0] - DRAWS / 10) ** 2 / (DRAWS / 10) for row in tenths) < 30
        for second in streams:
            found = world.execute(f"select corr({first}, {second}) from draw").fetchone()
            assert found is not None
            assert first == second or abs(found[0]) < limit, (first, second)


def test_normal_draws_have_mean_zero_and_deviation_one(world: duckdb.DuckDBPyConnection) -> None:
    found = world.execute(
        f"select avg(x), stddev(x) from (select normal_of('x', range) as x from range({DRAWS}))"
    ).fetchone()
    assert found is not None
    assert abs(found[0]) < 0.03
    assert abs(found[1] - 1) < 0.03


def test_a_team_in_the_planted_world_is_fast_weak_and_sees_customers_again(
    world: duckdb.DuckDBPyConnection,
) -> None:
    planted, others = world.execute(
        "select avg(talk_log), avg(qa_points), avg(repeat_logit) from agent_effect"
        " group by is_corner_cutting order by is_corner_cutting desc"
    ).fetchall()
    assert planted[0] < others[0] - 0.2
    assert planted[1] < others[1] - 6
    assert planted[2] > others[2] + 0.5


def test_during_the_outage_no_call_is_taken_and_agents_are_shown_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(read_declarations().numbers, "outage_day_day", 2)
    facts = make_centre(tmp_path, agents=48, days=3)
    down = duckdb.sql(
        f"select starts_at, ends_at from '{facts.truth}/planted_world.parquet'"
        " where world = 'outage_day'"
    ).fetchall()[0]
    states = f"'{facts.drop}/wfm/actual_activity/*/*.parquet'"
    outage = duckdb.sql(
        f"select min(start_at::timestamp), max(end_at::timestamp) from {states}"
        " where state_code = 'OUTAGE'"
    ).fetchall()[0]
    assert down[0] <= outage[0]
    assert outage[1] == down[1]
    on_queue = duckdb.sql(
        "select 1 from {0} where state_code = 'VOICE_QUEUE' and agent_external_id in"
        " (select agent_external_id from {0} where state_code = 'OUTAGE')"
        " and start_at::timestamp < '{2}' and end_at::timestamp > '{1}'".format(states, *down)
    ).fetchall()
    assert on_queue == []


def test_planted_worlds_can_be_switched_off(tmp_path: Path) -> None:
    facts = make_centre(tmp_path, agents=24, days=1, worlds=())
    planted = duckdb.sql(f"from '{facts.truth}/planted_world.parquet'").fetchall()
    assert planted == []


def test_an_unknown_planted_world_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no planted world is called"):
        make_centre(tmp_path, agents=24, days=1, worlds=("perfect_day",))


def test_the_truth_lies_beside_the_feeds_and_not_in_them(tmp_path: Path) -> None:
    facts = make_centre(tmp_path, agents=24, days=1)
    names = {path.name for path in facts.drop.rglob("*") if path.is_file()}
    assert not any("ability" in name or "severity" in name for name in names)
    abilities = duckdb.sql(f"from '{facts.truth}/agent_ability.parquet'").fetchall()
    assert len(abilities) == 24 * 9


def test_evaluators_are_not_agents(world: duckdb.DuckDBPyConnection) -> None:
    both = world.execute(
        "from evaluator inner join identity_of on evaluator_external_id = external_id"
    ).fetchall()
    assert both == []


def test_help_names_every_planted_world() -> None:
    parser = ArgumentParser()
    add_arguments(parser)
    said = " ".join(parser.format_help().split())
    assert not [name for name in read_declarations().worlds if name not in said]
