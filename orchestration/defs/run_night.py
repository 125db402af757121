"""One night from the command line: the same jobs that the schedule runs, in this process.

Belongs here: the order of the jobs, and how what went wrong becomes an outcome.
Does not belong here: what a step does (`orchestration.night`). Dagster is imported when there is
something to run: an unchanged night answers without it.
"""

import json
from dataclasses import dataclass

from orchestration.landing.feed_breaks import feeds_not_there
from orchestration.night.extracts import fetch_what_is_due
from orchestration.night.home import OtherSourceSet
from orchestration.night.lock import Busy, only_night
from orchestration.night.models import last_results
from orchestration.night.night import Night
from orchestration.night.outcome import BUSY, ERROR, HELD, PUBLISHED, USAGE, Outcome
from orchestration.night.progress import progress
from orchestration.night.restated import land_waiting, restated_by

# What a step raises when a delivery, not Evenhand, has to be mended.
_HOLDS = {"DeliveriesRefused", "RawRefused"}


@dataclass(frozen=True)
class StepFailure:
    """What ended a step: the name of the exception, and its words."""

    kind: str
    words: str
    step: str

    def in_full(self) -> str:
        """Say a defect so that whoever mends it knows where to look."""
        return f"{self.step}: {self.kind}: {self.words}"


def run_night(night: Night) -> Outcome:
    """Run the night unless another one runs; answer how it ended."""
    night.home.prepare()
    try:
        with only_night(night.home, now=night.now):
            land_waiting(night.home)
            night.home.sweep_scratch()
            night.claim_home()
            night.expire_landing()
            return _run(night)
    except Busy as busy:
        return Outcome(code=BUSY, status="Busy", because=[str(busy)])
    except OtherSourceSet as other:
        return Outcome(code=USAGE, status="Not run", because=[str(other)])


def _run(night: Night) -> Outcome:
    if night.has_unfinished_erasure():
        because = "An erasure was begun and not finished. Next: evenhand erase"
        return _ended(night, HELD, [because])
    unfetched = fetch_what_is_due(night)
    if unfetched:
        return _ended(night, HELD, unfetched)
    if missing := feeds_not_there(night.source_set):
        return _ended(night, HELD, [str(refusal) for refusal in missing])
    deliveries = night.deliveries()
    if not deliveries and night.is_published():
        return _ended(night, PUBLISHED, [], status="Unchanged, nothing new to publish")
    extract_days = sorted({night.extract_day(delivery) for delivery in deliveries})
    failures = _run_jobs(night, extract_days)
    return _failed(night, failures) if failures else _published(night)


def _run_jobs(night: Night, extract_days: list[str]) -> list[StepFailure]:
    """Run the jobs of the code location in this process, up to the first with a failed step."""
    import dagster as dg

    from orchestration.definitions import definitions
    from orchestration.defs.resources import NightResource
    from orchestration.defs.sources import FIRST_EXTRACT_DAY

    jobs: list[tuple[str, str, str | None]] = [
        *(
            (f"Landing the extracts of {day}", "feeds_daily", max(day, FIRST_EXTRACT_DAY))
            for day in extract_days
        ),
        ("Building, checking and publishing", "scorecards_nightly", None),
    ]
    # Nights of the command line keep no event log: storing 200 events costs 4 s of CPU, and a
    # killed night would stay "started" for ever. What a night did is in its published manifest.
    steps: list[list[object]] = []
    with dg.DagsterInstance.ephemeral() as instance:
        location = definitions(NightResource.of(night))
        for doing, name, partition in jobs:
            with progress(doing):
                result = location.resolve_job_def(name).execute_in_process(
                    instance=instance,
                    partition_key=partition,
                    raise_on_error=False,
                    run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                )
            steps += [
                [step.step_key, step.start_time, step.end_time]
                for step in instance.get_run_step_stats(result.run_id)
            ]
            night.home.steps.write_text(json.dumps(steps), encoding="utf-8")
            if not result.success:
                failed = [event for event in result.all_events if event.is_step_failure]
                return [_step_failure(event) for event in failed] or [_outside_of_steps(name)]
    return []


def _outside_of_steps(job: str) -> StepFailure:
    return StepFailure("Unknown", "it failed before or after its steps", job)


def _step_failure(event: object) -> StepFailure:
    error, step = event.step_failure_data.error, event.step_key  # type: ignore[attr-defined]
    if error is None:
        return StepFailure("Unknown", "it failed without a reason", step)
    while error.cause is not None:  # Dagster wraps what a step raises
        error = error.cause
    words = error.message.split(": ", 1)[-1].strip()
    return StepFailure(error.cls_name or "Unknown", words, step)


def _failed(night: Night, failures: list[StepFailure]) -> Outcome:
    """Tell a held night from a broken one, and say what is to be done."""
    if all(failure.kind in _HOLDS for failure in failures):
        return _ended(night, HELD, [failure.words for failure in failures])
    broken = [answer for answer in last_results(night.home) if not answer.is_good]
    if any(answer.resource_type != "test" and answer.status == "error" for answer in broken):
        words = [f"dbt: {answer.name}: {answer.message}" for answer in broken if answer.message]
        return _ended(night, ERROR, words)
    if broken:
        tests = [answer for answer in broken if answer.resource_type == "test"]
        return _ended(night, HELD, [answer.in_words() for answer in tests])
    held_because = night.held_because()
    if held_because:
        return _ended(night, HELD, held_because)
    return _ended(night, ERROR, [failure.in_full() for failure in failures])


def _published(night: Night) -> Outcome:
    summary = night.summary()
    return Outcome(
        code=PUBLISHED,
        status="Published",
        run_id=summary.run_id,
        summary=summary,
        page=summary.page,
        restated=restated_by(night.home, summary.run_id),
    )


def _ended(night: Night, code: int, because: list[str], *, status: str | None = None) -> Outcome:
    page = night.current_page()
    words = {HELD: "Held, nothing was published", ERROR: "Error, nothing was published"}
    return Outcome(code=code, status=status or words[code], because=because, page=page)
