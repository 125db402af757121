"""Reads every declaration of `metrics/` and refuses the first thing that cannot stand.

Belongs here: which files exist, and handing them to the rules.
Does not belong here: the shape of a file (`catalogue`), the rules (`consistency`,
`coverage`, `judgement`), and tables for the warehouse (`tables`).
"""

from pathlib import Path

from metrics.engine import consistency, coverage, judgement
from metrics.engine.catalogue import Catalogue, Measures, MetricDefinition
from metrics.engine.conforming import Attribution, Periods, Tenure
from metrics.engine.documents import (
    Loaded,
    Model,
    load_document,
    load_folder,
)
from metrics.engine.plain_yaml import DefinitionError
from metrics.engine.scoring import MetricTargets, PointsScales, Scorecard

__all__ = ["DefinitionError", "load_catalogue"]


def load_catalogue(folder: Path) -> Catalogue:
    """Read everything that is declared; refuse what is not sound."""
    measures = load_document(folder / "measures.yml", Measures)
    definitions = load_folder(folder / "definitions", MetricDefinition)
    scales = load_document(folder / "points.yml", PointsScales)
    targets = load_folder(folder / "targets", MetricTargets)
    scorecards = load_folder(folder / "scorecards", Scorecard)
    attribution = load_document(folder / "attribution.yml", Attribution)
    tenure = load_document(folder / "tenure.yml", Tenure)
    periods = load_document(folder / "periods.yml", Periods)
    consistency.check_measures(measures)
    metrics = consistency.check_definitions(definitions, measures.declared)
    judgement.check_scales(scales)
    judgement.check_targets(targets, metrics, scales.declared)
    judgement.check_scorecards(scorecards, metrics)
    coverage.check_attribution(attribution)
    coverage.check_tenure(tenure)
    coverage.check_periods(periods)
    return Catalogue(
        measures=measures.declared.measures,
        parameters=measures.declared.parameters,
        metrics=_declared(definitions),
        scales=scales.declared.scales,
        targets=_declared(targets),
        scorecards=_declared(scorecards),
        attribution=attribution.declared,
        tenure=tenure.declared,
        periods=periods.declared,
    )


def _declared(loaded: list[Loaded[Model]]) -> tuple[Model, ...]:
    return tuple(one.declared for one in loaded)
