"""What the sender of a delivery promised about it, held against what was read.

Belongs here: rows of a part, control totals.
Does not belong here: the digest of a part, which is compared before it is read (`delivery`).
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.landing.contract import Contract
from orchestration.landing.delivery import MANIFEST, Delivery
from orchestration.landing.expressions import quoted
from orchestration.landing.refusal import DeliveryRefused

AGAIN = "deliver the extract again, manifest last"


def compare_rows(delivery: Delivery, part: Path, *, rows: int) -> None:
    """Raise DeliveryRefused where a part does not hold as many rows as its manifest says."""
    for name, promised, _ in delivery.promised:
        if name == part.name and promised != rows:
            raise DeliveryRefused(
                feed=delivery.feed,
                file=name,
                reason=f"holds {rows} rows and its manifest says {promised}",
                next_step=AGAIN,
            )


def part_totals(
    connection: duckdb.DuckDBPyConnection, delivery: Delivery, contract: Contract, *, number: int
) -> dict[str, Decimal]:
    """Sum the promised columns over every row of a part, the bad ones included."""
    sums = {}
    for name in delivery.control_totals:
        if name not in contract.columns or contract.columns[name].type not in {
            "integer",
            "decimal",
        }:
            raise _refused(delivery, f"has a control total of {name}, which is no number column")
        found = connection.execute(
            f"select coalesce(sum({quoted(name)}::decimal(38, 6)), 0) from accepted"
            f" where part = {number}"
        ).fetchall()
        sums[name] = Decimal(found[0][0])
    return sums


def compare_totals(
    delivery: Delivery, *, contract: Contract, totals: Mapping[str, Decimal]
) -> None:
    """Raise DeliveryRefused where a sum is not the one that the manifest says."""
    for name, promised in delivery.control_totals.items():
        total = totals.get(name, Decimal(0))
        if total != promised:
            raise _refused(
                delivery,
                f"says that {name} sums to {promised}; the rows sum to {total.normalize():f}",
            )


def _refused(delivery: Delivery, reason: str) -> DeliveryRefused:
    return DeliveryRefused(
        feed=delivery.feed,
        file=f"{delivery.extract_id}/{MANIFEST}",
        reason=reason,
        next_step=AGAIN,
    )
