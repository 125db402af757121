from pathlib import Path

from reports.engine.run_facts import read_run
from reports.engine.summary import summarise


def summary_of(connection, folder=Path("run")):
    return summarise(connection, run=read_run(connection), folder=folder)


def test_the_command_line_says_what_was_withheld_from_how_many_and_why(warehouse):
    withheld = {
        ("a01", "csat"): ("too_few_events", 10),
        ("a02", "csat"): ("too_few_events", 10),
        ("a03", "qa_score"): ("evaluators_disagree", None),
    }
    summary = summary_of(warehouse(withheld=withheld))
    assert [(one.what, one.reason_code, one.people) for one in summary.withheld] == [
        ("QA score", "evaluators_disagree", 1),
        ("CSAT", "too_few_events", 2),
    ]
    assert summary.withheld[1].reason == "Too few events for a fair value"
    assert (summary.people, summary.scored, summary.teams) == (12, 12, 2)
    assert summary.page == Path("run/index.html")
    assert summary.not_measured == []


def test_what_is_not_measured_is_not_among_what_is_withheld(warehouse):
    summary = summary_of(warehouse(missing_feeds=("survey_response",)))
    assert summary.withheld == []
    assert [line.split(":")[0] for line in summary.not_measured] == ["CSAT"]


def test_the_command_line_says_which_feeds_the_night_does_without(warehouse):
    why = "survey_response: it came too late. Next: deliver it."
    summary = summary_of(warehouse(missing_feeds=("survey_response",), left_out_because=why))
    assert summary.left_out == [why]


def test_a_night_without_targets_says_so_once_for_everyone(warehouse):
    summary = summary_of(warehouse(has_targets=False))
    assert [(one.what, one.reason, one.people) for one in summary.withheld] == [
        ("Score", "No target in force", 12)
    ]


def test_the_command_line_says_how_many_days_are_left_out_and_until_when_values_may_change(
    warehouse,
):
    summary = summary_of(warehouse(left_out={"a01": 2, "a08": 1}))
    assert (summary.days_left_out, summary.provisional_until) == (3, "2027-03-31")
    final = summary_of(warehouse(final_from=None))
    assert (final.days_left_out, final.provisional_until) == (0, None)
