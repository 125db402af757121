"""Which requests to forget a person there are, and which of them are in force.

Belongs here: the newest version of every request in raw, legal hold.
Does not belong here: applying a request (`job`).
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.landing.batches import BatchStore
from orchestration.landing.erasure.tombstones import HASHED
from orchestration.landing.expressions import text_literal
from orchestration.landing.readings import that_count

FEED = "erasure_request"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as it stands now; `is_held` where the person's data must be kept as evidence.

    `subject_key` is an agent_id or a customer_key, or the keyed hash of it once it is applied.
    """

    request_id: str
    subject_type: str
    subject_key: str
    is_held: bool

    @property
    def is_applied(self) -> bool:
        """Whether the person is gone: nothing here can name them any more."""
        return self.subject_key.startswith(HASHED)


def requests(store: BatchStore) -> list[Request]:
    """List the newest version of every request; one hold on a person holds all about them."""
    files = [
        (store.rows_file(batch), batch.known_at)
        for batch in that_count(store.batches())
        if batch.feed == FEED
    ]
    if not files:
        return []
    found = duckdb.execute(
        f"with versions as ({' union all '.join(_versions(*file) for file in files)}),"
        " newest as (select * from versions qualify row_number() over ("
        " partition by request_id order by source_updated_at desc, known_at desc) = 1)"
        " select request_id, subject_type, subject_key,"
        " bool_or(legal_hold) over (partition by subject_type, subject_key)"
        " from newest order by request_id"
    ).fetchall()
    return [
        Request(
            request_id=str(request_id),
            subject_type=str(subject_type),
            subject_key=str(subject_key),
            is_held=bool(is_held),
        )
        for request_id, subject_type, subject_key, is_held in found
    ]


def _versions(file: Path, known_at: object) -> str:
    return (
        "select request_id, subject_type, subject_key, legal_hold, source_updated_at,"
        f" timestamp '{known_at}' as known_at from read_parquet({text_literal(str(file))})"
    )
