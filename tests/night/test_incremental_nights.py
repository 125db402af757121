"""A warehouse that grew night by night holds the rows of one that was built from raw at once."""

from collections.abc import Callable

import duckdb
import pytest

from orchestration.night.rebuild import rebuild
from tests.conftest import Centre, SecondNight

pytestmark = pytest.mark.night


def test_a_second_night_leaves_the_rows_that_a_first_one_would(
    second_night: SecondNight, copied: Callable[..., Centre]
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
    rebuilt = rebuild(centre.as_night(), is_check=True)
    assert [difference.in_words() for difference in rebuilt.differences] == []
    assert rebuilt.tables > 20
