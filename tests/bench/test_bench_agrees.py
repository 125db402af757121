"""The night, one hand-written script, pandas and polars answer the same, to the second."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.bench import by_hand
from tests.bench.agreement import differences
from tests.bench.by_pandas import __main__ as by_pandas
from tests.bench.by_pandas.judgements import PARTS_OF_A_POINT
from tests.bench.by_polars import __main__ as by_polars
from tests.bench.night_steps import STEPS, recorded_steps
from tests.bench.wanted import write
from tests.conftest import DAYS, Centre


def built_by_hand(centre: Centre, file: Path) -> Path:
    by_hand.run(centre.home.root / "raw", file)
    return file


def built_by_pandas(centre: Centre, file: Path) -> Path:
    tables = by_pandas.build(centre.home.root / "raw")
    write(tables, file, parts_of_a_point=PARTS_OF_A_POINT)
    return file


def built_by_polars(centre: Centre, file: Path) -> Path:
    write(by_polars.build(centre.home.root / "raw"), file)
    return file


WAYS = [built_by_hand, built_by_pandas, built_by_polars]


def in_words(centre: Centre, file: Path) -> str:
    found = differences(centre.home.warehouse, file)
    return "\n".join(difference.in_words() for difference in found)


@pytest.mark.night
@pytest.mark.parametrize("build", WAYS)
def test_another_way_gives_the_rows_of_the_night(
    built: Centre, tmp_path: Path, build: Callable[[Centre, Path], Path]
) -> None:
    assert in_words(built, build(built, tmp_path / "other.duckdb")) == ""


@pytest.mark.proof
@pytest.mark.night
@pytest.mark.parametrize("build", WAYS)
def test_the_ways_agree_on_what_is_believed_after_more_nights(
    centre: Centre, tmp_path: Path, build: Callable[[Centre, Path], Path]
) -> None:
    centre.live(days=DAYS + 2)
    assert centre.night().code == 0
    assert in_words(centre, build(centre, tmp_path / "other.duckdb")) == ""


@pytest.mark.night
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            "update fct_agent_day set worked_seconds = worked_seconds + 1"
            " where rowid = (select min(rowid) from fct_agent_day)",
            "facts.fct_agent_day.worked_seconds: 1 rows differ",
        ),
        (
            "update kpi_agent_period set value = value + 1e-15"
            " where metric = 'csat' and rowid = (select min(rowid) from kpi_agent_period"
            " where metric = 'csat' and value < 1)",
            "kpis.kpi_agent_period.value: 1 rows differ",
        ),
        (
            "delete from fct_agent_day_queue"
            " where rowid = (select min(rowid) from fct_agent_day_queue)",
            "facts.fct_agent_day_queue.(row): 1 rows differ",
        ),
        (
            "insert into fct_agent_day_queue from fct_agent_day_queue limit 1",
            "facts.fct_agent_day_queue.(row): 1 rows differ",
        ),
    ],
)
def test_the_smallest_difference_is_found(
    built: Centre, tmp_path: Path, change: str, says: str
) -> None:
    other = built_by_hand(built, tmp_path / "other.duckdb")
    with duckdb.connect(str(other)) as connection:
        connection.execute(change)
    assert in_words(built, other).startswith(says)


@pytest.mark.night
def test_a_night_says_when_each_of_its_steps_began_and_ended(built: Centre) -> None:
    steps = {key: (begun, ended) for key, begun, ended in recorded_steps(built.home.root)}
    assert set(STEPS) < set(steps)
    assert all(begun < ended for begun, ended in steps.values())
