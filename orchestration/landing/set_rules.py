"""The rules between the rows of one delivery: one state at a time, one open period.

Belongs here: the SQL of each kind of rule, and what a broken one causes.
Does not belong here: which feed has which rule (`contracts`), rules of single rows (`row_checks`).
"""

from dataclasses import dataclass

import duckdb

from orchestration.landing.contract import Contract, SetRule
from orchestration.landing.delivery import Delivery
from orchestration.landing.expressions import quoted, text_literal
from orchestration.landing.refusal import DeliveryRefused


@dataclass(frozen=True, kw_only=True)
class BrokenRule:
    """One set rule that a delivery breaks: how often, and a key of which that is true."""

    name: str
    times: int
    example: str


def broken_set_rules(connection: duckdb.DuckDBPyConnection, contract: Contract) -> list[BrokenRule]:
    """Look for broken rules in the rows of table `accepted`."""
    found = []
    for name, rule in contract.set_rules.items():
        breaks = _BREAKS[rule.kind](contract, rule)
        times, example = connection.execute(
            f"select count(*), min(example) from ({breaks})"
        ).fetchall()[0]
        if times:
            found.append(BrokenRule(name=name, times=int(times), example=str(example)))
    return found


def flag_broken_sets(
    connection: duckdb.DuckDBPyConnection, delivery: Delivery, *, contract: Contract
) -> dict[str, int]:
    """Count how often each flagging rule is broken; raises DeliveryRefused for the others."""
    flagged = {}
    for broken in broken_set_rules(connection, contract):
        if contract.set_rules[broken.name].on_break == "refuse_delivery":
            raise DeliveryRefused(
                feed=delivery.feed,
                file=delivery.parts[0].name,
                reason=f"breaks the rule {broken.name} {broken.times} times, first for"
                f" {broken.example}",
                next_step="have the periods corrected at the source, and deliver it again whole",
            )
        flagged[broken.name] = broken.times
    return flagged


def _overlaps(contract: Contract, rule: SetRule) -> str:
    """Select the rows that begin before an earlier row of the same key has ended.

    Each row is compared with the one before it that lasts longest: if any two of a key overlap,
    one of them overlaps that one, and differs from it if any two do.
    """
    starts, ends = _period(contract)
    before = (
        f"over (partition by {_listed(rule.per)} order by {starts}, {ends}, accepted.rowid"
        " rows between unbounded preceding and 1 preceding)"
    )
    differs = ""
    if rule.differing:
        other = quoted(rule.differing)
        differs = f" and {other} <> arg_max({other}, {ends}) {before}"
    return (
        f"select {_example(rule, starts)} as example from accepted qualify"
        f" {starts} + interval {rule.tolerance_seconds} second < max({ends}) {before}{differs}"
    )


def _not_one_open(contract: Contract, rule: SetRule) -> str:
    """Select the keys that have no open row, or several, though their latest row asks for one."""
    starts, ends = _period(contract)
    return (
        f"select {_example(rule)} as example from accepted group by {_listed(rule.per)}"
        f" having count(*) filter (where {ends} = 'infinity') <> 1"
        f" and not arg_max(coalesce(({rule.unless}), false), {starts})"
    )


_BREAKS = {"no_overlap": _overlaps, "one_open": _not_one_open}


def _period(contract: Contract) -> tuple[str, str]:
    """Write from when to when a row lasts as moments, the end excluded; no end is infinity."""
    if contract.lasts is None:
        raise AssertionError(f"{contract.feed} has set rules and no period")
    start, end = contract.lasts
    last = " + interval 1 day" if contract.columns[end].type == "date" else ""
    return (
        f"{quoted(start)}::timestamp",
        f"coalesce({quoted(end)}::timestamp{last}, timestamp 'infinity')",
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(quoted(name) for name in names)


def _example(rule: SetRule, starts: str | None = None) -> str:
    """Write an example as text: the key, and when the row begins."""
    parts = [f"{text_literal(name)}, {quoted(name)}" for name in rule.per]
    if starts:
        parts.append(f"'from', {starts}::varchar")
    return f"concat_ws(' ', {', '.join(parts)})"
