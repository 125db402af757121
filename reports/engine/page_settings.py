"""The settings of the pages, exactly as `reports/pages.yml` has them.

Belongs here: the shape of that file; an unknown key is an error, not a comment.
Does not belong here: a default.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from reports.engine.declared import read_declared

SETTINGS = Path(__file__).parents[1] / "pages.yml"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ScoreScale(_Strict):
    """The ends of the score axis, its target and its marks, in points."""

    low: float
    target: float
    high: float
    marks: tuple[float, ...]


class Trend(_Strict):
    """How many weeks a course covers, and from how many it is drawn."""

    weeks: int = Field(ge=1)
    minimum_weeks: int = Field(ge=2)


class Recognition(_Strict):
    """When a shared result is worth recognising, and how many are shown."""

    minimum_people: int = Field(ge=1)
    minimum_share: float = Field(gt=0, le=1)
    shown: int = Field(ge=1)


class Support(_Strict):
    """How many shared gaps a team page names."""

    shown: int = Field(ge=1)


class PageSettings(_Strict):
    """What the pages show and on which scale."""

    view: str
    period_kinds: tuple[str, ...] = Field(min_length=1)
    score_scale: ScoreScale
    trend: Trend
    recognition: Recognition
    support: Support
    team_columns: int = Field(ge=1)


def load_settings(path: Path = SETTINGS) -> PageSettings:
    """Load the settings of the pages."""
    return PageSettings.model_validate(read_declared(path))
