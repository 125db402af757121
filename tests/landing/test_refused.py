"""A refusal is noted until everything that waits of its feed has landed."""

from pathlib import Path

import pytest

from orchestration.landing.refusal import DeliveryRefused
from orchestration.landing.refused import noting_refusal, refusals


def refuse(home: Path, feed: str, reason: str) -> None:
    problem = DeliveryRefused(feed=feed, file="a.csv", reason=reason, next_step="send it again")
    with pytest.raises(DeliveryRefused), noting_refusal(home, feed, lands_all=True):
        raise problem


def test_the_last_refusal_of_each_feed_is_known(tmp_path: Path) -> None:
    assert refusals(tmp_path) == {}
    refuse(tmp_path, "case_record", "is empty")
    refuse(tmp_path, "case_record", "is a web page")
    refuse(tmp_path, "contact_leg", "is empty")
    assert refusals(tmp_path) == {
        "case_record": "case_record: a.csv: is a web page. Next: send it again.",
        "contact_leg": "contact_leg: a.csv: is empty. Next: send it again.",
    }


def test_it_is_forgotten_when_all_that_waits_has_landed_and_not_before(tmp_path: Path) -> None:
    refuse(tmp_path, "case_record", "is empty")
    with noting_refusal(tmp_path, "case_record", lands_all=False):
        pass
    with noting_refusal(tmp_path, "contact_leg", lands_all=True):
        pass
    assert list(refusals(tmp_path)) == ["case_record"]
    with (
        pytest.raises(OSError, match="disk"),
        noting_refusal(tmp_path, "case_record", lands_all=True),
    ):
        raise OSError("the disk is full")
    assert list(refusals(tmp_path)) == ["case_record"]
    with noting_refusal(tmp_path, "case_record", lands_all=True):
        pass
    assert refusals(tmp_path) == {}
