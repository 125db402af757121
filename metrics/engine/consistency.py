"""What makes measures and definitions sound together: names, dates, expressions, examples.

Belongs here: rules that need more than one part of a file, or more than one file.
Does not belong here: how values are judged (`judgement`), and the shape of a file (`catalogue`).
"""

from collections.abc import Mapping, Sequence
from datetime import date

from metrics.engine.catalogue import Measure, Measures, MetricDefinition, MetricVersion
from metrics.engine.documents import Document, Loaded
from metrics.engine.examples import ExampleError, check_example
from metrics.engine.expressions import ExpressionError, read_terms
from metrics.engine.plain_yaml import Place


def check_measures(loaded: Loaded[Measures]) -> None:
    """Refuse a parameter whose history does not move forward."""
    for name, parameter in loaded.declared.parameters.items():
        days = [value.effective_from for value in parameter.values]
        check_order(loaded.document, ("parameters", name, "values"), days)


def check_definitions(
    definitions: Sequence[Loaded[MetricDefinition]], measures: Measures
) -> dict[str, MetricDefinition]:
    """Refuse a definition that contradicts itself, the measures or another definition."""
    metrics: dict[str, Loaded[MetricDefinition]] = {}
    for loaded in definitions:
        name = loaded.declared.metric
        if name in metrics:
            raise loaded.document.error(
                ("metric",),
                wrong=f"the metric {name} is also defined in {metrics[name].document.path.name}",
                to_do="give each metric one file",
            )
        metrics[name] = loaded
    for loaded in definitions:
        check_file_name(loaded.document, "metric", loaded.declared.metric)
    for loaded in definitions:
        _check_partners(loaded, metrics)
        _check_versions(loaded, measures.measures)
        _check_examples(loaded, measures.measures)
    return {name: loaded.declared for name, loaded in metrics.items()}


def check_order(document: Document, place: Place, days: Sequence[date]) -> None:
    """Refuse a history with two entries on a day, or with a later entry before an earlier one."""
    for at in range(1, len(days)):
        if days[at] <= days[at - 1]:
            found = "overlap: both begin on" if days[at] == days[at - 1] else "are not in order at"
            raise document.error(
                (*place, at, "effective_from"),
                wrong=f"two entries {found} {days[at]}",
                to_do="list them from the oldest to the newest, each with a later effective_from",
            )


def check_announced(document: Document, place: Place, *, announced: date, effective: date) -> None:
    """Refuse a change that would count before people were told."""
    if announced >= effective:
        raise document.error(
            (*place, "announced_on"),
            wrong=f"announced on {announced}, but in force from {effective}",
            to_do="announce it before it counts: move effective_from, or correct announced_on",
        )


def check_file_name(document: Document, key: str, name: str) -> None:
    """Refuse a file that is not called what it declares."""
    if name != document.path.stem:
        raise document.error(
            (key,),
            wrong=f"the file is called {document.path.name}, but declares {name}",
            to_do=f"rename the file to {name}.yml, or correct `{key}`",
        )


def _check_partners(
    loaded: Loaded[MetricDefinition], metrics: Mapping[str, Loaded[MetricDefinition]]
) -> None:
    for at, partner in enumerate(loaded.declared.never_alone):
        if partner not in metrics or partner == loaded.declared.metric:
            raise loaded.document.error(
                ("never_alone", at),
                wrong=f"{partner} is not another metric",
                to_do="name a metric that has a file in definitions/",
            )


def _check_versions(loaded: Loaded[MetricDefinition], measures: Mapping[str, Measure]) -> None:
    versions = loaded.declared.versions
    check_order(loaded.document, ("versions",), [version.effective_from for version in versions])
    for at, version in enumerate(versions):
        _check_formula(loaded, at, measures)
        if at > 0:
            _check_change(loaded.document, at, version)


def _check_formula(
    loaded: Loaded[MetricDefinition], at: int, measures: Mapping[str, Measure]
) -> None:
    version = loaded.declared.versions[at]
    units = {
        side: _units(loaded.document, ("versions", at, side), text, measures)
        for side, text in (("numerator", version.numerator), ("denominator", version.denominator))
    }
    if version.sample not in measures:
        raise loaded.document.error(
            ("versions", at, "sample"),
            wrong=f"{version.sample!r} is not a measure of measures.yml",
            to_do="name the one measure that says how many events the value rests on",
        )
    if loaded.declared.unit == "share" and units["numerator"] != units["denominator"]:
        raise loaded.document.error(
            ("versions", at, "numerator"),
            wrong=f"a share of {units['denominator']} cannot be counted in {units['numerator']}",
            to_do="divide like by like, or change `unit`",
        )


def _units(document: Document, place: Place, text: str, measures: Mapping[str, Measure]) -> str:
    try:
        terms = read_terms(text, measures)
    except ExpressionError as refused:
        raise document.error(
            place, wrong=str(refused), to_do="write measures of measures.yml joined by + and -"
        ) from None
    units = sorted({measures[name].unit for name in terms})
    if len(units) > 1:
        raise document.error(
            place,
            wrong=f"{' and '.join(units)} are added together",
            to_do="use measures of one unit on one side",
        )
    return units[0]


def _check_change(document: Document, at: int, version: MetricVersion) -> None:
    for key in ("because", "announced_on", "approved_by"):
        if getattr(version, key) is None:
            raise document.error(
                ("versions", at),
                wrong=f"this version changes the metric without `{key}`",
                to_do="say why, when it was announced and who approved it",
            )
    assert version.announced_on is not None
    check_announced(
        document, ("versions", at), announced=version.announced_on, effective=version.effective_from
    )


def _check_examples(loaded: Loaded[MetricDefinition], measures: Mapping[str, Measure]) -> None:
    for at, example in enumerate(loaded.declared.examples):
        try:
            check_example(loaded.declared, example, measures)
        except ExampleError as refused:
            raise loaded.document.error(
                ("examples", at),
                wrong=str(refused),
                to_do="correct the example, or the version that is in force on its day",
            ) from None
