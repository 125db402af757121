"""An expression may add measures up, and nothing else."""

import pytest

from metrics.engine.expressions import ExpressionError, read_terms

MEASURES = {"resolved_contacts", "repeat_contacts", "handled_contacts"}


@pytest.mark.parametrize(
    ("expression", "terms"),
    [
        ("resolved_contacts", {"resolved_contacts": 1}),
        (
            "resolved_contacts - repeat_contacts",
            {"resolved_contacts": 1, "repeat_contacts": -1},
        ),
        ("100 * resolved_contacts", {"resolved_contacts": 100}),
        ("resolved_contacts * 2 + resolved_contacts", {"resolved_contacts": 3}),
        (
            "handled_contacts - 2 * (resolved_contacts - repeat_contacts)",
            {"handled_contacts": 1, "resolved_contacts": -2, "repeat_contacts": 2},
        ),
        ("-(repeat_contacts) + handled_contacts", {"repeat_contacts": -1, "handled_contacts": 1}),
        (
            "resolved_contacts + handled_contacts - handled_contacts",
            {"resolved_contacts": 1},
        ),
    ],
)
def test_measures_are_added_subtracted_and_multiplied_by_whole_numbers(
    expression: str, terms: dict[str, int]
) -> None:
    assert read_terms(expression, MEASURES) == terms


HOSTILE = [
    "(select content from read_text('/etc/hostname'))",
    "(select 1)",
    "resolved_contacts; drop table facts.fct_agent_day",
    "copy facts.fct_agent_day to 'stolen.csv'",
    "read_csv_auto('people.csv')",
    "getenv('HOME')",
    "sum(resolved_contacts)",
    "random()",
    "current_date",
    "{{ env_var('HOME') }}",
    "{% raw %}resolved_contacts{% endraw %}",
    "resolved_contacts -- - repeat_contacts",
    "resolved_contacts /* hidden */",
    "resolved_contacts / handled_contacts",
    "resolved_contacts % 2",
    "resolved_contacts ** 2",
    "resolved_contacts * handled_contacts",
    "resolved_contacts = 1",
    "resolved_contacts and repeat_contacts",
    "case when resolved_contacts then 1 end",
    "not resolved_contacts",
    "resolved_contacts is null",
    "facts.resolved_contacts",
    '"resolved_contacts"',
    "resolved_contacts handled_contacts",
    "resolved_contacts as repeat_contacts",
    "resolved_contacts::varchar",
    "resolved_contacts over (partition by agent_id)",
    "*",
    "* exclude (agent_id)",
    "columns(*)",
    "resolved_contаcts",  # the fourth a is Cyrillic
    "resolved_contacts\u202e",  # a mark that turns the reading direction
    "resolved\u200b_contacts",  # a space of no width
    "ｒesolved_contacts",  # a full-width letter
    "resolved_contacts + ２ * repeat_contacts",  # a full-width digit
    "resolved_contacts\x00",
    "secret_df",
    "RESOLVED_CONTACTS",
    "true",
    "null",
    "1",
    "resolved_contacts + 1",
    "1.5 * resolved_contacts",
    "1e3 * resolved_contacts",
    "100000000000 * resolved_contacts",
    "900 * (900 * (900 * resolved_contacts))",
    "resolved_contacts - resolved_contacts",
    "interval 1",
    "x'00'",
    "(" * 300 + "resolved_contacts" + ")" * 300,
    "resolved_contacts" + " + resolved_contacts" * 100,
    "resolved_contacts +",
    "()",
    "",
]


@pytest.mark.parametrize("expression", HOSTILE)
def test_everything_else_is_refused_with_a_sentence(expression: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        read_terms(expression, MEASURES)
    assert len(str(refused.value).split()) > 4


def test_a_letter_that_only_looks_right_is_named_by_its_code() -> None:
    with pytest.raises(ExpressionError, match=r"u0430"):
        read_terms("resolved_contаcts", MEASURES)
