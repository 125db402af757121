"""A moment in the plain form is read another way than others, and as strictly."""

import re
from datetime import UTC, datetime

import duckdb
import pytest

from orchestration.landing.column_checks import column_reasons, typed_value
from orchestration.landing.contract import Column, load_contracts
from orchestration.landing.source_set import FeedMapping

PLAIN = "2026-01-01T00:00:07Z"
FORM = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?"
    r"(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)",
    re.ASCII,
)
DAYS = {f"{day}Z" for day in ("2026-01-01T24:00:00", "2026-02-29T00:00:00", "2024-02-29T00:00:00")}
ODD = "0123456789 -+:/.TZtze\t٣"


def moment(text: str) -> datetime | None:
    """Read a moment as the contracts say, without DuckDB: naive UTC, null where it is none."""
    if not FORM.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def spoilt() -> list[str]:
    """Change each character of a plain moment, or lose one and gain another somewhere."""
    places = range(len(PLAIN))
    changed = {PLAIN[:at] + odd + PLAIN[at + 1 :] for at in places for odd in ODD}
    for lost in places:
        rest = PLAIN[:lost] + PLAIN[lost + 1 :]
        changed |= {rest[:at] + odd + rest[at:] for at in (*places, 19) for odd in " 0+."}
    return sorted(changed | DAYS)


@pytest.mark.parametrize("zone", [None, "Europe/Lisbon"])
def test_what_is_no_moment_to_the_letter_is_none(zone: str | None) -> None:
    contract, column = load_contracts()["case_event"], Column(type="timestamp")
    mapping = FeedMapping(source_system="crm", files="", zone=zone)
    value = typed_value("at", column, contract=contract, mapping=mapping)
    wrong = column_reasons("at", column, contract=contract, mapping=mapping)["col:timestamp:at"]
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        answered = connection.execute(
            f'select "text of at", case when not ({wrong}) then "at" end'
            f' from (select *, {value} as "at" from (select unnest(?) as "text of at"))',
            [spoilt()],
        ).fetchall()
    known = [(text, at) for text, at in answered if text.endswith("Z") or zone is None]
    assert len(known) > 400
    assert known == [(text, moment(text)) for text, _ in known]
    assert sum(at is not None for _, at in known) > 50
