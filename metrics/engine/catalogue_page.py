"""Writes `docs/metric_catalogue.md` from the declarations.

Belongs here: finished values for the template beside this module.
Does not belong here: sentences (they stand in the template and in the definitions), and pages
about people, which are `reports`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from metrics.engine.catalogue import Catalogue, Example, MetricDefinition
from metrics.engine.load import load_catalogue
from metrics.engine.scoring import Target

METRICS = Path(__file__).parents[1]
PAGE = METRICS.parent / "docs" / "metric_catalogue.md"
_TEMPLATE = "metric_catalogue.md.jinja"


def catalogue_page(metrics_folder: Path) -> str:
    """Return the catalogue as Markdown."""
    catalogue = load_catalogue(metrics_folder)
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        # Markdown of our own declarations, read by people and never served as a page.
        autoescape=False,  # noqa: S701
        keep_trailing_newline=True,
    )
    return templates.get_template(_TEMPLATE).render(
        metrics=[_metric(catalogue, metric) for metric in catalogue.metrics],
        measures=[{"name": name, **one.model_dump()} for name, one in catalogue.measures.items()],
        parameters=list(_parameters(catalogue)),
    )


def main() -> None:
    """Write the page."""
    PAGE.write_text(catalogue_page(METRICS), encoding="utf-8")


def _metric(catalogue: Catalogue, metric: MetricDefinition) -> dict[str, Any]:
    targets = [one.targets for one in catalogue.targets if one.metric == metric.metric]
    return {
        **metric.model_dump(include={"label", "asks", "unit", "owner", "lens"}),
        **metric.reads.model_dump(),
        "name": metric.metric,
        "better": _words(metric.better),
        "perspective": _words(metric.perspective),
        "evidence_class": _words(metric.evidence_class),
        "sample": catalogue.measures[metric.versions[-1].sample].label,
        "compare_within": ", ".join(map(_words, metric.compare_within)),
        "never_alone": ", ".join(map(_words, metric.never_alone)),
        "versions": [
            {**version.model_dump(), "because": f" ({version.because})" if version.because else ""}
            for version in metric.versions
        ],
        "examples": [_example(example) for example in metric.examples],
        "targets": [_target(target) for history in targets for target in history],
    }


def _example(example: Example) -> dict[str, Any]:
    given = ", ".join(f"`{name}` {value:,}" for name, value in example.given.items())
    expect = "no value" if example.expect is None else f"{example.expect:f}"
    return {**example.model_dump(), "given": given, "expect": expect}


def _target(target: Target) -> dict[str, Any]:
    limits = target.band or target
    names = (
        ("outer_low", "low", "high", "outer_high")
        if target.band
        else ("floor", "target", "stretch")
    )
    said = ", ".join(f"{_words(name)} {getattr(limits, name):f}" for name in names)
    return {**target.model_dump(), "limits": said}


def _parameters(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    for name, parameter in catalogue.parameters.items():
        for value in parameter.values:
            yield {"name": name, "counts": parameter.counts, **value.model_dump()}


def _words(name: str) -> str:
    return name.replace("_", " ")


if __name__ == "__main__":
    main()
