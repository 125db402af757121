"""What stands open in quarantine: by feed and reason, and row by row.

Belongs here: counting, choosing, masking what is about a person.
Does not belong here: the state of a row (`quarantine`), printing.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.landing.contract import Contract
from orchestration.landing.expressions import quoted
from orchestration.landing.quarantine import STATES, quarantine_of
from orchestration.landing.reasons import ReasonCount
from orchestration.landing.source_set import FeedMapping

MASK = "•••"


@dataclass(frozen=True, kw_only=True)
class KeptRow:
    """One open row: where it stands, every reason it has, and its text, personal parts masked."""

    feed: str
    batch_id: str
    line: int | None
    reasons: tuple[str, ...]
    is_replayable: bool
    text: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class FeedQuarantine:
    """The quarantine of one feed: rows by state, open rows by reason, and some of them."""

    feed: str
    states: dict[str, int]
    reasons: tuple[ReasonCount, ...]
    replayable: int
    rows: tuple[KeptRow, ...]


def quarantine_list(
    contract: Contract,
    *,
    home: Path,
    mapping: FeedMapping | None,
    reason: str | None = None,
    limit: int = 20,
    show_personal: bool = False,
) -> FeedQuarantine:
    """Answer what is in the quarantine of a feed; at most `limit` rows of it."""
    with quarantine_of(contract, home=home, mapping=mapping) as kept:
        kept.execute("set variable header_line = ?", [mapping.header_line if mapping else 1])
        states = dict(kept.execute("select state, count(*) from kept group by all").fetchall())
        kept.execute(
            "create view wanted as select * from kept where state = 'open'"
            + (" and list_contains(reasons, getvariable('reason'))" if reason else "")
        )
        kept.execute("set variable reason = ?", [reason])
        (replayable,) = kept.execute("select count(*) from wanted where is_replayable").fetchall()[
            0
        ]
        return FeedQuarantine(
            feed=contract.feed,
            states={state: int(states.get(state, 0)) for state in STATES},
            reasons=_reasons(kept, only=reason),
            replayable=int(replayable),
            rows=_rows(kept, contract, limit=limit, show_personal=show_personal),
        )


def _reasons(kept: duckdb.DuckDBPyConnection, *, only: str | None) -> tuple[ReasonCount, ...]:
    found = kept.execute(
        "select reason, count(*) as rows, min(row_number) + getvariable('header_line') from"
        " (select unnest(reasons) as reason, row_number from wanted)"
        " group by reason order by rows desc, reason"
    ).fetchall()
    return tuple(
        ReasonCount(reason=str(reason), rows=int(rows), first_line=line)
        for reason, rows, line in found
        if only in {None, reason}
    )


def _rows(
    kept: duckdb.DuckDBPyConnection, contract: Contract, *, limit: int, show_personal: bool
) -> tuple[KeptRow, ...]:
    names = ", ".join(quoted(name) for name in contract.columns)
    found = kept.execute(
        "select batch_id, row_number + getvariable('header_line'), reasons, is_replayable,"
        f" {names} from wanted order by kept_row limit ?",
        [limit],
    ).fetchall()
    masked = {
        name for name, column in contract.columns.items() if column.personal and not show_personal
    }
    return tuple(
        KeptRow(
            feed=contract.feed,
            batch_id=str(row[0]),
            line=row[1],
            reasons=tuple(row[2]),
            is_replayable=bool(row[3]),
            text={
                name: MASK if name in masked else str(value)
                for name, value in zip(contract.columns, row[4:], strict=True)
                if value is not None
            },
        )
        for row in found
    )
