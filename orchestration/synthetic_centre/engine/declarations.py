"""The numbers of `centre.yml`, in the two shapes the SQL reads: variables and small tables.

Belongs here: reading the file, and cumulative shares.
Does not belong here: any number.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CENTRE = Path(__file__).parent.parent / "centre.yml"

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Declarations:
    """What is declared about the centre: defaults, planted worlds, numbers and tables."""

    default: Row
    worlds: dict[str, Row]
    numbers: Row
    tables: dict[str, list[Row]]

    @property
    def worlds_on(self) -> tuple[str, ...]:
        """The planted worlds that are on unless someone says otherwise."""
        return tuple(name for name, world in self.worlds.items() if world["is_on"])


@cache
def read_declarations(path: Path = CENTRE) -> Declarations:
    """Read `centre.yml`."""
    written: Row = yaml.safe_load(path.read_text(encoding="utf-8"))
    worlds: dict[str, Row] = written.pop("worlds")
    default: Row = written.pop("default")
    sections = {name: part for name, part in written.items() if isinstance(part, dict)}
    plans = sections.pop("day_plans")
    tables = {
        "sites": _shared(written["sites"]),
        "channels": _shared(written["channels"]),
        "contracts": _shared(written["contracts"]),
        "shift_patterns": _shared(written["shift_patterns"]),
        "day_plans": _shared({"plan": plan, "share": plans[plan]["share"]} for plan in plans),
        "stretches": [row for plan in plans for row in _stretches(plan, plans[plan]["stretches"])],
        "queues": [{"queue_number": n, **row} for n, row in enumerate(written["queues"])],
        "reasons": [{"reason_number": n, "reason": r} for n, r in enumerate(written["reasons"])],
        "lessons": [{"lesson_number": n, **row} for n, row in enumerate(written["lessons"])],
        "activities": written["activities"],
        "holidays": written["holidays"],
        "form_questions": written["form_questions"],
        "identity_systems": written["identity_systems"],
    }
    numbers = _flat(sections) | _flat(worlds)
    counted = ("queues", "reasons", "lessons")
    numbers |= {name: len(tables[name]) for name in counted}
    return Declarations(default=default, worlds=worlds, numbers=numbers, tables=tables)


def _flat(sections: dict[str, Row]) -> Row:
    return {
        f"{section}_{name}": value
        for section, values in sections.items()
        for name, value in values.items()
        if name != "is_on"
    }


def _shared(rows: Iterable[Row]) -> list[Row]:
    """Give each row its stretch of 0..1; fractions, so that the last one ends at exactly 1."""
    reached = Fraction(0)
    shared = []
    for row in rows:
        begun, reached = reached, reached + Fraction(str(row["share"]))
        shared.append({**row, "share_from": float(begun), "share_to": float(reached)})
    if reached != 1:
        raise ValueError(f"shares of {shared} sum to {float(reached)}, not to 1")
    return shared


def _stretches(plan: str, stretches: list[tuple[int, int, str]]) -> Iterable[Row]:
    for number, (start, end, code) in enumerate(stretches):
        yield {
            "plan": plan,
            "stretch": number,
            "start_minute": start,
            "end_minute": end,
            "activity_code": code,
            "is_first": number == 0,
            "is_last": number == len(stretches) - 1,
        }
