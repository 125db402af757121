"""Rows made from a contract: such as it lets in, and for each of its rules one that it does not.

Random candidates are sorted by an oracle that knows nothing of the contract check: the conditions
of the contract, asked of values that DuckDB has cast by itself.
"""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache

import duckdb

from orchestration.landing.contract import Column, Contract, load_contracts

GOOD, SPARE, TRIES = 500, 40, 8
Row = dict[str, str]


@dataclass(frozen=True)
class BadRow:
    """A row and everything that is wrong with it."""

    row: Row
    reasons: frozenset[str]


@dataclass(frozen=True)
class Material:
    """What one contract is tested with: good rows as text and as values, bad rows, one conflict."""

    good: list[Row]
    values: list[tuple[object, ...]]
    bad: list[BadRow]
    conflict: tuple[Row, Row]


@cache
def material_for(feed: str) -> Material:
    """Make the rows of one feed; the same ones every time."""
    contract = load_contracts()[feed]
    chance = random.Random(feed)
    good: list[tuple[Row, tuple[object, ...]]] = []
    by_rule: dict[str, Row] = {}
    wanted = {f"rule:{name}" for name in contract.rules}
    wanted |= {f"refused:not_kept:{name}" for name in contract.never_keep}
    number = 0
    while len(good) < GOOD + SPARE or wanted - set(by_rule):
        drawn = [_candidate(contract, chance, number + n) for n in range(GOOD + SPARE)]
        number += len(drawn)
        assert number <= 20_000, f"no row breaks only {wanted - set(by_rule)}"
        rows = [{name: as_text(value) for name, value in row.items()} for row in drawn]
        for row, values, broken in zip(rows, drawn, oracle(contract, rows), strict=True):
            if not broken:
                good.append((row, tuple(map(_as_kept, values.values()))))
            elif len(broken) == 1:
                by_rule.setdefault(next(iter(broken)), row)
    spare = [row for row, _ in good[GOOD : GOOD + SPARE]]
    bad = [BadRow(row, frozenset({reason})) for reason, row in by_rule.items()]
    return Material(
        good=[row for row, _ in good[:GOOD]],
        values=[values for _, values in good[:GOOD]],
        bad=[*bad, *_spoilt(contract, spare)],
        conflict=_conflict(contract, spare),
    )


def as_csv(contract: Contract, rows: list[Row]) -> str:
    """Write rows as a file of the feed."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(contract.columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_text(value: object) -> str:
    """Write a value as an export would."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def oracle(contract: Contract, rows: list[Row]) -> list[set[str]]:
    """Answer for each row which conditions of the contract it does not meet."""
    conditions = {f"rule:{name}": f"not ({sql})" for name, sql in contract.rules.items()}
    conditions |= {f"refused:not_kept:{name}": sql for name, sql in contract.never_keep.items()}
    if not conditions:
        return [set() for _ in rows]
    told = " ".join(conditions.values())
    used = {name: column for name, column in contract.columns.items() if name in told}
    typed = ", ".join(
        f"timezone('UTC', try_cast(row.{name} as timestamptz)) as {name}"
        if column.type == "timestamp"
        else f"try_cast(row.{name} as {column.sql_type}) as {name}"
        for name, column in used.items()
    )
    said = ", ".join(f"case when {sql} then '{name}' end" for name, sql in conditions.items())
    fields = ", ".join(f"{name} varchar" for name in used)
    given = [{name: row[name] or None for name in used} for row in rows]
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        answers = connection.execute(
            f"select [{said}] from (select {typed} from"
            f" (select unnest(?::struct({fields})[]) as row))",
            [given],
        ).fetchall()
    return [{name for name in answer if name} for (answer,) in answers]


def _candidate(contract: Contract, chance: random.Random, number: int) -> dict[str, object]:
    return {
        name: None
        if not column.required and chance.random() < 0.2
        else _value(name, column, chance, number)
        for name, column in contract.columns.items()
    }


def _value(name: str, column: Column, chance: random.Random, number: int) -> object:
    low, high = column.between or (0, 100)
    if column.type == "integer":
        return chance.randint(int(low), int(high))
    if column.type == "decimal":
        return Decimal(chance.randint(int(low * 100), int(high * 100))) / 100
    if column.type == "boolean":
        return chance.random() < 0.5
    if column.type == "date":
        return date(2026, 1, 1) + timedelta(days=chance.randint(0, 300))
    if column.type == "timestamp":
        there = timezone(timedelta(hours=chance.choice([-3, 0, 1, 10])))
        return datetime(2026, 6, 1, tzinfo=there) + timedelta(seconds=chance.randint(0, 130_000))
    if column.type == "zone":
        return chance.choice(["Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe"])
    # Now and then two columns of a row hold the same id, as some rules forbid.
    same = chance.random() < 0.15
    return chance.choice(column.one_of) if column.one_of else f"{'id' if same else name}-{number}"


def _as_kept(value: object) -> object:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


def _spoilt(contract: Contract, spare: list[Row]) -> Iterator[BadRow]:
    """Spoil one column at a time, in the row of which that breaks fewest other rules."""
    kinds = [
        (name, text, reasons)
        for name, column in contract.columns.items()
        for text, reasons in _bad_texts(name, column, contract)
    ]
    tried = [{**row, name: text} for name, text, _ in kinds for row in spare[:TRIES]]
    found = oracle(contract, tried)
    for at, (_, _, reasons) in enumerate(kinds):
        span = range(at * TRIES, (at + 1) * TRIES)
        best = min(span, key=lambda place: len(found[place]))
        yield BadRow(tried[best], frozenset(reasons | found[best]))


def _bad_texts(name: str, column: Column, contract: Contract) -> Iterator[tuple[str, set[str]]]:
    if column.required:
        yield "", {f"col:required:{name}"}
    if column.between:
        beyond = (column.between[0] - 1, column.between[1] + 1)
        yield from ((f"{value:.7g}", {f"col:range:{name}"}) for value in beyond)
    if column.type in {"string", "zone"}:
        also = {f"col:enum:{name}"} if column.one_of else set()
        also |= {f"col:zone:{name}"} if column.type == "zone" else set()
        longest = column.max_length or contract.max_text_length
        yield "k" * (longest + 1), {f"col:length:{name}", *also}
        yield "a\x07b", {f"structure:control character:{name}", *also}
        if also:
            yield "no such word", also
        return
    text = {"integer": "1.5", "decimal": "1,5", "boolean": "maybe", "date": "2026-02-30"}
    yield text.get(column.type, "2026-06-01T08:00:00"), {f"col:{column.type}:{name}"}
    if column.type == "timestamp":
        first, last = contract.between_years
        yield f"{first - 1}-12-31T23:59:59Z", {f"col:year:{name}"}
        yield f"{last + 1}-01-01T00:00:00Z", {f"col:year:{name}"}


def _conflict(contract: Contract, spare: list[Row]) -> tuple[Row, Row]:
    """Answer two rows of one key and one stamp that say different things."""
    first, *others = spare
    taken = [name for name in (*contract.key, contract.stamp) if name in first]
    disguised = [{**row, **{name: first[name] for name in taken}} for row in others]
    found = oracle(contract, disguised)
    fitting = [row for row, broken in zip(disguised, found, strict=True) if not broken]
    return first, next(row for row in fitting if row != first)
