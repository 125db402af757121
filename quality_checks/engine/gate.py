"""Decides whether a run is published.

Belongs here: which results hold a publication, and saying why in sentences.
Does not belong here: computing a result, and changing a number. The gate can do neither.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import Template

from quality_checks.engine.policy import Expected, RequiredCheck, Wording, load_wording
from quality_checks.engine.results import CheckResult, in_order


@dataclass(frozen=True)
class Decision:
    """Whether the run is published, and if not, why, one sentence per reason."""

    is_published: bool
    held_because: list[str]


def decide(results: Sequence[CheckResult], expected: Expected) -> Decision:
    """Publish when every required check was evaluated in this run and no blocking one failed."""
    wording = load_wording()
    held = list(_reasons(in_order(results), expected, wording))
    return Decision(is_published=not held, held_because=held)


def _reasons(results: Sequence[CheckResult], expected: Expected, wording: Wording) -> Iterator[str]:
    if not results:
        yield wording.gate["nothing_was_checked"]
    yield from _of_another_run(results, expected, wording)
    mine = [result for result in results if result.run_id == expected.run_id]
    for required in expected.required:
        yield from _not_evaluated(required, mine, wording)
    for result in mine:
        if result.severity == "block" and result.status == "failed":
            yield _say(wording.gate["failed"], result)
        elif result.severity == "block" and result.status == "not_evaluated":
            yield _say(wording.gate["not_evaluated"], result)


def _of_another_run(
    results: Sequence[CheckResult], expected: Expected, wording: Wording
) -> Iterator[str]:
    strangers = {
        (result.check_id, result.run_id) for result in results if result.run_id != expected.run_id
    }
    for check_id, other_run in sorted(strangers):
        yield Template(wording.gate["another_run"]).substitute(
            check=check_id, other_run=other_run, run_id=expected.run_id
        )


def _not_evaluated(
    required: RequiredCheck, results: Sequence[CheckResult], wording: Wording
) -> Iterator[str]:
    own = [result for result in results if result.check_id == required.check]
    if not own:
        yield Template(wording.gate["missing"]).substitute(
            check=required.check, because=required.because[:1].lower() + required.because[1:]
        )
    for result in own:
        if result.status == "not_evaluated" and result.severity != "block":
            yield _say(wording.gate["not_evaluated"], result)
        if result.status == "not_applicable" and required.may_not_apply_because is None:
            yield _say(wording.gate["does_not_apply"], result)
        if result.status == "passed" and not result.n:
            yield _say(wording.gate["passed_on_nothing"], result)


def _say(sentence: str, result: CheckResult) -> str:
    scope = (
        result.scope_id if result.scope_type == "run" else f"{result.scope_type} {result.scope_id}"
    )
    return Template(sentence).substitute(
        check=result.check_id, scope=scope, explanation=result.explanation
    )
