import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from reports.engine.file_names import agent_file, team_file
from reports.engine.pages import render_pages
from reports.engine.run_facts import read_run

CONTACTS_ALONE = (
    "planned_activity",
    "actual_activity",
    "case_record",
    "qa_evaluation",
    "survey_response",
)


class Page(HTMLParser):
    """A page as a reader has it: its words, its tags, its ids and headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.tags, self.ids, self.words = html, [], [], []
        self._skipped = ""
        self.feed(html)
        self.text = " ".join(" ".join(self.words).replace("\u00a0", " ").split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        self._skipped = tag if tag == "style" else ""

    def handle_endtag(self, tag):
        self._skipped = ""

    def handle_data(self, data):
        if not self._skipped:
            self.words.append(data)


@pytest.fixture(scope="module")
def rendered() -> dict[str, dict[str, Page]]:
    """The pages of each kind of night, rendered once for all tests that read them."""
    return {}


@pytest.fixture
def pages(warehouse, tmp_path, rendered):
    def render(**differences) -> dict[str, Page]:
        if (night := repr(differences)) not in rendered:
            connection = warehouse(**differences)
            render_pages(connection, tmp_path, run=read_run(connection))
            rendered[night] = {
                path.relative_to(tmp_path).as_posix(): Page(path.read_text(encoding="utf-8"))
                for path in sorted(tmp_path.rglob("*.html"))
            }
        return rendered[night]

    return render


def test_there_is_a_page_for_the_centre_each_team_and_each_agent(pages):
    assert set(pages()) == {
        "index.html",
        team_file("alder"),
        team_file("birch"),
        *(agent_file(f"a{number:02d}") for number in range(12)),
    }


def test_the_same_night_renders_to_the_same_bytes(warehouse, tmp_path):
    connection = warehouse()
    for name in ("once", "twice"):
        render_pages(connection, tmp_path / name, run=read_run(connection))
    for page in (tmp_path / "once").rglob("*.html"):
        again = tmp_path / "twice" / page.relative_to(tmp_path / "once")
        assert page.read_bytes() == again.read_bytes()


def test_the_number_of_queries_does_not_grow_with_the_number_of_pages(warehouse, tmp_path):
    class Counting:
        def __init__(self, connection):
            self.connection, self.queries = connection, 0

        def execute(self, *arguments):
            self.queries += 1
            return self.connection.execute(*arguments)

    asked = set()
    for agents in ([("one", "alder")], [(f"a{number}", f"t{number}") for number in range(9)]):
        connection = warehouse(agents=agents)
        counting = Counting(connection)
        render_pages(counting, tmp_path, run=read_run(connection))
        asked.add(counting.queries)
    assert len(asked) == 1
    assert asked.pop() <= 11


def test_a_page_runs_nothing_fetches_nothing_and_reads_well_without_sight(pages):
    for name, page in pages().items():
        tags = [tag for tag, _ in page.tags]
        assert "script" not in tags, name
        policy = [a["content"] for tag, a in page.tags if a.get("http-equiv")]
        assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
        for tag, attributes in page.tags:
            for attribute in ("src", "href", "action", "data", "poster", "srcset"):
                link = attributes.get(attribute) or ""
                assert not re.match(r"\s*(https?:|//|javascript:)", link), (name, tag, link)
            assert not [one for one in attributes if one.startswith("on")], (name, tag)
            if tag in ("table", "tr", "td", "th", "thead", "tbody"):
                assert attributes.get("role"), (name, tag)
        assert tags.count("h1") == 1
        assert len(page.ids) == len(set(page.ids)), name
        assert ("a", {"class": "skip", "href": "#main"}) in page.tags
        levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
        steps = pairwise(levels)
        assert all(after - before <= 1 for before, after in steps), name


def test_every_link_leads_to_a_page_or_a_place_that_exists(pages):
    found = pages()
    for name, page in found.items():
        for tag, attributes in page.tags:
            link = attributes.get("href", "")
            if tag != "a":
                continue
            if link.startswith("#"):
                assert link[1:] in page.ids
            else:
                folder = Path("pages") / Path(name).parent
                target = (Path("/") / folder / link).resolve().relative_to("/pages")
                assert target.as_posix() in found, link


def test_pages_weigh_little(pages):
    for name, page in pages().items():
        limit = 50 if name.startswith("agents/") else 60
        assert len(page.html.encode("utf-8")) <= limit * 1024, name


def test_the_column_adds_is_the_score_minus_100_as_printed(pages):
    withheld = {("a03", "csat"): ("too_few_events", 10)}
    found = pages(withheld=withheld)
    for number in range(12):
        html = found[agent_file(f"a{number:02d}")].html
        body = html[html.index('id="adds-up"') : html.index('class="sum"')]
        rows = re.split(r"<tr role=\"row\"", body)
        adds = {True: 0, False: 0}
        for row in rows:
            printed = re.search(r'data-l="Adds">(?:<b>)?([+−]?[\d.]+)', row)
            if printed:
                tenths = round(float(printed[1].replace("−", "-")) * 10)
                adds['class="cat"' in row] += tenths
        score = float(re.search(r'class="big">([\d.]+)<', html)[1])
        assert adds[False] == adds[True] == round(score * 10) - 1000


def test_a_withheld_value_is_a_sentence_with_a_way_out_and_no_number(pages):
    withheld = {("a03", "csat"): ("too_few_events", 10), ("a03", "adherence"): ("too_few_days", 5)}
    text = pages(withheld=withheld)[agent_file("a03")].text
    assert (
        "CSAT — Not scored. 7 so far (csat events); 10 are needed before a value is fair. "
        "About 3 more are needed, expected in about 1 week at your 4 a week." in text
    )
    assert "There is evidence on 4 days so far; 5 are needed" in text
    assert "About 1 more day is needed." in text
    assert "The other metrics of customer outcome carry its 12 % of the score." in text
    assert "Adherence — Not scored." in text
    assert "Its 20 % of the score is lost with it" in text


def test_a_reason_that_more_events_would_not_cure_asks_for_none(pages):
    withheld = {("a03", "qa_score"): ("evaluators_not_compared", None)}
    text = pages(withheld=withheld)[agent_file("a03")].text
    assert "Too few contacts were scored by two evaluators" in text
    assert "Nothing is asked of you." in text
    assert "more are needed" not in text


def test_a_reason_nobody_wrote_words_for_yet_still_says_that_a_check_holds_it(pages):
    text = pages(withheld={("a03", "csat"): ("a_reason_of_tomorrow", None)})[agent_file("a03")].text
    assert "CSAT — Not scored. A check holds this value back." in text


def test_contacts_alone_give_not_measured_with_the_weight_lost_and_never_zero(pages):
    found = pages(missing_feeds=CONTACTS_ALONE)
    text = found[agent_file("a03")].text
    assert (
        "QA score — Not measured. This source set does not hold the quality evaluations, so "
        "nobody is measured on this. Its 35 % of the score is lost with it" in text
    )
    assert "— Not scored. What is measured and has enough evidence covers 15 %" in text
    centre = found["index.html"].text
    assert "QA score: this source set does not hold the quality evaluations." in centre
    assert "It would carry 35 % of the score" in centre
    assert "there is too little for a score" in centre
    assert " 0.0 %" not in centre
    assert "withheld" not in text


def test_a_feed_that_did_not_arrive_is_told_apart_from_one_that_nobody_declared(pages):
    found = pages(missing_feeds=("survey_response",), left_out_because="survey_response: late.")
    text = found[agent_file("a03")].text
    assert (
        "CSAT — Not measured. For this night the survey answers did not arrive whole, so nobody is "
        "measured on this. It comes back when they do; nothing is asked of you." in text
    )
    assert "carry its 12 % of the score" in text
    centre = found["index.html"].text
    assert "CSAT: the survey answers did not arrive whole for this night." in centre
    assert "source set does not hold" not in "".join(page.text for page in found.values())


def test_without_a_target_in_force_there_are_values_and_no_points(pages):
    found = pages(has_targets=False)
    text = found[agent_file("a03")].text
    assert "no target is in force" in text
    assert "Value without points" in text
    assert 'data-l="Points"' not in found[agent_file("a03")].html
    assert "and no target in force" in found["index.html"].text
    assert "Recognition here compares with a target" in found["index.html"].text


def test_nobody_is_ranked_and_people_stand_in_alphabetical_order(pages):
    agents = [("Zoë", "alder"), ("amir", "alder"), ("Bea", "alder")]
    page = pages(agents=agents)[team_file("alder")]
    order = re.findall(
        r'<th role="rowheader" scope="row" dir="auto"><a [^>]*>([^<]*)</a>', page.html
    )
    assert order == ["amir", "Bea", "Zoë"]
    assert "nobody is ranked" in page.text


def test_no_agent_is_named_on_the_centres_page(pages):
    text = pages()["index.html"].text
    assert not re.search(r"\ba\d\d\b", text)


def test_a_check_of_this_run_is_shown_and_one_of_the_night_before_is_not(pages):
    text = pages()["index.html"].text
    assert "2 of 4 evaluated checks hold" in text
    assert "36 of 40 pairs agree." in text
    assert "The night before." not in text


def test_a_run_without_any_check_result_says_so(warehouse, tmp_path):
    connection = warehouse(agents=[])
    connection.execute("delete from gate.check_result")
    render_pages(connection, tmp_path, run=read_run(connection))
    text = Page((tmp_path / "index.html").read_text(encoding="utf-8")).text
    assert "Checks No check result is recorded for this run" in text
    assert "these were evaluated on this run. No check result is recorded for this run." in text


def test_an_agent_without_a_team_has_a_page_and_a_place(pages):
    found = pages(agents=[("a00", None), ("a01", "alder")])
    assert "No team on record" in found["index.html"].text
    assert "No team on record" in found[agent_file("a00")].text
    assert team_file(None) in found


def test_a_night_without_any_scorecard_still_has_a_page_that_says_so(pages):
    found = pages(agents=[])
    assert list(found) == ["index.html"]
    assert "No scorecard exists for this night" in found["index.html"].text


def test_the_run_id_stands_on_every_page_in_groups_of_four(pages):
    for page in pages().values():
        assert "2026-11-24 7f3a 9c1e 40d2" in page.text


def test_an_open_period_ends_with_its_newest_complete_day_and_says_that_it_is_open(pages):
    for page in pages().values():
        assert "1 October to 23 November 2026, in progress" in page.text


def test_a_quarter_that_has_no_totals_yet_leaves_the_one_before_on_the_pages(warehouse, tmp_path):
    connection = warehouse()
    connection.execute(
        "insert into conformed.dim_period values"
        " ('2027-Q1', 'quarter', '2027-01-01', '2027-04-01', false)"
    )
    connection.execute(
        "insert into scorecards.scorecard_agent_period select * replace ("
        " '2027-Q1' as period_id, null as composite_points, 'withheld' as state,"
        " 'too_little_weight_covered' as withheld_reason) from scorecards.scorecard_agent_period"
    )
    connection.execute(
        "insert into scorecards.scorecard_agent_period_metric"
        " select * replace ('2027-Q1' as period_id) from scorecards.scorecard_agent_period_metric"
    )
    assert "1 October to 23 November 2026" in centre_text(connection, tmp_path)
    connection.execute(
        "delete from scorecards.scorecard_agent_period where period_id = '2027-Q1';"
        " insert into scorecards.scorecard_agent_period"
        " select * replace ('2027-Q1' as period_id) from scorecards.scorecard_agent_period"
    )
    assert "1 October" not in centre_text(connection, tmp_path)


def centre_text(connection, folder):
    render_pages(connection, folder, run=read_run(connection))
    return Page((folder / "index.html").read_text(encoding="utf-8")).text


def test_every_value_and_every_total_says_until_when_it_is_provisional(pages):
    found = pages()
    for name in ("index.html", team_file("alder"), agent_file("a00")):
        assert "in progress, provisional until 31 March 2027" in found[name].text
        rows = found[name].html.count("<small>provisional until 31")
        assert rows == 5, name
    assert not any("provisional" in page.text for page in pages(final_from=None).values())


def test_days_that_are_left_out_are_counted_wherever_they_are_missing(pages):
    found = pages(left_out={"a01": 2, "a02": 1})
    left_out = "days of people are left out, as records of them cannot be read yet"
    assert f"; 3 {left_out}" in found["index.html"].text
    assert f"; 3 {left_out}" in found[team_file("alder")].text
    assert "left out, as" not in found[team_file("birch")].text
    assert "; 2 days are left out, as records of them" in found[agent_file("a01")].text
    assert "; 1 day is left out, as records of it" in found[agent_file("a02")].text
    assert "left out, as" not in found[agent_file("a00")].text


def test_a_value_whose_records_cannot_be_read_yet_is_not_called_an_event_that_was_not(pages):
    page = pages(withheld={("a00", "csat"): ("days_left_out", None)})[agent_file("a00")]
    assert "those days are left out until they can, and nothing is asked of you" in page.text
    assert "Nothing of this kind (csat events) is on record" not in page.text
