"""The expressions a mapping or a contract may use: one scalar value from the columns of one row.

Belongs here: the allow-list, and the form in which an allowed expression reaches DuckDB.
Does not belong here: metric expressions (`metrics.engine`), which may only add and subtract.

An allow-list, because a deny-list misses what it does not know: `read_text('/etc/hostname')` is one
function call, and DuckDB resolves an unknown table to a Python variable.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from orchestration.landing.text_functions import FUNCTIONS, WrongCall, call

_ALLOWED = (
    exp.Add, exp.And, exp.Array, exp.Between, exp.Boolean, exp.Case, exp.Cast, exp.Coalesce,
    exp.Column, exp.Concat, exp.DataType, exp.DateDiff, exp.Div, exp.DPipe, exp.EQ, exp.Extract,
    exp.GT, exp.GTE, exp.Identifier, exp.If, exp.In, exp.Interval, exp.Is, exp.JSONExtractScalar,
    exp.JSONPath, exp.JSONPathKey, exp.JSONPathRoot, exp.LT, exp.LTE, exp.Left, exp.Length,
    exp.Like, exp.Literal, exp.Lower, exp.Mul, exp.NEQ, exp.Neg, exp.Not, exp.Null, exp.Nullif,
    exp.Or, exp.Pad, exp.Paren, exp.RegexpExtract, exp.Replace, exp.Right, exp.SHA2, exp.SplitPart,
    exp.StrToTime, exp.Sub, exp.Substring, exp.Trim, exp.TryCast, exp.Upper, exp.Var,
)  # fmt: skip


class ExpressionError(Exception):
    """An expression that is not a plain value of one row; the text says what in it is refused."""


@dataclass(frozen=True, kw_only=True)
class Expression:
    """One allowed expression: its SQL, its columns, and when one of its texts is unreadable.

    `unreadable` holds conditions: each is true where a text does not have the form it is read with.
    """

    sql: str
    columns: frozenset[str]
    unreadable: tuple[str, ...] = ()


def compile_expression(text: str) -> Expression:
    """Check `text` against the allow-list; its casts and times fail to null, not to an error.

    Raises ExpressionError.
    """
    try:
        trees = sqlglot.parse(text, read="duckdb")
    except sqlglot.errors.SqlglotError as problem:
        raise ExpressionError(f"'{text}' cannot be read as an expression") from problem
    if len(trees) != 1 or trees[0] is None:
        raise ExpressionError(f"'{text}' is not one expression")
    tree = trees[0]
    read = frozenset(_checked_columns(tree, text=text))
    unreadable: list[str] = []
    try:
        tolerant = tree.transform(_tolerant, unreadable)
    except WrongCall as problem:
        raise ExpressionError(f"'{text}': {problem}") from problem
    return Expression(
        sql=tolerant.sql(dialect="duckdb"), columns=read, unreadable=tuple(unreadable)
    )


def quoted(name: str) -> str:
    """Write a column name so that spaces and brackets in a vendor's header do no harm."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(value: str) -> str:
    """Write a constant text as SQL."""
    return "'" + value.replace("'", "''") + "'"


def _checked_columns(tree: exp.Expr, *, text: str) -> Iterator[str]:
    for node in tree.walk():
        if not (isinstance(node, _ALLOWED) or _is_ours(node)) or _is_list_of_values(node):
            name = node.this if isinstance(node, exp.Anonymous) else type(node).__name__.lower()
            raise ExpressionError(
                f"'{text}' uses {name}, which is not on the list of allowed parts"
            )
        if isinstance(node, exp.Column):
            if node.table:
                raise ExpressionError(f"'{text}' names a table; an expression reads its own row")
            yield node.name


def _is_ours(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() in FUNCTIONS


def _is_list_of_values(node: exp.Expr) -> bool:
    """Whether it is a list other than the patterns of one strptime, the first that fits."""
    return isinstance(node, exp.Array) and not isinstance(node.parent, exp.StrToTime)


def _tolerant(node: exp.Expr, unreadable: list[str]) -> exp.Expr:
    """Replace what raises on bad text by what gives null: one bad row must not stop a file.

    What is inside is replaced first, because a walk passes over what it has replaced.
    """
    if not (isinstance(node, exp.StrToTime | exp.JSONExtractScalar) or _is_replaced(node)):
        return node
    inside = [part.transform(_tolerant, unreadable) for part in _inside(node)]
    text = [part.sql(dialect="duckdb") for part in inside]
    if isinstance(node, exp.JSONExtractScalar):
        unreadable.append(f"({text[0]}) is not null and not json_valid({text[0]})")
        found = exp.JSONExtractScalar(this=inside[0], expression=node.expression)
        return exp.Case().when(exp.func("json_valid", inside[0]), found)
    if isinstance(node, exp.Cast):
        value = exp.TryCast(this=inside[0], to=node.to).sql(dialect="duckdb")
        said = f"coalesce(({text[0]})::varchar, '') <> ''"
    elif isinstance(node, exp.StrToTime):
        read = exp.Anonymous(this="try_strptime", expressions=[*inside, node.args["format"]])
        value, said = read.sql(dialect="duckdb"), f"({text[0]}) is not null"
    else:
        value, condition = call(node.name.lower(), text)
        unreadable.extend(filter(None, [condition]))
        return sqlglot.parse_one(value, read="duckdb")
    unreadable.append(f"{said} and {value} is null")
    return sqlglot.parse_one(value, read="duckdb")


def _is_replaced(node: exp.Expr) -> bool:
    return type(node) is exp.Cast or _is_ours(node)


def _inside(node: exp.Expr) -> list[exp.Expr]:
    return list(node.expressions) if _is_ours(node) else [node.this]
