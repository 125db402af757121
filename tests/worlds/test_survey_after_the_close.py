"""World (y): an answer that comes after the close is in what we know now, not in what we knew."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.night.home import Home
from orchestration.night.night import Night
from tests.conftest import Centre

pytestmark = pytest.mark.night

CLOSED = "2026-06"


def answers_of_the_closed_month(night: Night) -> tuple[bool, int, int]:
    """Build the run, and count the answers that the month holds."""
    night.apply()
    assert all(result.is_good for result in night.build())
    with duckdb.connect(str(night.warehouse), read_only=True) as warehouse:
        (is_closed,) = warehouse.execute(
            "select is_closed from conformed.dim_period where period_id = ?", [CLOSED]
        ).fetchall()[0]
        counted, answers = warehouse.execute(
            "select coalesce(sum(denominator), 0)::bigint, (select count(*)"
            " from facts.fct_survey_response where activity_date < date '2026-07-01'"
            " and csat_eligible_responses = 1) from kpis.kpi_agent_period"
            " where metric = 'csat' and period_id = ?",
            [CLOSED],
        ).fetchall()[0]
    return bool(is_closed), int(counted), int(answers)


def test_an_answer_after_the_close_is_only_in_what_we_know_now(
    new_home: Callable[[Path], Home], tmp_path: Path
) -> None:
    centre = Centre(new_home(tmp_path / "centre").root)
    centre.live(days=4)
    first = centre.applied()
    as_of = first.arrived().run.as_of
    is_closed, then, _ = answers_of_the_closed_month(first)
    assert is_closed
    assert then > 0

    centre.live(days=12)
    _, now, now_answers = answers_of_the_closed_month(centre.applied())
    assert now > then

    centre.home.sweep_scratch()
    looking_back = centre.as_night(as_of=as_of)
    assert looking_back.warehouse != centre.home.warehouse
    is_closed, known_then, answers_then = answers_of_the_closed_month(looking_back)
    assert is_closed
    assert known_then == then
    assert answers_then < now_answers
