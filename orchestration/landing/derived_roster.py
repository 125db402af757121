"""A roster and an identity that nobody sends, from the agents seen in other feeds.

Belongs here: which agents those are, and what is said of each of them.
Does not belong here: checking and keeping them, which is done as for any delivery (`land`).
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb

from orchestration.landing.batches import BatchStore
from orchestration.landing.delivery import Delivery, file_digest
from orchestration.landing.expressions import text_literal
from orchestration.landing.readings import that_count
from orchestration.landing.source_set import DerivedRoster, FeedMapping

_NEXT = timedelta(microseconds=1)


def derived_deliveries(
    derived: DerivedRoster, *, home: Path
) -> Iterator[tuple[Delivery, FeedMapping]]:
    """Write the roster and identity that follow from the agents seen, where they are not the last.

    They are deliveries of their own, known when the newest batch they rest on is believed, and
    always after those they take the place of: an older extract that comes late may bring an agent.
    """
    store = BatchStore(home)
    counted = that_count(store.batches())
    seen_in = [batch for batch in counted if batch.feed in derived.from_feeds]
    if not seen_in:
        return
    known_at = max(batch.believed_from for batch in seen_in)
    last = {batch.feed: batch for batch in counted}
    for feed, columns in _derived_columns(derived).items():
        folder = home / "scratch"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{feed}.csv"
        _write_agents_seen(path, [store.rows_file(batch) for batch in seen_in], columns=columns)
        extract_id = file_digest(path)[:16]
        before = last.get(feed)
        if before and before.extract_id == extract_id:
            continue
        since = max(known_at, before.known_at + _NEXT) if before else known_at
        # Agents that were seen before may be all again, after a mapping was mended and mended back.
        said = f"derived|{since}|{extract_id}"
        yield (
            Delivery(
                feed=feed,
                source_system=derived.source_system,
                extract_id=extract_id,
                digest=hashlib.sha256(said.encode()).hexdigest(),
                parts=(path,),
                known_at=since,
                is_complete=True,
            ),
            FeedMapping(source_system=derived.source_system, files=""),
        )


def _derived_columns(derived: DerivedRoster) -> dict[str, dict[str, str]]:
    """Say each derived column as SQL over the one column `agent`."""
    since = f"date '{derived.employed_since.isoformat()}'"
    supervisor = text_literal(derived.supervisor) if derived.supervisor else "null"
    roster = {
        "agent_id": "agent",
        "valid_from": since,
        "employment_status": "'active'",
        "worker_type": "'employee'",
        "job_role": text_literal(derived.role),
        "team_id": text_literal(derived.team),
        "supervisor_agent_id": supervisor,
        "site_id": text_literal(derived.site),
        "site_time_zone": text_literal(derived.zone),
        "hire_date": since,
        "scorecard_eligible": "true",
    }
    identity = {
        "agent_id": "agent",
        "identity_system": text_literal(derived.source_system),
        "external_id": "agent",
        "id_type": "'user_id'",
        "valid_from": since,
    }
    return {"agent_identity": identity, "agent_roster": roster}


def _write_agents_seen(path: Path, rows_files: list[Path], *, columns: dict[str, str]) -> None:
    files = json.dumps([str(file) for file in rows_files]).replace('"', "'")
    listed = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select {listed} from (select distinct agent_external_id as agent"
            f" from read_parquet({files}, union_by_name = true)"
            f" where agent_external_id is not null) order by agent)"
            f" to {text_literal(str(path))} (header true)"
        )
