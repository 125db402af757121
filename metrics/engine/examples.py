"""Runs the worked examples of a definition.

Belongs here: the value of one example, exactly.
Does not belong here: values of people. Those are SQL.
"""

from collections.abc import Mapping
from fractions import Fraction

from metrics.engine.catalogue import Example, Measure, MetricDefinition
from metrics.engine.expressions import read_terms


class ExampleError(ValueError):
    """A worked example that does not come out as written."""


def check_example(
    definition: MetricDefinition, example: Example, measures: Mapping[str, Measure]
) -> None:
    """Refuse an example that its own definition does not give."""
    value = example_value(definition, example, measures)
    expected = None if example.expect is None else Fraction(example.expect)
    if value != expected:
        found = "no value" if value is None else f"{float(value):g}"
        raise ExampleError(f"the example expects {example.expect}, the definition gives {found}")


def example_value(
    definition: MetricDefinition, example: Example, measures: Mapping[str, Measure]
) -> Fraction | None:
    """Divide the example's measures as its day's version says; nothing to divide by is no value."""
    version = definition.version_on(example.day)
    if version is None:
        raise ExampleError(f"no version is in force on {example.day}")
    numerator = read_terms(version.numerator, measures)
    denominator = read_terms(version.denominator, measures)
    needed = {*numerator, *denominator, version.sample}
    if needed != set(example.given):
        raise ExampleError(f"`given` must name exactly {', '.join(sorted(needed))}")
    below = _total(denominator, example.given)
    return Fraction(_total(numerator, example.given), below) if below else None


def _total(terms: Mapping[str, int], given: Mapping[str, int]) -> int:
    return sum(coefficient * given[name] for name, coefficient in terms.items())
