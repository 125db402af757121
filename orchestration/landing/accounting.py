"""Every row of a delivery accounted for, and how bad a delivery may be.

Belongs here: read = accepted + quarantined + duplicates, and the limits that refuse a whole file.
Does not belong here: sorting the rows (`check`).
"""

from dataclasses import dataclass, field

import duckdb

from orchestration.landing.contract import Contract
from orchestration.landing.delivery import Delivery
from orchestration.landing.refusal import DeliveryRefused

# A row that the site's own mapping refuses is nobody's mistake, whatever else is odd about it.
_BLAMED = "not list_has_any(list_transform(reasons, lambda r: r[:8]), ['refused:'])"


@dataclass(frozen=True, kw_only=True)
class Accounting:
    """Every row of a delivery, once: read = accepted + quarantined + duplicates.

    `flagged` counts how often each set rule is broken that does not refuse the delivery.
    `ignored_columns` are in the files and nobody asks for them; `missing_columns` are optional in
    the contract and not in one of the files, where they are null.
    """

    read: int
    accepted: int
    quarantined: int
    duplicates: int
    reasons: dict[str, int]
    flagged: dict[str, int] = field(default_factory=dict)
    ignored_columns: list[str] = field(default_factory=list)
    missing_columns: list[str] = field(default_factory=list)


def refuse_if_too_bad(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    *,
    contract: Contract,
    accounting: Accounting,
) -> None:
    """Raise DeliveryRefused where more rows are bad than the contract allows, or none came."""
    bad = connection.execute(f"select count(*) from quarantined where {_BLAMED}").fetchall()[0][0]
    file = delivery.parts[0].name
    if accounting.read == 0 and not delivery.has_manifest:
        raise DeliveryRefused(
            feed=delivery.feed,
            file=file,
            where="line 2",
            reason="has a header and no rows",
            next_step="deliver the rows, or a manifest that says there are none",
        )
    limit = min(contract.max_bad_share * accounting.read, contract.max_bad_rows)
    if bad > limit:
        why, rows, line, part = _commonest_reason(connection)
        raise DeliveryRefused(
            feed=delivery.feed,
            file=delivery.parts[part].name,
            where=f"line {line}" if line else None,
            reason=f"{bad} of {accounting.read} rows cannot be used and {limit:.0f} may be;"
            f" most often {why}, in {rows} rows",
            next_step="have it corrected at the source, and deliver it again",
        )


def _commonest_reason(connection: duckdb.DuckDBPyConnection) -> tuple[str, int, int, int]:
    """Answer the reason, its rows, and the line and part where it first occurs."""
    found = connection.execute(
        "select reason, count(*) as rows,"
        " arg_min(coalesce(line, row_number + 1), (part, row_number)), min(part)"
        " from (select unnest(reasons) as reason, part, row_number, line from quarantined"
        f" where {_BLAMED}) group by reason order by rows desc, reason limit 1"
    ).fetchall()[0]
    return str(found[0]), int(found[1]), int(found[2] or 0), int(found[3])
