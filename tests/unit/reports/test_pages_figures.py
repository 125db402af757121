from datetime import date

import pytest

from reports.engine import drawing, figures
from reports.engine.largest_remainder import PartsDoNotAddUpError, rounded_parts
from reports.engine.page_settings import load_settings

MONTHS = [str(number) for number in range(1, 11)] + ["November", "December"]


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (figures.share, 0.7563, "75.6\u00a0%"),
        (figures.round_share, 0.72, "72\u00a0%"),
        (figures.round_share, 0.725, "72.5\u00a0%"),
        (figures.points, -0.04, "0.0"),
        (figures.points, -3.26, "−3.3"),
        (figures.points, 1234.5, "1,234.5"),
        (figures.signed, 0.0, "0.0"),
        (figures.signed, 0.94, "+0.9"),
        (figures.signed, -0.94, "−0.9"),
        (figures.seconds, 368.4, "6:08"),
        (figures.seconds, 59.6, "1:00"),
        (figures.seconds, 3725, "62:05"),
        (figures.duration, 59, "1\u00a0min"),
        (figures.duration, 7500, "2\u00a0h 05\u00a0min"),
        (figures.duration, 4_500_000, "1,250\u00a0h"),
        (figures.count, 1234.0, "1,234"),
        (figures.count, 0.5, "0.5"),
        (figures.run_groups, "2026-11-24-7f3a9c1e40d2", "2026-11-24 7f3a 9c1e 40d2"),
        (figures.run_groups, "by hand", "by hand"),
    ],
)
def test_a_figure_is_written_as_the_guide_says(write, value, text):
    assert write(value) == text


def test_a_date_is_written_day_month_year():
    assert figures.long_date(date(2026, 11, 24), MONTHS) == "24\u00a0November 2026"


def test_parts_add_up_to_the_total_as_printed():
    parts = {"a": 0.333, "b": 0.333, "c": 0.334}
    assert rounded_parts(parts, total=1.0) == {"a": 3, "b": 3, "c": 4}
    assert sum(rounded_parts({"a": -1.26, "b": 0.44, "c": 0.0}, total=-0.8).values()) == -8


def test_between_equal_parts_the_name_decides_so_that_every_night_prints_the_same():
    assert rounded_parts({"b": 0.25, "a": 0.25}, total=0.5) == {"a": 3, "b": 2}


def test_parts_of_another_total_are_refused_rather_than_bent():
    with pytest.raises(PartsDoNotAddUpError):
        rounded_parts({"a": 1.0, "b": 1.0}, total=5.0)


def test_a_value_beyond_the_scale_stands_at_its_end():
    scale = load_settings().score_scale
    assert drawing.place(0, scale) == "0%"
    assert drawing.place(100, scale) == "66.7%"
    assert drawing.place(500, scale) == "100%"


def test_a_course_that_never_moves_is_a_line_in_the_middle():
    assert drawing.spark([0.5, 0.5, 0.5]).line == "3,17 68,17 133,17"
