"""Reads who decided which limit, which checks are required, and what the gate says.

Belongs here: the shape of the files in `policy/`, and the tables models read them from.
Does not belong here: deciding anything with them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field

from metrics.engine.documents import Document, load_document
from metrics.engine.tables import Table
from metrics.engine.vocabulary import Day, Declaration, Name, Text

POLICY = Path(__file__).parents[1] / "policy"

View = Literal["coaching", "appraisal"]


class Threshold(Declaration):
    """One number that can withhold a value, who answers for it and why it is this one."""

    check: Name
    threshold: Name
    severity: Literal["block", "withhold", "warn", "annotate"]
    owner: Text
    since: Day
    reason: Text
    value: Mapping[View, Decimal]


class Thresholds(Declaration):
    """All limits, and the views they hold in."""

    views: Mapping[View, Text] = Field(min_length=1)
    thresholds: tuple[Threshold, ...] = Field(min_length=1)


class RequiredCheck(Declaration):
    """A check that must have been evaluated when the feeds it needs are declared."""

    check: Name
    because: Text
    needs_feeds: tuple[Name, ...]
    may_not_apply_because: Text | None = None


class RequiredChecks(Declaration):
    """The checks without which nothing is published."""

    required: tuple[RequiredCheck, ...] = Field(min_length=1)


class Wording(Declaration):
    """The sentences of the gate, the expectations and the dbt tests."""

    gate: Mapping[Name, Text]
    expectations: Mapping[Name, Text]
    dbt: Mapping[Name, Text]


@dataclass(frozen=True)
class Expected:
    """What the gate waits for in one run."""

    run_id: str
    required: tuple[RequiredCheck, ...]


def policy_tables(policy_folder: Path) -> list[Table]:
    """Return the limits as the tables that models join to."""
    loaded = load_document(policy_folder / "thresholds.yml", Thresholds)
    _refuse_gaps(loaded.document, loaded.declared)
    return [
        Table("policy_view", {"view": "VARCHAR"}, [(view,) for view in loaded.declared.views]),
        Table(
            "policy_threshold",
            {
                "check_id": "VARCHAR",
                "threshold": "VARCHAR",
                "view": "VARCHAR",
                "value": "DECIMAL(18,6)",
                "severity": "VARCHAR",
            },
            [
                (limit.check, limit.threshold, view, limit.value[view], limit.severity)
                for limit in loaded.declared.thresholds
                for view in loaded.declared.views
            ],
        ),
    ]


def limits_of(check: str, policy_folder: Path = POLICY) -> dict[str, float]:
    """Return the limits of a check by name; of several views the smallest, as in its SQL."""
    loaded = load_document(policy_folder / "thresholds.yml", Thresholds)
    return {
        limit.threshold: float(min(limit.value.values()))
        for limit in loaded.declared.thresholds
        if limit.check == check
    }


def expected_checks(
    policy_folder: Path, *, run_id: str, declared_feeds: Collection[str]
) -> Expected:
    """Return the checks that this run must have evaluated, given the feeds it declares."""
    loaded = load_document(policy_folder / "required_checks.yml", RequiredChecks)
    seen: set[str] = set()
    for at, required in enumerate(loaded.declared.required):
        if required.check in seen:
            raise loaded.document.error(
                ("required", at), wrong=f"{required.check} is listed twice", to_do="keep one"
            )
        seen.add(required.check)
    return Expected(
        run_id=run_id,
        required=tuple(
            required
            for required in loaded.declared.required
            if set(required.needs_feeds) <= set(declared_feeds)
        ),
    )


def load_wording(policy_folder: Path = POLICY) -> Wording:
    """Return the sentences that checks and gate are written with."""
    return load_document(policy_folder / "wording.yml", Wording).declared


def _refuse_gaps(document: Document, thresholds: Thresholds) -> None:
    """Refuse a limit that is given twice, or that leaves a view without a value."""
    seen: set[tuple[str, str]] = set()
    for at, limit in enumerate(thresholds.thresholds):
        place = ("thresholds", at)
        if (limit.check, limit.threshold) in seen:
            raise document.error(
                place,
                wrong=f"{limit.threshold} of {limit.check} is given twice",
                to_do="keep one; a limit that changes is changed in place, with a new `since`",
            )
        seen.add((limit.check, limit.threshold))
        for view in thresholds.views:
            if view not in limit.value:
                raise document.error(
                    (*place, "value"),
                    wrong=f"{limit.threshold} of {limit.check} has no value for the view {view}",
                    to_do="give one value for every view",
                )


def required_check_names(policy_folder: Path) -> list[str]:
    """Return the names of the checks that some run must have evaluated, in the owner's order."""
    loaded = load_document(policy_folder / "required_checks.yml", RequiredChecks)
    return [required.check for required in loaded.declared.required]
