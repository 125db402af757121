"""A warehouse that grew night by night holds the rows of one that was built from raw at once."""

import argparse
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.commands import rebuild as command
from orchestration.night.rebuild import Rebuilt, compare, rebuild
from tests.conftest import DAYS, Centre, SecondNight

pytestmark = pytest.mark.night


def differences(centre: Centre) -> list[str]:
    rebuilt = rebuild(centre.as_night(), is_check=True)
    assert rebuilt.tables > 30
    return [difference.in_words() for difference in rebuilt.differences]


def test_a_second_night_leaves_the_rows_that_one_thread_builds_from_raw(
    second_night: SecondNight, copied: Callable[..., Centre], monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = copied(of=second_night.centre)
    with duckdb.connect(str(centre.home.warehouse), read_only=True) as warehouse:
        causes = warehouse.execute("select distinct feed from run.changed_date").fetchall()
        assert ("everything",) not in causes
        assert ("contact_leg",) in causes
        (kept,) = warehouse.execute(
            "select count(*) from facts.fct_contact where activity_date not in"
            " (select activity_date from conformed.int_day_to_build where part = 'contact')"
        ).fetchall()[0]
        assert kept > 0
    monkeypatch.setenv("EVENHAND_THREADS", "1")
    assert differences(centre) == []


def test_three_days_that_come_at_once_leave_the_rows_of_three_nights_or_of_none(
    centre: Centre,
) -> None:
    centre.live(days=DAYS + 3)
    night = centre.applied()
    assert all(result.is_good for result in night.build())
    with duckdb.connect(str(centre.home.warehouse), read_only=True) as warehouse:
        causes = warehouse.execute("select distinct feed from run.changed_date").fetchall()
    assert ("everything",) not in causes
    assert differences(centre) == []


def test_one_row_that_differs_is_found_with_its_table_and_day(
    built: Centre, copied: Callable[..., Centre]
) -> None:
    other = copied()
    with duckdb.connect(str(other.home.warehouse)) as warehouse:
        changed = warehouse.execute(
            "update facts.fct_contact set talk_seconds = talk_seconds + 1 where rowid = ("
            " select min(rowid) from facts.fct_contact where talk_seconds > 0)"
            " returning cast(activity_date as varchar)"
        ).fetchall()
    (found,) = compare(built.home.warehouse, other.home.warehouse)[1]
    assert (found.table, found.grown_rows, found.anew_rows) == ("facts.fct_contact", 1, 1)
    assert found.days == changed[0]


@pytest.mark.parametrize(
    "was",
    [
        "update built.code set digest = 'of another commit'",
        "update built.attribution_rule set rule = 'another'",
        "insert into built.queue values ('billing', 'money', date '2026-07-01')",
    ],
)
def test_another_thing_that_every_day_is_counted_with_builds_every_day(
    centre: Centre, was: str
) -> None:
    with duckdb.connect(str(centre.home.warehouse)) as warehouse:
        warehouse.execute(was)
    centre.applied()
    with duckdb.connect(str(centre.home.warehouse), read_only=True) as warehouse:
        assert warehouse.execute("select distinct feed from run.changed_date").fetchall() == [
            ("everything",)
        ]


def test_a_rebuild_before_the_first_night_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EVENHAND_HOME", str(tmp_path))
    words = argparse.Namespace(sources=None, folder=None, check=True)
    assert command.run(words) == command.USAGE
    assert "Next: evenhand nightly" in capsys.readouterr().err


def test_a_rebuild_says_what_differs_and_ends_as_a_broken_promise(
    built: Centre, copied: Callable[..., Centre], capsys: pytest.CaptureFixture[str]
) -> None:
    other = copied()
    with duckdb.connect(str(other.home.warehouse)) as warehouse:
        warehouse.execute("delete from conformed.dim_channel")
    tables, found = compare(built.home.warehouse, other.home.warehouse)
    assert command.say(Rebuilt(tables=tables, differences=found, is_replaced=False)) == 4
    assert "conformed.dim_channel: " in capsys.readouterr().err
    assert command.say(Rebuilt(tables=tables, differences=(), is_replaced=False)) == 0
    assert "every row equal" in capsys.readouterr().out
