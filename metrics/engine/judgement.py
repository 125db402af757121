"""What makes points, targets and scorecards sound: direction, notice, weights.

Belongs here: rules about how a value is judged.
Does not belong here: rules about what the value is (`consistency`), and the judging itself,
which is SQL.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from metrics.engine.catalogue import MetricDefinition
from metrics.engine.consistency import check_announced, check_file_name, check_order
from metrics.engine.documents import Document, Loaded
from metrics.engine.plain_yaml import Place
from metrics.engine.scoring import (
    MetricTargets,
    PointsScale,
    PointsScales,
    Scorecard,
    ScorecardVersion,
    Target,
)

_WHOLE = Decimal(1)


def scale_on(scales: Sequence[PointsScale], day: date) -> PointsScale | None:
    """Return the points scale in force on a day."""
    begun = [scale for scale in scales if scale.effective_from <= day]
    return begun[-1] if begun else None


def check_scales(loaded: Loaded[PointsScales]) -> None:
    """Refuse a history of scales that does not move forward."""
    days = [scale.effective_from for scale in loaded.declared.scales]
    check_order(loaded.document, ("scales",), days)


def check_targets(
    files: Sequence[Loaded[MetricTargets]],
    metrics: Mapping[str, MetricDefinition],
    scales: PointsScales,
) -> None:
    """Refuse targets for no metric, in the wrong direction, unannounced or without a scale."""
    for loaded in files:
        document, name = loaded.document, loaded.declared.metric
        check_file_name(document, "metric", name)
        if name not in metrics:
            raise document.error(
                ("metric",),
                wrong=f"{name} is not a metric",
                to_do="correct the name, or define the metric first",
            )
        _check_history(loaded)
        for at, target in enumerate(loaded.declared.targets):
            place = ("targets", at)
            _check_direction(document, place, target=target, better=metrics[name].better)
            check_announced(
                document, place, announced=target.announced_on, effective=target.effective_from
            )
            if scale_on(scales.scales, target.effective_from) is None:
                raise document.error(
                    (*place, "effective_from"),
                    wrong="no points scale is in force on the first day of this target",
                    to_do="add a scale to points.yml, or move the target",
                )


def check_scorecards(
    files: Sequence[Loaded[Scorecard]], metrics: Mapping[str, MetricDefinition]
) -> None:
    """Refuse a scorecard whose weights do not add up or weigh something that does not exist."""
    for loaded in files:
        document, versions = loaded.document, loaded.declared.versions
        check_file_name(document, "scorecard", loaded.declared.scorecard)
        check_order(document, ("versions",), [version.effective_from for version in versions])
        for at, version in enumerate(versions):
            _check_weights(document, ("versions", at, "perspectives"), version)
            _check_membership(document, ("versions", at, "perspectives"), version, metrics)


def _check_history(loaded: Loaded[MetricTargets]) -> None:
    newest: dict[str, date] = {}
    for at, target in enumerate(loaded.declared.targets):
        earlier = newest.get(target.job_role)
        if earlier is not None and target.effective_from <= earlier:
            raise loaded.document.error(
                ("targets", at, "effective_from"),
                wrong=f"two targets of role {target.job_role!r} overlap or are not in order",
                to_do="list them from the oldest to the newest, each with a later effective_from",
            )
        newest[target.job_role] = target.effective_from


def _check_direction(document: Document, place: Place, *, target: Target, better: str) -> None:
    if (target.band is not None) != (better == "within_band"):
        raise document.error(
            place,
            wrong=f"the metric is better {better.replace('_', ' ')}, not as this target says",
            to_do="give `band` to a metric that is better within_band, and floor, target, stretch "
            "to any other",
        )
    if target.floor is None or target.target is None or target.stretch is None:
        return
    limits = [target.floor, target.target, target.stretch]
    rising = limits if better == "higher" else limits[::-1]
    if not rising[0] < rising[1] < rising[2]:
        raise document.error(
            (*place, "floor"),
            wrong=f"floor, target and stretch do not lead towards {better}",
            to_do="put the floor on the worse side of the target, the stretch on the better",
        )


def _check_weights(document: Document, place: Place, version: ScorecardVersion) -> None:
    sums = {place: sum(weight.share for weight in version.perspectives.values())}
    for perspective, weight in version.perspectives.items():
        sums[(*place, perspective, "metrics")] = sum(weight.metrics.values())
    for where, total in sums.items():
        if total != _WHOLE:
            raise document.error(
                where,
                wrong=f"the weights of `{where[-1]}` sum to {total}, not to 1",
                to_do="correct the shares; a weight that is dropped must be given to another",
            )


def _check_membership(
    document: Document,
    place: Place,
    version: ScorecardVersion,
    metrics: Mapping[str, MetricDefinition],
) -> None:
    for perspective, weight in version.perspectives.items():
        for name in weight.metrics:
            if name not in metrics or metrics[name].perspective != perspective:
                raise document.error(
                    (*place, perspective, "metrics", name),
                    wrong=f"{name} is not a metric of the perspective {perspective}",
                    to_do="correct the name, or move it to the perspective its definition names",
                )
