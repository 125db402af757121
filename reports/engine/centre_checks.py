"""The checks of the night, as the centre's page shows them.

Belongs here: counting results and choosing which are listed.
Does not belong here: what a check decides. That is `quality_checks`.
"""

from dataclasses import dataclass

from reports.engine.evidence_rows import Check
from reports.engine.wording import Words

HOLDS, EVALUATED = "passed", ("passed", "failed")
# More findings than these are folded away, one click below.
SAID_AT_ONCE = 2
# A value that is withheld is hatched everywhere; what someone should look at is a diamond.
SHAPES = {"failed.withhold": "with", "failed.warn": "see", "failed.block": "see"}


@dataclass(frozen=True, kw_only=True)
class CheckRow:
    """One check with one state, and what was found."""

    promise: str
    about: str
    shape: str
    state: str
    said: list[str]
    folded: list[str]
    fold: str


def checks_fact(checks: list[Check], words: Words) -> str:
    """Say how many of the evaluated checks hold."""
    evaluated = {check.check_id for check in checks if check.status in EVALUATED}
    if not evaluated:
        return words.say("facts.no_checks")
    held = evaluated - {check.check_id for check in checks if check.status == "failed"}
    return words.count("facts.checks_hold", len(evaluated), held=f"{len(held):,}")


def check_rows(checks: list[Check], words: Words) -> list[CheckRow]:
    """List every check about fairness, and any other that does not simply hold.

    Of a check that holds for some and not for others, what does not hold is listed.
    """
    open_checks = {check.check_id for check in checks if check.status != HOLDS}
    return [
        _row(check, words)
        for check in checks
        if _is_listed(check) and (check.status != HOLDS or check.check_id not in open_checks)
    ]


def hidden_checks(checks: list[Check], words: Words) -> str:
    """Say how many checks hold without being listed."""
    listed = {check.check_id for check in checks if _is_listed(check)}
    hidden = {check.check_id for check in checks} - listed
    return words.count("centre.checks.hidden", len(hidden)) if hidden else ""


def _is_listed(check: Check) -> bool:
    return check.family == "fair" or check.status != HOLDS


def _row(check: Check, words: Words) -> CheckRow:
    promise = check.check_id.replace("_", " ")
    families = words.group("centre.families")
    # What holds needs no explanation for each of its scopes.
    said = check.explanations if check.status != HOLDS or check.scopes == 1 else []
    status = f"failed.{check.severity}" if check.status == "failed" else check.status
    return CheckRow(
        promise=promise[:1].upper() + promise[1:],
        about=words.say(
            "centre.checks.about",
            family=families.say(check.family) if check.family in families else check.family,
            results=words.count("centre.checks.results", check.scopes),
        ),
        shape=SHAPES.get(status, "plain"),
        state=words.say(f"centre.checks.status.{status}"),
        said=said if len(said) <= SAID_AT_ONCE else [],
        folded=said if len(said) > SAID_AT_ONCE else [],
        fold=words.count("centre.checks.results", len(said)),
    )
