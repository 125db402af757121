"""Where the marks of a drawing stand.

Belongs here: positions on a scale, as text that goes into an SVG.
Does not belong here: what a mark means. Its words stand beside it on the page.
"""

from dataclasses import dataclass

from reports.engine import figures
from reports.engine.page_settings import ScoreScale

# The course of the weeks is drawn in this box; the margin keeps the last dot inside it.
SPARK_WIDTH, SPARK_HEIGHT, SPARK_MARGIN = 136.0, 34.0, 3.0
# A course that never moves is a line in the middle.
MIDDLE = 0.5


@dataclass(frozen=True)
class Mark:
    """A mark of the scale with its label and how the label is anchored."""

    place: str
    label: str
    anchor: str


@dataclass(frozen=True)
class Spark:
    """The line of a course and its last point."""

    line: str
    last_x: str
    last_y: str


def place(value: float, scale: ScoreScale) -> str:
    """Return the place of a value on the scale; beyond its ends it stands at the end."""
    part = (value - scale.low) / (scale.high - scale.low)
    return f"{_short(100 * min(1.0, max(0.0, part)))}%"


def marks(scale: ScoreScale) -> list[Mark]:
    """Return the labelled marks of the scale."""
    return [
        Mark(place(mark, scale), figures.round_points(mark), _anchor(mark, scale))
        for mark in scale.marks
    ]


def part(have: int, needed: int) -> str:
    """Return how much of a meter is filled."""
    return f"{_short(100 * min(1.0, have / needed))}%"


def spark(values: list[float]) -> Spark:
    """Return the line of a course, oldest first, on its own scale."""
    low, high = min(values), max(values)
    step = (SPARK_WIDTH - 2 * SPARK_MARGIN) / max(1, len(values) - 1)
    room = SPARK_HEIGHT - 2 * SPARK_MARGIN
    points = [
        (
            _short(SPARK_MARGIN + step * index),
            _short(
                SPARK_MARGIN + room * (MIDDLE if high == low else (high - value) / (high - low))
            ),
        )
        for index, value in enumerate(values)
    ]
    return Spark(" ".join(f"{x},{y}" for x, y in points), *points[-1])


def _anchor(mark: float, scale: ScoreScale) -> str:
    if mark <= scale.low:
        return "start"
    return "end" if mark >= scale.high else "middle"


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
