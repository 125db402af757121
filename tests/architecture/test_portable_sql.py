"""The models mean the same in DuckDB 2 and Spark 4: they say only what `portable_sql.txt` lists."""

from typing import Any

import duckdb
import pytest
import yaml

from orchestration.night.home import DBT_PROJECT
from tests.architecture.portable_sql import listed, parts

pytestmark = pytest.mark.dbt

ENGINES = ("duckdb", "spark")


@pytest.fixture(scope="module")
def said(compiled: list[Any]) -> list[tuple[str, str]]:
    """Answer what models, their tests and their contracts say, each with where it stands."""
    in_queries = [
        (part.name, source_line(node, part.line))
        for node in compiled
        for part in parts(node.compiled_code)
    ]
    in_contracts = [
        (part.name, f"{node.patch_path}, column {column.name}")
        for node in compiled
        for column in node.columns.values()
        if column.data_type
        for part in parts(f"select cast(x as {column.data_type}) from a")
    ]
    return in_queries + in_contracts


def source_line(node: Any, line: int) -> str:
    """Say where a line of compiled SQL was written; what a macro wrote is in no model."""
    text = node.compiled_code.splitlines()[line - 1].strip()
    written = [each.strip() for each in node.raw_code.splitlines()]
    number = f"line {written.index(text) + 1}" if text in written else f"compiled line {line}"
    return f"{node.original_file_path}, {number}: {text}"


def test_models_say_only_what_both_engines_mean_alike(
    said: list[tuple[str, str]], engine_macros: set[str]
) -> None:
    allowed = listed() | engine_macros
    refused = [f"`{name}` in {where}" for name, where in said if name not in allowed]
    assert not refused, "\n".join(["not in portable_sql.txt:", *refused])


def test_nothing_is_listed_that_no_model_says(said: list[tuple[str, str]]) -> None:
    assert not listed() - {name for name, _ in said}


def test_what_engines_write_differently_is_written_for_each(
    our_macros: dict[str, str], engine_macros: set[str]
) -> None:
    """And what is written for one engine is reached through the dispatch alone."""
    prefixes = tuple(f"{engine}__" for engine in ENGINES)
    written = {name for name in our_macros if name.startswith(prefixes)}
    assert written == {prefix + name for prefix in prefixes for name in engine_macros}


def test_nulls_come_first_in_ascending_order_as_on_spark() -> None:
    profile = yaml.safe_load((DBT_PROJECT / "profiles.yml").read_text())
    options = profile["evenhand"]["outputs"]["warehouse"]["config_options"]
    order = {"default_null_order": options["default_null_order"]}
    with duckdb.connect(config=order) as connection:
        values = connection.execute("from (values (2), (null), (1)) as t (x) order by x").fetchall()
    assert values == [(None,), (1,), (2,)]


@pytest.mark.parametrize(
    ("sql", "refused"),
    [
        ("select * from a asof join b on a.at >= b.at", "asof join"),
        ("select sum(x order by y) from a", "order by in sum"),
        ("select first(x) from a", "first"),
        ("select any_value(x) from a", "any_value"),
        ("select arg_max(x, y) from a", "argmax"),
        ("select string_agg(x) from a", "groupconcat"),
        ("select x from a qualify row_number() over (order by y) = 1", "qualify"),
        ("select x from a order by y limit 1", "limit"),
        ("select distinct on (x) x from a", "distinct on"),
        ("select * exclude (x) from a", "* except_"),
        ("select x, count(*) from a group by all", "group by all"),
        ("select a.x from a join b using (y)", "join using"),
        ("select a.x from a, b", "join"),
        ("select row_number() over (partition by x) as n from a", "over without order by"),
        ("select sum(x) over so_far from a window so_far as (order by y)", "over without rows"),
        (
            "select sum(x) over (w rows between 1 preceding and current row) from a"
            " window w as (order by y)",
            "over a window and more",
        ),
        ("select cast(x as double) / y from a", "/ of no double or no nullif"),
        ("select x / nullif(y, 0) from a", "/ of no double or no nullif"),
        ("select x % y from a", "mod"),
        ("select x // y from a", "unreadable"),
        ("select cast(cast(x as double) / nullif(y, 0) as int) from a", "type int of a quotient"),
        ("select valid_to_date - valid_from_date from a", "- of a date or time"),
        ("select starts_at + interval 1 day from a", "+ of a date or time"),
        ("select concat(x, y) from a", "concat"),
        ("select cast(x as varchar) from a", "type varchar"),
        ("select cast(x as text) from a", "type text"),
        ("select cast(x as timestamptz) from a", "type timestamptz"),
        ("select cast(x as hugeint) from a", "type int128"),
        ("select try_cast(x as int) from a", "trycast"),
        ("select {'x': x} from a", "struct"),
        ("select [x] from a", "array"),
        ('select "x" from a', "quoted name"),
        (r"select 'x\n' from a", "backslash"),
        ("select epoch(x) from a", "epoch"),
        ("select extract(dow from x) from a", "extract(dow)"),
        # A mean of rows is a mean of ratios, or a sum of doubles that changes with the threads.
        ("select avg(x) from a", "avg"),
        ("select stddev(x) from a", "stddev"),
        # What a clock or a die says today is not what it said last night.
        ("select current_date from a", "currentdate"),
        ("select now() from a", "now"),
        ("select random() from a", "random"),
        ("select x from a using sample 10", "tablesample"),
    ],
)
def test_what_engines_disagree_about_is_refused(sql: str, refused: str) -> None:
    named = {part.name for part in parts(sql)}
    assert [name for name in named - listed() if name.startswith(refused)], named


def test_a_part_is_named_with_its_line() -> None:
    sql = "select\n    x,\n    sum(y order by z) as y\nfrom a\nasof join b\n    on a.t >= b.t"
    assert {("order by in sum", 3), ("asof join", 5)} <= {tuple(part) for part in parts(sql)}
