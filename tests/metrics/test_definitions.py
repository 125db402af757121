"""The shipped definitions say what the warehouse measures."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from metrics.engine.catalogue import Catalogue
from metrics.engine.examples import example_value
from metrics.engine.load import load_catalogue

TEN = [
    "adherence",
    "after_call_work",
    "average_handle_time",
    "conformance",
    "csat",
    "first_contact_resolution",
    "qa_score",
    "repeat_contact_rate",
    "resolution_rate",
    "transfer_rate",
]


@pytest.fixture(scope="module")
def catalogue(shipped: Path) -> Catalogue:
    return load_catalogue(shipped)


def test_ten_metrics_are_defined(catalogue: Catalogue) -> None:
    assert [metric.metric for metric in catalogue.metrics] == TEN


def test_every_worked_example_comes_out_as_written(catalogue: Catalogue) -> None:
    for metric in catalogue.metrics:
        for example in metric.examples:
            value = example_value(metric, example, catalogue.measures)
            expected = None if example.expect is None else Fraction(example.expect)
            assert value == expected, f"{metric.metric}: {example.because}"


def test_every_metric_shows_what_happens_when_there_is_nothing_to_divide_by(
    catalogue: Catalogue,
) -> None:
    for metric in catalogue.metrics:
        assert None in [example.expect for example in metric.examples], metric.metric


def test_fast_handling_is_never_better(catalogue: Catalogue) -> None:
    better = {metric.metric: metric.better for metric in catalogue.metrics}
    assert better["average_handle_time"] == better["after_call_work"] == "within_band"


def test_handling_weighs_less_than_contact_quality(catalogue: Catalogue) -> None:
    for card in catalogue.scorecards:
        for version in card.versions:
            shares = version.perspectives
            assert shares["handling"].share < shares["contact_quality"].share


def test_every_metric_of_a_scorecard_has_a_target(catalogue: Catalogue) -> None:
    with_target = {targets.metric for targets in catalogue.targets}
    weighed = {
        name
        for card in catalogue.scorecards
        for version in card.versions
        for weight in version.perspectives.values()
        for name in weight.metrics
    }
    assert weighed <= with_target


def test_every_measure_is_counted_from_a_feed_that_has_a_contract(shipped: Path) -> None:
    contracts = shipped.parent / "orchestration" / "contracts"
    feeds = {
        yaml.safe_load(path.read_text(encoding="utf-8")).get("feed")
        for path in contracts.glob("*.yml")
    }
    assert {measure.feed for measure in load_catalogue(shipped).measures.values()} <= feeds


def test_old_records_can_be_measured_but_have_no_target(catalogue: Catalogue) -> None:
    january_1999 = date(1999, 1, 1)
    assert all(metric.version_on(january_1999) for metric in catalogue.metrics)
    first_targets = [target.effective_from for one in catalogue.targets for target in one.targets]
    assert min(first_targets) > january_1999


def test_no_version_is_in_force_before_the_first_one(catalogue: Catalogue) -> None:
    assert catalogue.metrics[0].version_on(date(1989, 12, 31)) is None
