"""The template environment: a missing name is an error, markup is escaped.

Belongs here: how a template is loaded and what it may call.
Does not belong here: a decision. Templates say finished values.
"""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup, escape

from reports.engine import drawing, figures
from reports.engine.page_settings import PageSettings
from reports.engine.wording import Words

TEMPLATES = Path(__file__).parents[1] / "templates"
STYLES = ("tokens.css", "pages.css")

_WORDING = re.compile(r"\{\{ words\.([a-z_.]+) \}\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s*\n\s*")


def environment(*, words: Words, settings: PageSettings) -> Environment:
    """Build the template environment of the pages."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        # Not select_autoescape(): it does not match names that end in .html.j2.
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=[_WordsInPlace],
    )
    templates.filters.update(
        share=figures.share,
        points=figures.points,
        seconds=figures.seconds,
        signed=figures.signed,
        count=figures.count,
    )
    scale = settings.score_scale
    templates.globals.update(
        words=words,
        style=_style(),
        marks=drawing.marks(scale),
        target_place=drawing.place(scale.target, scale),
    )
    return templates


class _WordsInPlace(Extension):
    """Put fixed sentences into a template once, when it is compiled, instead of on every page.

    Two thirds of what a page says is fixed; this doubles the pages a second. A sentence is data:
    it is escaped here, and its braces too, so that it can never become a template.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        words = self.environment.globals["words"]
        assert isinstance(words, Words)

        def say(found: re.Match[str]) -> str:
            sentence = words.say(found[1])
            return str(escape(sentence)).replace("{", "&#123;").replace("}", "&#125;")

        return _WORDING.sub(say, source)


def _style() -> Markup:
    """Join the style sheets; they are ours and hold no markup, so they are not escaped."""
    text = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in STYLES)
    return Markup(_SPACE.sub("", _COMMENT.sub("", text)))  # noqa: S704 - our own style sheets
