"""A declaration that cannot stand is refused with file, line, what is wrong and what to do."""

import re
from pathlib import Path

import pytest

from metrics.engine.load import DefinitionError, load_catalogue

SECOND_VERSION = """\
  - effective_from: {day}
    because: A contact repeated within seven days no longer counts as resolved.
    announced_on: {announced}
    approved_by: performance-council
    numerator: resolved_contacts - repeat_contacts
    denominator: resolution_eligible_contacts
    sample: resolution_eligible_contacts
examples:"""

SECOND_RULE = """\
    versions:
      - effective_from: {day}
        rule: last_handling_leg
        says: Whoever handled it last.
        because: So it was."""
TWO_HALVES = """owner: human-resources, periods: [
      {period_id: H1, first_date: 2026-04-01, last_date: 2026-09-30},
      {period_id: H2, first_date: 2026-09-30, last_date: 2027-03-31}]}"""

RESOLUTION = "definitions/resolution_rate.yml"
HANDLE_TIME = "definitions/average_handle_time.yml"
SCORECARD = "scorecards/agent.yml"

# file, what is replaced, by what, the text on the line that is named, what the message says
BROKEN = [
    (RESOLUTION, "label:", "lable:", "lable:", "not a key"),
    (RESOLUTION, "owner: cx-operations\n", "", "metric:", "`owner` is missing"),
    (RESOLUTION, "better: higher", "better: bigger", "better:", "refused"),
    (RESOLUTION, "unit: share", "unit: share\nunit: points", "unit: points", "written twice"),
    (RESOLUTION, "metric: resolution_rate", "metric: solved", "metric:", "resolution_rate.yml"),
    (RESOLUTION, "metric: resolution_rate", "metric: csat", "metric:", "also defined in csat.yml"),
    (RESOLUTION, "metric: resolution_rate", "metric: Résolution", "metric:", "refused"),
    (RESOLUTION, "[repeat_contact_rate]", "[effort]", "never_alone", "not another metric"),
    (RESOLUTION, "[repeat_contact_rate]", "[resolution_rate]", "never_alone", "not another"),
    (RESOLUTION, "numerator: resolved_contacts", "numerator: solved", "numerator:", "'solved'"),
    (RESOLUTION, "numerator: resolved_contacts", "numerator: handle_seconds", "numer", "counted"),
    (RESOLUTION, "numerator: resolved_contacts", "numerator: (select 1)", "numer", "only measures"),
    (
        RESOLUTION,
        "numerator: resolved_contacts",
        "numerator: resolved_contacts + acw_seconds",
        "numerator:",
        "added together",
    ),
    (RESOLUTION, "sample: resolution_eligible", "sample: eligible", "sample:", "not a measure"),
    (RESOLUTION, "effective_from: 1990-01-01", "effective_from: 1990-13-41", "1990-13", "month"),
    (RESOLUTION, "effective_from: 1990-01-01", "effective_from: '1990-01-01'", "1990", "refused"),
    (RESOLUTION, "effective_from: 1990-01-01", "effective_from: 0", "effective_from", "refused"),
    (RESOLUTION, "expect: 0.8}", "expect: 0.9}", "Eight of ten", "the definition gives 0.8"),
    (RESOLUTION, "given: {resolved_contacts: 8, ", "given: {", "Eight of ten", "exactly"),
    (
        RESOLUTION,
        "day: 2026-02-02, because: Eight",
        "day: 1980-01-01, because: Eight",
        "Eight",
        "no version",
    ),
    (
        RESOLUTION,
        "tenure_band]\nnever_alone: [repeat_contact_rate]",
        "tenure_band, &again csat]\nnever_alone: [*again]",
        "never_alone",
        "an alias repeats",
    ),
    (
        RESOLUTION,
        "never_alone: [repeat_contact_rate]",
        "never_alone: [*again]",
        "never_alone",
        "valid YAML",
    ),
    (RESOLUTION, "asks: Of", "asks: !!python/name:os.system Of", "asks:", "valid YAML"),
    (RESOLUTION, "versions:\n", "versions: [\n", None, "valid YAML"),
    (
        RESOLUTION,
        "examples:",
        SECOND_VERSION.format(day="1990-01-01", announced="1989-01-01"),
        "effective_from: 1990-01-01\n    because",
        "overlap",
    ),
    (
        RESOLUTION,
        "examples:",
        SECOND_VERSION.format(day="1985-01-01", announced="1984-01-01"),
        "effective_from: 1985",
        "not in order",
    ),
    (
        RESOLUTION,
        "examples:",
        SECOND_VERSION.format(day="2027-01-01", announced="2027-02-01"),
        "announced_on",
        "before it counts",
    ),
    (
        RESOLUTION,
        "examples:",
        SECOND_VERSION.format(day="2027-01-01", announced="2026-12-01").replace(
            "    approved_by: performance-council\n", ""
        ),
        "effective_from: 2027",
        "without `approved_by`",
    ),
    ("measures.yml", "fact: fct_agent_day,", "fact: agent_day,", "scheduled_shifts", "refused"),
    ("measures.yml", "parameters:", "parametres:", "parametres:", "not a key"),
    (
        "points.yml",
        "effective_from: 1990-01-01",
        "effective_from: 2030-01-01",
        None,
        "no points scale",
    ),
    ("attribution.yml", "rule: last_handling_leg", "rule: first_leg", "rule:", "last_handling_leg"),
    ("attribution.yml", "  survey:", "  answer:", None, "not a key"),
    (
        "attribution.yml",
        "    versions:",
        SECOND_RULE.format(day="1990-01-01"),
        "effective_from: 1990-01-01\n        rule",
        "overlap",
    ),
    ("tenure.yml", "from_days: 365", "from_days: 30", "bands:", "0, 90, 30 days"),
    ("tenure.yml", "from_days: 0", "from_days: 1", "bands:", "begin after 1"),
    ("periods.yml", "calendars: {}", "calendars:\n  month: {" + TWO_HALVES, "month:", "always"),
    ("periods.yml", "calendars: {}", "calendars:\n  half: {" + TWO_HALVES, "H2, ", "overlaps"),
    (
        "periods.yml",
        "calendars: {}",
        "calendars:\n  half: {" + TWO_HALVES.replace("H2", "H1"),
        "H1, first_date: 2026-09-30",
        "named twice",
    ),
    ("targets/csat.yml", "metric: csat", "metric: effort", "metric:", "declares effort"),
    ("targets/csat.yml", "floor: 0.55", "floor: 0.95", "floor:", "towards higher"),
    ("targets/csat.yml", "    floor: 0.55\n", "", "job_role", "whole and alone"),
    ("targets/repeat_contact_rate.yml", "floor: 0.30", "floor: 0.01", "floor:", "towards lower"),
    (
        "targets/csat.yml",
        "announced_on: 2025-12-01",
        "announced_on: 2026-01-01",
        "announced_on",
        "before it counts",
    ),
    (HANDLE_TIME, "better: within_band", "better: lower", None, "not as this target says"),
    ("targets/average_handle_time.yml", "low: 300", "low: 600", "band:", "must rise"),
    (SCORECARD, "share: 0.35", "share: 0.34", "perspectives:", "sum to 0.99, not to 1"),
    (SCORECARD, "adherence: 0.70", "adherence: 0.60", "metrics:", "`metrics` sum to 0.9,"),
    (SCORECARD, "csat: 0.25", "effort: 0.25", "effort:", "not a metric of the perspective"),
    (SCORECARD, "{qa_score: 1}", "{csat: 1}", "csat: 1", "not a metric of the perspective"),
    (SCORECARD, "share: 0.35", "share: .nan", "share: .nan", "refused"),
]


