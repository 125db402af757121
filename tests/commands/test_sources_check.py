"""What `evenhand sources check` says to a stranger, and that it keeps nothing."""

import pytest

from orchestration.landing.reasons import ReasonCount, what_to_do
from tests.commands.conftest import CommandLine, cases

LOST = "k,2024-06-01T08:00:00Z,o,lost,2024-06-01T08:00:00Z\n"
TORN = "k,2024-06-01T08:00:00Z,o\n"


def test_a_usable_file_is_counted_and_nothing_is_kept(site: CommandLine) -> None:
    site.write("cases.csv", cases(LOST))
    answer = site.sources("check")
    assert answer.code == 0
    assert "case_record: cases.csv: can be used" in answer.out
    assert "read 401 = accepted 400 + quarantined 1 + duplicates 0" in answer.out
    assert "     1  col:enum:status         402  status is none of the values" in answer.out
    assert "translate the source's words in the source set" in answer.out
    assert "1 of 1 delivery can be used. Nothing was kept. Next: evenhand sources load." in (
        answer.out
    )
    assert not site.home.exists()


def test_a_file_that_is_too_bad_still_gets_all_its_figures(site: CommandLine) -> None:
    site.write("cases.csv", cases(LOST * 3 + TORN, good=10))
    answer = site.sources("check", "--json")
    (delivery,) = answer.json["deliveries"]
    assert (answer.code, answer.json["refused"]) == (3, 1)
    assert delivery["accounting"]["read"] == 14
    assert [(one["reason"], one["rows"], one["first_line"]) for one in delivery["reasons"]] == [
        ("col:enum:status", 3, 12),
        ("structure:missing columns", 1, 15),
    ]
    assert delivery["refused"]["where"] == "line 12"
    assert delivery["refused"]["next_step"]


def test_one_refused_delivery_does_not_hide_the_others(site: CommandLine) -> None:
    site.write("a.csv", "<!doctype html>\n<title>Log in</title>\n")
    site.write("b.csv", cases())
    answer = site.sources("check")
    assert answer.code == 3
    assert "a.csv, line 1: is a web page" in answer.out
    assert "case_record: b.csv: can be used" in answer.out
    assert "1 of 2 deliveries can be used." in answer.out


def test_a_named_file_is_checked_wherever_it_lies(site: CommandLine) -> None:
    elsewhere = site.home.parent / "another [one].csv"
    elsewhere.write_text(cases())
    assert site.sources("check", elsewhere).code == 0
    bare = site.sources("check", elsewhere, "--feed", "case_record", sources=False)
    assert "another [one].csv: can be used" in bare.out


def test_a_declared_feed_without_a_file_is_no_success(site: CommandLine) -> None:
    answer = site.sources("check")
    assert answer.code == 3
    assert "case_record: no file fits" in answer.out
    assert "not measured" in answer.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["gone.csv"], "gone.csv is no file. Next: "),
        (["--feed", "contact_leg"], "contact_leg is no feed of ours. Next: use one of case_record"),
    ],
)
def test_words_that_do_not_fit_are_a_usage_error(
    site: CommandLine, words: list[str], says: str
) -> None:
    answer = site.sources("check", *words)
    assert (answer.code, answer.out) == (2, "")
    assert says in answer.err


def test_a_bare_file_of_an_unknown_feed_is_a_usage_error(site: CommandLine) -> None:
    file = site.write("cases.csv", cases())
    answer = site.sources("check", file, "--feed", "calls", sources=False)
    assert answer.code == 2
    assert "no contract is named calls. Next: use one of " in answer.err


def test_a_mistake_in_the_yaml_is_said_with_its_line(site: CommandLine) -> None:
    site.declare(more="    colums: {}\n")
    answer = site.sources("check", "--json")
    assert answer.code == 2
    assert "ours.yml:8: `feeds.case_record.colums` is not a key" in answer.json["stopped"]


def test_what_the_mapping_sets_aside_is_shown_last_and_needs_no_advice(site: CommandLine) -> None:
    site.declare(more='    refuse_when: {template: "\\"case_id\\" like \'T%\'"}\n')
    site.write("cases.csv", cases(LOST + LOST.replace("k,", "T1,") * 3))
    answer = site.sources("check", "--json")
    (delivery,) = answer.json["deliveries"]
    assert answer.code == 0
    assert delivery["reasons"][-1]["reason"] == "refused:template"
    assert "refused:template" not in site.sources("check").out.split("What to do")[1]


def test_one_advice_stands_for_all_reasons_it_mends() -> None:
    reasons = [
        ReasonCount(reason=name, rows=1, first_line=2)
        for name in ("col:form:a", "col:form:b", "col:required:a", "col:required:c")
    ]
    first, second = what_to_do(reasons)
    assert first.endswith("(col:form:a, col:form:b)")
    assert second.endswith("(col:required:c)")


@pytest.mark.parametrize(
    "reason", ["time:ambiguous:x", "structure:unquoted value", "never seen before", "rule:leg"]
)
def test_every_reason_has_a_sentence_and_a_next_step(reason: str) -> None:
    counted = ReasonCount(reason=reason, rows=1, first_line=None)
    assert counted.means
    assert counted.to_do
    assert "{" not in counted.means
