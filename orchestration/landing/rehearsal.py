"""The contract check on files that nobody has landed: everything is said, nothing is kept.

Belongs here: what would happen to each delivery, with the reasons and where they occur first.
Does not belong here: the check itself (`check`), landing (`land`), printing.
"""

from dataclasses import asdict, dataclass
from glob import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from orchestration.landing.accounting import Accounting, refuse_if_too_bad
from orchestration.landing.check import check_delivery
from orchestration.landing.contract import Contract
from orchestration.landing.delivery import Delivery, find_deliveries, keep_as_arrived
from orchestration.landing.land import checking_connection
from orchestration.landing.reasons import ReasonCount
from orchestration.landing.refusal import DeliveryRefused
from orchestration.landing.source_set import FeedMapping, SourceSet


@dataclass(frozen=True, kw_only=True)
class Rehearsed:
    """What would happen to one delivery; `accounting` is null where it could not be read."""

    feed: str
    files: tuple[str, ...]
    accounting: Accounting | None
    reasons: tuple[ReasonCount, ...] = ()
    refusal: DeliveryRefused | None = None

    def as_json(self) -> dict[str, object]:
        """Answer everything as plain values."""
        refused = self.refusal
        return {
            "feed": self.feed,
            "files": list(self.files),
            "usable": refused is None,
            "accounting": asdict(self.accounting) if self.accounting else None,
            "reasons": [reason.as_json() for reason in self.reasons],
            "refused": refused
            and {
                "file": refused.file,
                "where": refused.where,
                "reason": refused.reason,
                "next_step": refused.next_step,
            },
        }


def only_these(source_set: SourceSet, *, feed: str, files: list[Path]) -> list[Delivery]:
    """Answer named files as deliveries of one feed, with the manifest beside them, if any."""
    mapping = source_set.feeds[feed]
    found: dict[str, Delivery] = {}
    for file in files:
        alone = source_set.model_copy(
            update={
                "folder": file.parent,
                "feeds": {feed: mapping.model_copy(update={"files": escape(file.name)})},
            }
        )
        found |= {delivery.digest: delivery for delivery in find_deliveries(alone)}
    return list(found.values())


def rehearse(delivery: Delivery, *, contract: Contract, mapping: FeedMapping) -> Rehearsed:
    """Check a copy of one delivery in a folder that is gone afterwards."""
    names = tuple(part.name for part in delivery.parts)
    # The limits are asked last, so that a file that is too bad still gets all its figures.
    unlimited = contract.model_copy(update={"max_bad_share": 1.0, "max_bad_rows": 10**18})
    with (
        TemporaryDirectory(prefix="evenhand-check-") as scratch,
        checking_connection(Path(scratch)) as connection,
    ):
        accounting: Accounting | None = None
        reasons: tuple[ReasonCount, ...] = ()
        refusal: DeliveryRefused | None = None
        try:
            copy = keep_as_arrived(delivery, Path(scratch))
            accounting = check_delivery(
                connection, copy, contract=unlimited, mapping=mapping, scratch=Path(scratch)
            )
            reasons = _reasons(connection, copy)
            refuse_if_too_bad(connection, copy, contract=contract, accounting=accounting)
        except DeliveryRefused as refused:
            refusal = refused
        return Rehearsed(
            feed=delivery.feed,
            files=names,
            accounting=accounting,
            reasons=reasons,
            refusal=refusal,
        )


def _reasons(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> tuple[ReasonCount, ...]:
    found = connection.execute(
        "select reason, count(*) as rows,"
        " arg_min(coalesce(line, row_number + 1), (part, row_number)), min(part) from"
        " (select unnest(reasons) as reason, part, row_number, line from quarantined)"
        " group by reason order by rows desc, reason"
    ).fetchall()
    counted = [
        ReasonCount(
            reason=str(reason),
            rows=int(rows),
            first_line=int(line) if line is not None else None,
            first_file=delivery.parts[int(part)].name,
        )
        for reason, rows, line, part in found
    ]
    return tuple(sorted(counted, key=lambda one: one.is_set_aside))
