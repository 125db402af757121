"""The only code that knows Great Expectations.

Belongs here: one ephemeral context, one validation of one frame, and taking from the answer
counts and shares only.
Does not belong here: what an answer means. Nothing Great Expectations writes into its own
results leaves this module, because it may contain values of people.
"""

import importlib.util
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import pandas as pd

from quality_checks.engine.suites import ExpectedPromise

# Counts are kept, values are not: with the default format failing rows stand in the result.
_NO_VALUES = {
    "result_format": "SUMMARY",
    "partial_unexpected_count": 0,
    "include_unexpected_rows": False,
}
_PROMISE = "promise"


@dataclass(frozen=True)
class Answer:
    """What was found: the share of rows that keep the promise, or one measure of the table."""

    is_kept: bool
    measured: float
    unexpected: int | None


def answers(frame: pd.DataFrame, promises: Sequence[ExpectedPromise]) -> dict[str, Answer]:
    """Evaluate promises on a frame; a promise that could not be evaluated has no answer."""
    expectations = [made for made in map(_expectation, promises) if made is not None]
    if not expectations:
        return {}
    try:
        validated = _validate(frame, expectations)
    # Whatever breaks in there, the promises were not evaluated; the gate decides what follows.
    except Exception:  # noqa: BLE001
        return {}
    found = {
        result.expectation_config.meta[_PROMISE]: _answer(result.success, result.result)
        for result in validated.results
    }
    return {name: answer for name, answer in found.items() if answer is not None}


def _expectation(promise: ExpectedPromise) -> Any | None:
    """Build the expectation with its arguments as GX writes them; wrong arguments build nothing."""
    _great_expectations()
    from great_expectations.expectations.registry import get_expectation_impl

    try:
        made: Any = get_expectation_impl(promise.expectation)(
            **promise.arguments, meta={_PROMISE: promise.promise}
        )
    except (TypeError, ValueError):
        return None
    return made


def _validate(frame: pd.DataFrame, expectations: list[Any]) -> Any:
    suite = _great_expectations().ExpectationSuite(name="promises", expectations=expectations)
    return (
        _batch_definition()
        .get_batch({"dataframe": frame})
        .validate(suite, result_format=_NO_VALUES)
    )


def _answer(is_kept: bool | None, result: Mapping[str, Any]) -> Answer | None:
    """Take counts and means out of an answer; an answer without either is none."""
    if "unexpected_count" in result:
        unexpected = int(result["unexpected_count"])
        looked_at = int(result["element_count"]) - int(result.get("missing_count", 0))
        measured = 1 - unexpected / looked_at if looked_at else float("nan")
        return Answer(bool(is_kept), measured, unexpected)
    if "observed_value" in result and result["observed_value"] is not None:
        return Answer(bool(is_kept), float(result["observed_value"]), None)
    return None


class _ReadWhenUsed(ModuleType):
    """A module that is read when something is first asked of it.

    The standard library's LazyLoader reads it already when it is imported a second time.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__spec__ = importlib.util.find_spec(name)

    def __getattr__(self, name: str) -> Any:
        """Read the module, put it in its own place, and ask it."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@cache
def _great_expectations() -> Any:
    """Import Great Expectations when a table is first checked: it costs three CPU seconds."""
    # A fourth would be scipy.stats, for a divergence of distributions that no promise asks for.
    sys.modules.setdefault("scipy.stats", _ReadWhenUsed("scipy.stats"))
    with warnings.catch_warnings():
        # Its file connectors import two modules that Python 3.11 deprecates; we use no files.
        warnings.filterwarnings(
            "ignore", message="module 'sre_(constants|parse)'", category=DeprecationWarning
        )
        import great_expectations
    return great_expectations


@cache
def _batch_definition() -> Any:
    """Build one context in memory: no files, no progress bars."""
    context = _great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("slice")
    return asset.add_batch_definition_whole_dataframe("whole")
