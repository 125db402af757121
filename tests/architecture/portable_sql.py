"""What a query does, part by part, in the words of `portable_sql.txt`.

Belongs here: the names of the parts, told apart where their use decides; reading the list.
Does not belong here: how dbt compiles a model, and which models there are; that is `conftest.py`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError
from sqlglot.tokens import TokenType

LIST = Path(__file__).with_name("portable_sql.txt")
# What stands in these is named, and what they stand in.
_PLAIN = (
    exp.Alias, exp.Boolean, exp.Column, exp.CTE, exp.DataTypeParam, exp.From, exp.If, exp.Null,
    exp.Paren, exp.Subquery, exp.Table, exp.TableAlias, exp.Var,
)  # fmt: skip
_BY_ORDER_ALONE = (exp.RowNumber, exp.Lead, exp.Lag, exp.FirstValue)


class Part(NamedTuple):
    """One part of a query, and the line on which it stands."""

    name: str
    line: int


def listed() -> set[str]:
    """Answer the names that `portable_sql.txt` allows."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    entries = [line.split("  ", 1)[0] for line in lines if line and not line.startswith("#")]
    return {name for entry in entries for name in entry.split(", ")}


def parts(sql: str) -> Iterator[Part]:
    """Answer every part of a query, read in the dialect of no engine."""
    try:
        tree = sqlglot.parse_one(sql)
    except ParseError as error:
        first = error.errors[0]
        yield Part(f"unreadable: {first['description']}", first["line"])
        return
    for node in tree.walk():
        if name := _name(node, sql):
            yield Part(name, _line(node))
    # The tree knows only one name for it and for `string`, and Spark only the latter.
    yield from (
        Part("type text", token.line)
        for token in sqlglot.tokenize(sql)
        if token.token_type is TokenType.TEXT and token.text.lower() == "text"
    )


def _name(node: exp.Expression, sql: str) -> str:
    for kind, name in _NAMES.items():
        if isinstance(node, kind):
            return name(node)
    if isinstance(node, _PLAIN):
        return ""
    if isinstance(node, exp.Func) and "start" in node.meta:
        return sql[node.meta["start"] : node.meta["end"] + 1].lower()
    return node.key


def _line(node: exp.Expression | None) -> int:
    while node is not None:
        if lines := [part.meta["line"] for part in node.walk() if "line" in part.meta]:
            return min(lines)
        node = node.parent
    return 1


def _with(node: exp.Expression, name: str, *usual: str) -> str:
    """Add to a name whatever is said of the part beyond the usual."""
    return " ".join([name, *(key for key, said in node.args.items() if said and key not in usual)])


def _join(node: exp.Expression) -> str:
    said = [node.args.get(key) or "" for key in ("method", "side", "kind")]
    return _with(node, " ".join(filter(None, [*said, "join"])).lower(), "this", "on", *_JOIN)


def _division(node: exp.Expression) -> str:
    """Name a division: DuckDB makes a double of any, and infinity of one by zero."""
    cast, divisor = node.this, node.expression
    is_double = isinstance(cast, exp.Cast) and cast.to.is_type("double")
    return "/" if is_double and isinstance(divisor, exp.Nullif) else "/ of no double or no nullif"


def _type(node: exp.Expression) -> str:
    """Name a type; of 2.5 DuckDB makes the whole number 3, Spark 2, and both 2 of its floor."""
    name = _WRITTEN.get(node.this.value, node.this.value).lower()
    cast = node.parent
    if node.is_type("int", "bigint") and isinstance(cast, exp.Cast):
        quotients = cast.this.find_all(exp.Div)
        if any(quotient.find_ancestor(exp.Floor, exp.Cast) is cast for quotient in quotients):
            return f"type {name} of a quotient"
    return f"type {name}"


def _sum_or_difference(node: exp.Expression) -> str:
    """Name it; the suffixes of our columns tell a date, of which DuckDB subtracts days."""
    sign = "+" if isinstance(node, exp.Add) else "-"
    sides = [side for side in (node.this, node.expression) if isinstance(side, exp.Column)]
    is_time = any(side.name.endswith(("_at", "_date")) for side in sides)
    return f"{sign} of a date or time" if is_time else sign


def _window(node: exp.Expression) -> str:
    """Name a window: without a frame an aggregate counts all ties at once, on both engines."""
    if isinstance(node.this, exp.Identifier):
        return "over"
    if node.alias and (node.args.get("spec") or node.args.get("order")):
        return "over a window and more"  # Spark reads the name of a window, or what is in it
    select = node.find_ancestor(exp.Select)
    named = {window.name: window for window in (select and select.args.get("windows")) or ()}
    window = named.get(node.alias, node)
    if isinstance(node.this, _BY_ORDER_ALONE):
        return "over" if window.args.get("order") else "over without order by"
    is_framed = window.args.get("spec") or not window.args.get("order")
    return "over" if is_framed else "over without rows"


_JOIN = ("method", "side", "kind")
_WRITTEN = {"TEXT": "string"}
_NAMES: dict[type[exp.Expression], Callable[[exp.Expression], str]] = {
    exp.Add: _sum_or_difference,
    exp.Sub: _sum_or_difference,
    exp.Div: _division,
    exp.DataType: _type,
    exp.Distinct: lambda node: _with(node, "distinct", "expressions"),
    exp.Extract: lambda node: f"extract({node.name.lower()})",
    exp.Group: lambda node: _with(node, "group by", "expressions"),
    exp.Identifier: lambda node: (
        "quoted name" if node.args["quoted"] and not isinstance(node.parent, exp.Table) else ""
    ),
    exp.Join: _join,
    exp.Literal: lambda node: "backslash" if "\\" in node.name else "",
    exp.Order: lambda node: f"order by in {node.parent.key if node.parent else 'nothing'}",
    exp.Pivot: lambda node: "unpivot" if node.args.get("unpivot") else "pivot",
    exp.Star: lambda node: _with(node, "*"),
    exp.Union: lambda node: "union distinct" if node.args.get("distinct") else "union all",
    exp.Window: _window,
    exp.WindowSpec: lambda node: node.sql().lower(),
}