@pytest.mark.parametrize(("file", "old", "new", "on_line", "says"), BROKEN)
def test_a_broken_declaration_is_refused(
    copied: Path, file: str, old: str, new: str, on_line: str | None, says: str
) -> None:
    path = copied / file
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_catalogue(copied)
    message = str(refused.value)
    assert re.match(r".+\.yml:\d+: .+\. What to do: .+\.$", message, flags=re.DOTALL), message
    assert says in message
    if on_line is not None:
        assert refused.value.path == path
        rest = path.read_text(encoding="utf-8").splitlines()[refused.value.line - 1 :]
        assert on_line in "\n".join(rest[:2]), message


def test_a_file_that_would_be_ignored_is_refused(copied: Path) -> None:
    (copied / "definitions" / "effort.yaml").write_text("metric: effort\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"only \*\.yml is"):
        load_catalogue(copied)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "a: 1\n---\nb: 2\n"])
def test_a_file_that_is_not_a_declaration_is_refused(copied: Path, text: str) -> None:
    (copied / RESOLUTION).write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match="resolution_rate"):
        load_catalogue(copied)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"metric: \x00", b"[" * 5000])
def test_a_file_that_is_not_text_is_refused(copied: Path, content: bytes) -> None:
    (copied / RESOLUTION).write_bytes(content)
    with pytest.raises(DefinitionError, match="resolution_rate"):
        load_catalogue(copied)


def test_a_second_version_with_its_reasons_is_accepted_and_scores_later_days_only(
    copied: Path,
) -> None:
    path = copied / RESOLUTION
    text = path.read_text(encoding="utf-8")
    second = SECOND_VERSION.format(day="2027-01-01", announced="2026-12-01")
    path.write_text(text.replace("examples:", second), encoding="utf-8")
    catalogue = load_catalogue(copied)
    metric = next(one for one in catalogue.metrics if one.metric == "resolution_rate")
    assert [version.numerator for version in metric.versions] == [
        "resolved_contacts",
        "resolved_contacts - repeat_contacts",
    ]
    december = metric.versions[1].announced_on
    assert december is not None
    assert metric.version_on(december) is metric.versions[0]
