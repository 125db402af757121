"""One row per thing a model joins to, with the interval in which it holds.

Belongs here: turning a checked catalogue into rows, in an order that never changes.
Does not belong here: column types (`tables`), and checking (`load`).
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from metrics.engine.catalogue import Catalogue
from metrics.engine.expressions import read_terms
from metrics.engine.judgement import scale_on
from metrics.engine.scoring import PointsScale, Target

Row = tuple[Any, ...]

TARGET_LIMITS = (
    "outer_low",
    "floor",
    "target",
    "stretch",
    "outer_high",
    "band_low",
    "band_high",
    "points_at_floor",
    "points_at_target",
    "points_at_stretch",
)

_FAR_FUTURE = date(9999, 12, 31)


def rows_by_table(catalogue: Catalogue) -> dict[str, list[Row]]:
    """Return the rows of every table of schema `catalogue`."""
    return {
        "metric": list(_metrics(catalogue)),
        "metric_version": list(_versions(catalogue)),
        "metric_term": list(_terms(catalogue)),
        "metric_comparison": [
            (metric.metric, dimension)
            for metric in catalogue.metrics
            for dimension in metric.compare_within
        ],
        "measure": [
            (name, measure.fact, measure.unit, measure.label, measure.feed)
            for name, measure in catalogue.measures.items()
        ],
        "measure_refinement": [
            (name, feed)
            for name, measure in catalogue.measures.items()
            for feed in measure.refined_by
        ],
        "measure_parameter": list(_parameters(catalogue)),
        "metric_target": list(_targets(catalogue)),
        "scorecard": list(_scorecards(catalogue)),
        "scorecard_weight": list(_weights(catalogue)),
        "attribution_rule": list(_attribution_rules(catalogue)),
        "tenure_band": list(_tenure_bands(catalogue)),
        "declared_period": [
            (name, period.period_id, period.first_date, period.last_date + timedelta(days=1))
            for name, calendar in catalogue.periods.calendars.items()
            for period in calendar.periods
        ],
    }


def _ends(starts: Sequence[date]) -> list[date]:
    """Return the day on which each entry gives way to the next; the last one has no end."""
    return [*starts[1:], _FAR_FUTURE]


def _metrics(catalogue: Catalogue) -> Iterator[Row]:
    for metric in catalogue.metrics:
        yield (
            metric.metric,
            metric.label,
            metric.asks,
            metric.owner,
            metric.perspective,
            metric.lens,
            metric.evidence_class,
            metric.unit,
            metric.better,
        )


def _versions(catalogue: Catalogue) -> Iterator[Row]:
    for metric in catalogue.metrics:
        starts = [version.effective_from for version in metric.versions]
        for number, interval in enumerate(zip(starts, _ends(starts), strict=True), start=1):
            yield (metric.metric, number, *interval)


def _terms(catalogue: Catalogue) -> Iterator[Row]:
    for metric in catalogue.metrics:
        for number, version in enumerate(metric.versions, start=1):
            sides = {
                "numerator": read_terms(version.numerator, catalogue.measures),
                "denominator": read_terms(version.denominator, catalogue.measures),
                "sample": {version.sample: 1},
            }
            for side, terms in sides.items():
                for measure, coefficient in terms.items():
                    yield (metric.metric, number, side, measure, coefficient)


def _parameters(catalogue: Catalogue) -> Iterator[Row]:
    for name, parameter in catalogue.parameters.items():
        starts = [value.effective_from for value in parameter.values]
        for value, end in zip(parameter.values, _ends(starts), strict=True):
            yield (name, value.effective_from, end, value.value)


def _targets(catalogue: Catalogue) -> Iterator[Row]:
    for declared in catalogue.targets:
        for role in sorted({target.job_role for target in declared.targets}):
            history = [target for target in declared.targets if target.job_role == role]
            starts = [target.effective_from for target in history]
            for target, end in zip(history, _ends(starts), strict=True):
                scale = scale_on(catalogue.scales, target.effective_from)
                assert scale is not None, "a target without a scale was refused on loading"
                limits = _limits(target, scale)
                yield (
                    declared.metric,
                    role,
                    target.effective_from,
                    end,
                    *(limits.get(name) for name in TARGET_LIMITS),
                )


def _limits(target: Target, scale: PointsScale) -> dict[str, Any]:
    if target.band is not None:
        return {
            "outer_low": target.band.outer_low,
            "band_low": target.band.low,
            "band_high": target.band.high,
            "outer_high": target.band.outer_high,
            "points_at_floor": scale.band.at_outer_limit,
            "points_at_target": scale.band.inside,
        }
    return {
        "floor": target.floor,
        "target": target.target,
        "stretch": target.stretch,
        "points_at_floor": scale.one_sided.at_floor,
        "points_at_target": scale.one_sided.at_target,
        "points_at_stretch": scale.one_sided.at_stretch,
    }


def _scorecards(catalogue: Catalogue) -> Iterator[Row]:
    for card in catalogue.scorecards:
        starts = [version.effective_from for version in card.versions]
        for version, end in zip(card.versions, _ends(starts), strict=True):
            yield (
                card.scorecard,
                card.period_kind,
                version.effective_from,
                end,
                version.minimum_category_share,
                version.minimum_composite_share,
            )


def _weights(catalogue: Catalogue) -> Iterator[Row]:
    for card in catalogue.scorecards:
        starts = [version.effective_from for version in card.versions]
        for version, end in zip(card.versions, _ends(starts), strict=True):
            for perspective, weight in version.perspectives.items():
                for metric, share in weight.metrics.items():
                    interval = (version.effective_from, end)
                    yield (card.scorecard, *interval, perspective, weight.share, metric, share)


def _attribution_rules(catalogue: Catalogue) -> Iterator[Row]:
    for kind, history in catalogue.attribution.rules.histories().items():
        starts = [version.effective_from for version in history.versions]
        for number, (version, end) in enumerate(
            zip(history.versions, _ends(starts), strict=True), start=1
        ):
            yield (kind, number, version.effective_from, end, version.rule, version.says)


def _tenure_bands(catalogue: Catalogue) -> Iterator[Row]:
    versions = catalogue.tenure.versions
    for version, end in zip(versions, _ends([one.effective_from for one in versions]), strict=True):
        ends = [*(band.from_days for band in version.bands[1:]), None]
        for band, to_days in zip(version.bands, ends, strict=True):
            interval = (version.effective_from, end)
            yield (band.tenure_band, *interval, version.counted_from, band.from_days, to_days)
