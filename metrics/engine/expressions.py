"""The only arithmetic a definition may write: measures, whole coefficients, plus and minus.

Belongs here: the allow-list, and turning an expression into terms.
Does not belong here: running anything. Terms go into a table and static SQL joins them, so
no text of a definition ever reaches a database.
"""

import re
from collections.abc import Collection

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

# A look-alike letter, a quote, a dot, a comma, a brace or a semicolon is refused before parsing.
_ALLOWED_TEXT = re.compile(r"[A-Za-z0-9_+\-*() ]+")
# Far above any definition; it bounds what the parser is asked to recurse into.
_LONGEST_EXPRESSION = 500
# Net scores are written per hundred; four digits is a mistake.
_LARGEST_COEFFICIENT = 1000


class ExpressionError(ValueError):
    """An expression that was refused, with a sentence that says why."""


def read_terms(expression: str, measures: Collection[str]) -> dict[str, int]:
    """Turn `resolved_contacts - repeat_contacts` into coefficients by measure, or refuse it."""
    _refuse_strange_text(expression)
    try:
        tree = sqlglot.parse_one(expression, dialect="duckdb")
    except (SqlglotError, RecursionError):
        raise ExpressionError(
            f"{expression!r} cannot be read as measures joined by + and -"
        ) from None
    terms = {
        name: coefficient for name, coefficient in _sum_of(tree, 1, measures).items() if coefficient
    }
    if not terms:
        raise ExpressionError(f"{expression!r} cancels out: nothing is left to count")
    if max(map(abs, terms.values())) > _LARGEST_COEFFICIENT:
        raise ExpressionError(f"a measure counts at most {_LARGEST_COEFFICIENT} times")
    return terms


def _refuse_strange_text(expression: str) -> None:
    if len(expression) > _LONGEST_EXPRESSION:
        raise ExpressionError(f"an expression has at most {_LONGEST_EXPRESSION} characters")
    if "--" in expression:
        raise ExpressionError("two minus signs in a row would hide the rest as a comment")
    if not _ALLOWED_TEXT.fullmatch(expression):
        strange = _ALLOWED_TEXT.sub("", expression)[:1]
        raise ExpressionError(
            f"the character {strange.encode('unicode_escape').decode()!r} is not allowed: "
            "an expression has only names of measures in plain letters, whole numbers, + - * ( )"
        )


def _sum_of(node: exp.Expr, factor: int, measures: Collection[str]) -> dict[str, int]:
    """Add up the terms below a node, each multiplied by `factor`."""
    if isinstance(node, exp.Paren):
        return _sum_of(node.this, factor, measures)
    if isinstance(node, exp.Neg):
        return _sum_of(node.this, -factor, measures)
    if isinstance(node, exp.Add):
        return _added(node, factor, factor, measures)
    if isinstance(node, exp.Sub):
        return _added(node, factor, -factor, measures)
    if isinstance(node, exp.Mul):
        return _multiplied(node, factor, measures)
    return {_measure(node, measures): factor}


def _added(node: exp.Binary, left: int, right: int, measures: Collection[str]) -> dict[str, int]:
    terms = _sum_of(node.left, left, measures)
    for name, coefficient in _sum_of(node.right, right, measures).items():
        terms[name] = terms.get(name, 0) + coefficient
    return terms


def _multiplied(node: exp.Mul, factor: int, measures: Collection[str]) -> dict[str, int]:
    if isinstance(node.left, exp.Literal):
        return _sum_of(node.right, factor * _coefficient(node.left), measures)
    if isinstance(node.right, exp.Literal):
        return _sum_of(node.left, factor * _coefficient(node.right), measures)
    raise ExpressionError("a measure may be multiplied by a whole number, not by another measure")


def _coefficient(literal: exp.Literal) -> int:
    text = str(literal.this)
    if not text.isdecimal() or int(text) > _LARGEST_COEFFICIENT:
        raise ExpressionError(
            f"{text} is not a coefficient: use a whole number up to {_LARGEST_COEFFICIENT}"
        )
    return int(text)


def _measure(node: exp.Expr, measures: Collection[str]) -> str:
    if isinstance(node, exp.Literal):
        raise ExpressionError(f"{node.this} stands alone: a number may only multiply a measure")
    if not isinstance(node, exp.Column) or node.table or not isinstance(node.this, exp.Identifier):
        raise ExpressionError(
            f"{node.sql(dialect='duckdb')!r} is not a measure: only measures of measures.yml "
            "may be added, subtracted and multiplied by whole numbers"
        )
    if node.name not in measures:
        raise ExpressionError(f"{node.name!r} is not a measure of measures.yml")
    return node.name
