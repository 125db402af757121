"""A feed breaks after a good history: the night is held, or published without what it measures.

Never a silent zero: what is not affected keeps its value to the last digit, what is affected has
none, with the reason on the page. How a break is told from its batches is in `tests/landing`.
"""

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from orchestration.landing.refusal import DeliveryRefused
from orchestration.night.home import DEFAULT_SOURCES
from orchestration.night.warehouse import RawRefused
from tests.conftest import Centre, SecondNight

pytestmark = pytest.mark.night

Values = dict[tuple[str, str, str], tuple[object, ...]]


@pytest.fixture
def centre(next_day: Centre, copied: Callable[..., Centre]) -> Centre:
    """Answer a copy of the centre whose newest extracts wait to be broken."""
    return copied("centre", of=next_day)


def newest(centre: Centre, feed: str) -> Path:
    """Answer the folder of the newest extract of a feed."""
    manifests = centre.drop.glob(f"*/{feed}/*/manifest.json")
    return max(manifests, key=lambda one: str(json.loads(one.read_text())["extracted_at"])).parent


def does_not_come(centre: Centre, feed: str) -> None:
    shutil.rmtree(newest(centre, feed))


def comes_as_a_web_page(centre: Centre, feed: str) -> None:
    folder = newest(centre, feed)
    (folder / "manifest.json").unlink()
    for part in folder.glob("part-*"):
        part.write_text("<!doctype html>\n<title>Log in</title>\n")


def comes_with(columns: str) -> Callable[[Centre, str], None]:
    """Let the newest extract hold these columns of its rows, and its manifest promise just that."""

    def rewrite(centre: Centre, feed: str) -> None:
        folder = newest(centre, feed)
        manifest = json.loads((folder / "manifest.json").read_text())
        parts = []
        for part in manifest["parts"]:
            path = folder / part["file"]
            ending = ".parquet" if path.name.endswith(".parquet") else path.name[8:]
            is_parquet = ending == ".parquet"
            read = f"'{path}'" if is_parquet else f"read_csv('{path}', all_varchar = true)"
            draft = folder / f"draft{ending}"
            form = "format parquet" if is_parquet else "format csv, header true"
            duckdb.sql(f"copy (select {columns} from {read}) to '{draft}' ({form})")
            draft.replace(path)
            parts.append({**part, "sha256": sha256(path.read_bytes()).hexdigest()})
        manifest["parts"] = parts
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return rewrite


def policy(centre: Centre, *feeds: str, says: str) -> Path:
    """Answer the source set of the centre with a policy for some of its feeds."""
    text = DEFAULT_SOURCES.read_text()
    for feed in feeds:
        before, after = text.split(f"  {feed}: {{", 1)
        text = f"{before}  {feed}: {{{says}, {after}"
    path = centre.home.root / "sources.yml"
    path.write_text(text)
    return path


WITHOUT = "when_incomplete: publish_without, late_after_hours: 24"


def values(centre: Centre) -> Values:
    """Answer what every agent is told of every metric in every period."""
    with duckdb.connect(str(centre.home.warehouse), read_only=True) as connection:
        found = connection.execute(
            "select agent_id, period_id, metric, value, numerator, denominator, n, state,"
            " withheld_reason from kpis.kpi_agent_period"
        ).fetchall()
    return {row[:3]: row[3:] for row in found}


def of(found: Values, *metrics: str) -> Values:
    return {key: value for key, value in found.items() if key[2] in metrics}


BREAKS = [
    ("contact_leg", does_not_come, "came 24 hours before the newest extract of another feed"),
    ("contact_leg", comes_with("* exclude (acw_seconds)"), "has nothing in acw_seconds"),
    ("planned_activity", comes_with("* exclude (recorded_at)"), "has nothing in recorded_at"),
    ("actual_activity", comes_with("* exclude (end_at)"), "has nothing in end_at"),
    ("actual_activity", comes_with("* replace (null as end_at)"), "has nothing in end_at"),
    ("case_record", does_not_come, "came 24 hours before the newest extract of another feed"),
    ("qa_evaluation", comes_with("* exclude (points_earned)"), "has nothing in points_earned"),
    ("survey_response", comes_with("* exclude (score_value)"), "has nothing in score_value"),
]


