import re
from pathlib import Path

import pytest

import reports
from reports.engine.environment import environment
from reports.engine.page_settings import load_settings
from reports.engine.wording import WordingError, Words, load_words

REPORTS = Path(reports.__file__).parent
# What is never said about people, and the two sentences that say that nobody is ranked.
NEVER = re.compile(
    r"\b(fail\w*|worst|bottom|poor\w*|weak\w*|underperform\w*|offend\w*|ranks?|ranked|ranking|"
    r"percentile\w*|only|still|despite|null|none?type|nan|n/a|employee\w*|loser\w*)\b|!",
    re.IGNORECASE,
)
ALLOWED = "nobody is ranked"


def test_no_sentence_judges_a_person_by_a_word():
    for name, sentence in load_words().sentences():
        assert not NEVER.search(sentence.replace(ALLOWED, "")), name


def test_no_template_holds_a_word_of_its_own():
    for template in (REPORTS / "templates").glob("*.j2"):
        source = template.read_text(encoding="utf-8")
        text = re.sub(
            r"\{#.*?#\}|\{% block (?:kind|home) %\}#?\w*|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>",
            " ",
            source,
            flags=re.DOTALL,
        )
        said = set(re.findall(r"[A-Za-z]{2,}", text))
        assert not said, (template.name, said)


def test_every_template_finds_every_sentence_it_asks_for():
    templates = environment(words=load_words(), settings=load_settings())
    for name in templates.list_templates(extensions=["j2"]):
        templates.get_template(name)


def test_every_sentence_a_template_asks_for_is_put_in_when_it_is_compiled():
    words = Words({"a": {"b": "{{ 1 + 1 }} <b>"}})
    templates = environment(words=words, settings=load_settings())
    assert templates.from_string("{{ words.a.b }}").render() == (
        "&#123;&#123; 1 + 1 &#125;&#125; &lt;b&gt;"
    )
    with pytest.raises(WordingError, match=r"no wording for a\.c"):
        templates.from_string("{{ words.a.c }}")


def test_a_gap_may_not_reach_into_a_value(tmp_path):
    wording = tmp_path / "en.yml"
    wording.write_text('sentence: "{name.__class__}"\n', encoding="utf-8")
    with pytest.raises(WordingError, match="not a plain name"):
        load_words(wording)


def test_a_sentence_that_yaml_reads_as_something_else_is_refused(tmp_path):
    wording = tmp_path / "en.yml"
    wording.write_text("yes_word: yes\n", encoding="utf-8")
    with pytest.raises(WordingError, match="not text"):
        load_words(wording)


def test_templates_use_the_tokens_and_no_colour_of_their_own():
    for name in ("pages.css", *(path.name for path in (REPORTS / "templates").glob("*.j2"))):
        source = (REPORTS / "templates" / name).read_text(encoding="utf-8")
        source = re.sub(r'href="data:[^"]*"', "", source)
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?!;)", source.replace("&#", "")), name
