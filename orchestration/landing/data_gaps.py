"""The rows kept apart that nobody has closed: whose record has a gap, and since which moment.

Belongs here: reading the open rows as of a moment, with what each says about whom and when.
Does not belong here: the state of a row (`quarantine`); which business day that is, and what is
left out for it (the model `fct_data_gap`).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from orchestration.landing.batches import Batch
from orchestration.landing.contract import Contract
from orchestration.landing.erasure.tokens import own_columns
from orchestration.landing.expressions import quoted
from orchestration.landing.quarantine import quarantine_of
from orchestration.landing.reasons import SET_ASIDE_BY_MAPPING
from orchestration.landing.source_set import SourceSet


class OpenRow(NamedTuple):
    """One open row and one moment it belongs to; null is what its text does not say.

    `contact_id` and `case_id` are what the row is about, `reason` is all that is wrong with it.
    """

    row_id: str
    feed: str
    source_system: str
    agent_external_id: str | None
    event_at: datetime | None
    contact_id: str | None
    case_id: str | None
    reason: str


def open_rows(
    batches: Sequence[Batch],
    *,
    contracts: Mapping[str, Contract],
    source_set: SourceSet,
    home: Path,
    as_of: datetime,
) -> Iterator[OpenRow]:
    """List the rows of these batches that nothing known by `as_of` has closed, feed by feed.

    A feed of which no row can be open is not looked at: an ordinary night pays nothing.
    """
    for feed in sorted({batch.feed for batch in batches if _may_hold_open_rows(batch)}):
        contract = contracts[feed]
        mapping = source_set.feeds.get(feed)
        with quarantine_of(
            contract, home=home, mapping=mapping, known=batches, as_of=as_of
        ) as kept:
            found = kept.execute(
                f"select row_id, {_about(contract)}, array_to_string(reasons, ', ')"
                " from kept inner join typed using (kept_row)"
                " where state = 'open' order by kept_row"
            ).fetchall()
        yield from (OpenRow(row_id, feed, *said) for row_id, *said in found)


def _may_hold_open_rows(batch: Batch) -> bool:
    """Say whether any row has a reason of ours; what a mapping refuses is set aside for good."""
    return any(not reason.startswith(SET_ASIDE_BY_MAPPING) for reason in batch.accounting.reasons)


def _about(contract: Contract) -> str:
    """Write the columns that say of whose, of when and of what a row is."""
    agents = [name for name in own_columns(contract) if name.endswith("external_id")]
    moments = ", ".join(_moment(contract, name) for name in contract.event_at) or "null"
    # A row without a readable moment is still there, once.
    listed = f"list_sort(list_distinct([{moments}]::timestamp[]))"
    # A leg is of its own agent alone: whom its contact reaches beside is not what it is about.
    is_leg = "contact_id" in contract.key
    reached = [name for name in contract.reaches_through if not (is_leg and name == "contact_id")]
    return ", ".join(
        [
            "typed.source_system",
            f"coalesce({', '.join(['null::varchar', *map(_typed, agents)])})",
            f"unnest(if(len({listed}) = 0, [null::timestamp], {listed}))",
            *(_typed(name) if name in reached else "null" for name in ("contact_id", "case_id")),
        ]
    )


def _typed(name: str) -> str:
    return f"typed.{quoted(name)}"


def _moment(contract: Contract, name: str) -> str:
    """Read a moment; noon stands for a date, so that it is the same date at nearly every site."""
    is_date = contract.columns[name].type == "date"
    return f"({_typed(name)}::timestamp + interval 12 hours)" if is_date else _typed(name)