@pytest.mark.parametrize(("feed", "happens", "says"), BREAKS)
def test_a_feed_that_breaks_holds_the_night_before_anything_is_built(
    centre: Centre, feed: str, happens: Callable[[Centre, str], None], says: str
) -> None:
    before = values(centre)
    happens(centre, feed)
    with pytest.raises(RawRefused) as held:
        centre.applied()
    assert str(held.value).startswith(f"{feed}: ")
    assert says in str(held.value)
    assert "Next: " in str(held.value)
    assert values(centre) == before


def test_what_was_refused_when_it_landed_holds_a_later_step_until_it_is_mended(
    centre: Centre,
) -> None:
    night = centre.as_night()
    before = night.arrived().breaks
    broken = newest(centre, "case_record")
    comes_as_a_web_page(centre, "case_record")
    night.home.prepare()
    for _ in range(2):  # the second time beside an earlier day, which lands
        with pytest.raises(DeliveryRefused, match="is a web page"):
            list(night.land_feed("case_record", up_to_day="9999-12-31"))
        list(night.land_feed("case_record", up_to_day="2000-01-01"))
    with pytest.raises(RawRefused, match="is a web page"):
        night.apply()
    shutil.rmtree(broken)
    assert night.arrived().breaks == before


def test_a_held_night_says_so_and_leaves_what_readers_see(centre: Centre) -> None:
    before = (centre.home.published / "CURRENT").read_text()
    does_not_come(centre, "case_record")
    outcome = centre.night()
    assert outcome.code == 3, outcome.in_words()
    assert "case_record: history-" in outcome.in_words()
    assert "24 hours is late. Next: deliver what is missing" in outcome.in_words()
    assert (centre.home.published / "CURRENT").read_text() == before


def test_a_day_of_which_a_feed_saw_half_is_not_complete_yet(centre: Centre) -> None:
    path = newest(centre, "actual_activity") / "manifest.json"
    manifest = json.loads(path.read_text())
    day = manifest["extracted_at"][:10]
    manifest["extracted_at"] = manifest["window_end"] = f"{day}T00:00:00Z"
    path.write_text(json.dumps(manifest))
    centre.applied()
    with duckdb.connect(str(centre.home.warehouse), read_only=True) as connection:
        known = connection.execute(
            "select as_of > days_known_until, days_known_until::varchar from run.context"
        ).fetchall()
    assert known == [(True, f"{day} 00:00:00")]


# What breaks, and the metrics that need it. Nobody needs the surveys that were sent.
LEFT_OUT = [
    (
        {
            "case_record": does_not_come,
            "actual_activity": comes_with("* exclude (end_at)"),
            "survey_response": comes_with("* exclude (score_value)"),
        },
        {"adherence", "conformance", "resolution_rate", "first_contact_resolution", "csat"},
    ),
    (
        {
            "contact_leg": comes_with("* exclude (acw_seconds)"),
            "qa_evaluation": comes_as_a_web_page,
            "planned_activity": does_not_come,
        },
        {
            "adherence",
            "conformance",
            "average_handle_time",
            "after_call_work",
            "transfer_rate",
            "repeat_contact_rate",
            "first_contact_resolution",
            "qa_score",
        },
    ),
]


@pytest.mark.parametrize(("broken", "lost"), LEFT_OUT)
def test_a_night_without_its_broken_feeds_says_which_metrics_it_does_without(
    centre: Centre,
    second_night: SecondNight,
    broken: dict[str, Callable[[Centre, str], None]],
    lost: set[str],
) -> None:
    for feed, happens in broken.items():
        happens(centre, feed)
    outcome = centre.night(sources=policy(centre, *broken, says=WITHOUT))
    assert outcome.code == 0, outcome.in_words()
    for feed in broken:
        assert f"left out: {feed}: " in outcome.in_words()
    expected, found = values(second_night.centre), values(centre)
    assert found.keys() == expected.keys()
    kept = {metric for _, _, metric in found} - lost
    assert {(row[0], *row[-2:]) for row in of(found, *lost).values()} == {
        (None, "not_measured", "feed_did_not_arrive")
    }
    assert {key: row[:4] for key, row in of(found, *kept).items()} == {
        key: row[:4] for key, row in of(expected, *kept).items()
    }
    assert outcome.page is not None
    pages = [page.read_text() for page in outcome.page.parent.rglob("*.html")]
    assert "did not arrive whole for this night" in outcome.page.read_text()
    assert any("so nobody is measured on this. It comes back" in page for page in pages)
    assert not any("source set does not hold" in page for page in pages)
