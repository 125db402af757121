"""A contract says what it means, or is refused where it does not; the page repeats it."""

import shutil
from pathlib import Path

import pytest

from metrics.engine.plain_yaml import DefinitionError
from orchestration.landing.contract import CONTRACTS, load_contracts
from orchestration.landing.feeds_page import PAGE, feeds_page

# Words of the trade that style keeps out of the names of columns.
UNITS_NOT_USED = ("_pct", "_minutes", "_hours_ago", "_flag", "wrap_seconds")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTRACTS, tmp_path / "contracts"))


def changed(folder: Path, feed: str, old: str, new: str) -> None:
    path = folder / f"{feed}.yml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_feed_of_the_sources_has_a_contract() -> None:
    assert set(load_contracts()) == {
        "activity_type", "actual_activity", "adherence_day_vendor", "adherence_exception",
        "agent_identity", "agent_protected_attribute", "agent_roster", "agent_skill",
        "business_calendar", "case_event", "case_record", "contact_leg", "conversation_analytics",
        "development_event", "erasure_request", "person_display", "planned_activity", "qa_answer",
        "qa_calibration", "qa_dispute", "qa_evaluation", "qa_form_question", "restatement",
        "service_incident", "survey_invitation", "survey_response",
    }  # fmt: skip


def test_column_names_carry_the_units_of_the_house() -> None:
    assert not [
        f"{feed}.{name}"
        for feed, contract in load_contracts().items()
        for name in contract.columns
        if name.endswith(UNITS_NOT_USED)
    ]


def test_every_id_of_a_person_has_its_class() -> None:
    about_people = ("agent_id", "external_id", "customer_key", "subject_key", "display_name")
    assert not [
        f"{feed}.{name}"
        for feed, contract in load_contracts().items()
        for name, column in contract.columns.items()
        if name.endswith(about_people) and column.personal is None
    ]


@pytest.mark.parametrize(
    ("feed", "old", "new", "says"),
    [
        ("qa_answer", "load: upsert", "laod: upsert", "qa_answer.yml:8: `laod` is not a key"),
        ("qa_answer", "is_na or points", "is_no or points", "'is_no' is used and is no column"),
        ("qa_answer", "is_na or points", "(select 1) or points", "not on the list of allowed"),
        ("agent_roster", "per: [agent_id], unless", "per: [agent], unless", "'agent' is used"),
        ("agent_roster", "lasts: [valid_from, valid_to]\n", "", "say from when to when"),
        ("agent_protected_attribute", "store: protected\n", "", "may only be in store protected"),
        ("person_display", "store: display", "store: protected", "may only be in store display"),
        ("person_display", "feed: person_display", "feed: people", "the file is named person"),
    ],
)
def test_a_contract_that_cannot_be_meant_is_refused(
    copied: Path, feed: str, old: str, new: str, says: str
) -> None:
    changed(copied, feed, old, new)
    with pytest.raises(DefinitionError) as refused:
        load_contracts(copied)
    assert says in str(refused.value)
    assert f"{feed}.yml:" in str(refused.value)


def test_a_misspelt_column_of_a_rule_points_at_its_line(copied: Path) -> None:
    changed(copied, "service_incident", "ended_at > started_at", "ended_at > begun_at")
    lines = (copied / "service_incident.yml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "begun_at" in text)
    with pytest.raises(DefinitionError, match=rf"service_incident\.yml:{line}: 'begun_at'"):
        load_contracts(copied)


def test_the_committed_page_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == feeds_page(CONTRACTS), (
        "docs/feeds.md is stale: run python -m orchestration.landing.feeds_page"
    )


def test_a_changed_contract_changes_the_page(copied: Path) -> None:
    changed(copied, "case_event", "window_days: 90", "window_days: 91")
    assert "**May change for.** 91 days" in feeds_page(copied)
    assert "**May change for.** 91 days" not in feeds_page(CONTRACTS)


def test_the_page_says_every_column_and_rule() -> None:
    page = feeds_page(CONTRACTS)
    for feed, contract in load_contracts().items():
        section = page.split(f"\n## {feed}\n")[1].split("\n## ")[0]
        assert all(f"| `{name}` |" in section for name in contract.columns)
        named = {*contract.rules, *contract.set_rules, *contract.never_keep}
        assert all(f"`{name}`" in section for name in named)
    assert "None" not in page
