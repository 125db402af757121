"""An outage moves nobody's adherence, and a schedule edited late is counted as that.

The same centre lives twice, with the outage and without. What is compared is what the models say of
both when told of the same incident, and what the delivered schedules say in plain SQL.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.night.home import Home
from orchestration.night.models import build_models
from orchestration.synthetic_centre import make_centre
from orchestration.synthetic_centre.engine.declarations import read_declarations
from tests.conftest import Centre

pytestmark = pytest.mark.night

AGENTS, HISTORY_DAYS, DAYS, OUTAGE_DAY = 96, 4, 9, 2
COUNTED = "eligible_scheduled_seconds, eligible_in_adherence_seconds, late_arrivals"

Pair = dict[str, Centre]


@pytest.fixture(scope="module")
def centres(new_home: Callable[[Path], Home], tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Answer the centre that lived the outage and the one that did not, both told of it."""
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(read_declarations().numbers, "outage_day_day", OUTAGE_DAY)
        for name, worlds in {"down": ("outage_day",), "up": ()}.items():
            made[name] = Centre(new_home(tmp_path_factory.mktemp(name)).root)
            for days in (HISTORY_DAYS, DAYS):
                make_centre(made[name].home.root, agents=AGENTS, days=days, worlds=worlds)
    for centre in made.values():
        centre.applied()
        tell_of_the_outage(centre, of=made["down"])
        results = build_models(
            centre.home, warehouse=centre.home.warehouse, select=["+fct_agent_day"]
        )
        assert all(result.is_good for result in results)
    return made


def tell_of_the_outage(centre: Centre, *, of: Centre) -> None:
    """Write the one incident of the test, confirmed, in place of what the centre says of it."""
    truth = of.home.root / "synthetic_centre/truth/planted_world.parquet"
    with duckdb.connect(str(centre.home.warehouse)) as warehouse:
        warehouse.execute("update run.feed set is_declared = true where feed = 'service_incident'")
        warehouse.execute("delete from raw.service_incident")
        warehouse.execute("delete from raw.adherence_exception")
        warehouse.execute(
            "insert into raw.service_incident by name select 'itsm' as source_system,"
            " 'down' as incident_id, 'site' as scope_type, scope_id, 'confirmed' as status,"
            " starts_at as started_at, ends_at as ended_at, true as affects_adherence,"
            " ends_at as known_at,"
            f" timestamp '9999-12-31' as superseded_at from '{truth}' where world = 'outage_day'"
        )


def asked(centre: Centre, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(centre.home.warehouse), read_only=True) as warehouse:
        return warehouse.execute(query).fetchall()


def test_whether_telephony_was_down_is_nowhere_in_anybodys_adherence(centres: Pair) -> None:
    query = f"select agent_id, activity_date, {COUNTED} from facts.fct_agent_day order by all"
    assert asked(centres["down"], query) == asked(centres["up"], query)


def test_without_the_incident_the_outage_would_have_been_held_against_people(
    centres: Pair,
) -> None:
    query = "select sum(in_adherence_seconds) from facts.fct_agent_day where outage_seconds > 0"
    assert asked(centres["down"], query) < asked(centres["up"], query)


def test_only_the_site_that_was_down_has_time_left_out(centres: Pair) -> None:
    days = asked(
        centres["down"],
        "select distinct site_id, activity_date from facts.fct_agent_day where outage_seconds > 0",
    )
    assert [(site, str(day)) for site, day in days] == [("lisbon", "2026-07-01")]


def test_a_plan_changed_after_the_shift_or_shortly_before_it_is_counted(centres: Pair) -> None:
    """Absences are entered the day after, and breaks are moved the day before.

    Both arrive with an extract after the history, which held the plan as it was.
    """
    files = f"{centres['up'].drop}/wfm/planned_activity"
    expected = duckdb.sql(
        "with was as (select shift_id, max(end_at) - min(start_at) as length"
        f" from '{files}/history-*/*.csv.gz' where schedule_version = 1 group by all), became as"
        f" (select shift_id, bool_or(activity_code = 'ABSENCE') as is_absent"
        f" from '{files}/nightly-*/*.csv.gz' where schedule_version = 2 group by all)"
        " select count(*) filter (not is_absent),"
        " sum(epoch(length)) filter (is_absent)::bigint, count(*) filter (is_absent)"
        " from was inner join became using (shift_id)"
    ).fetchall()[0]
    assert expected[0] > 0 < expected[2]
    assert asked(
        centres["up"],
        "select sum(short_notice_shifts), sum(edited_after_start_seconds),"
        " count(*) filter (edited_after_start_seconds > 0) from facts.fct_shift",
    ) == [expected]
