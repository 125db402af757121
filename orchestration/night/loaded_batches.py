"""What applying the batches found, read from the warehouse only while no night needs it.

Belongs here: the counts of `raw.loaded_batch`, and the words where they cannot be read.
Does not belong here: writing them (`landing.apply`).
"""

import duckdb

from orchestration.landing.status import LoadedCounts
from orchestration.night.home import Home
from orchestration.night.lock import who_runs
from orchestration.night.warehouse import open_warehouse

_COUNTS = (
    "select feed, sum(stale)::bigint, sum(conflicts)::bigint,"
    " nullif(max_by(coalesce(refused_because, ''), (known_at, batch_id)), '')"
    " from raw.loaded_batch group by feed"
)


def loaded_counts(home: Home) -> tuple[str, dict[str, LoadedCounts]]:
    """Answer a word on what could be read, and the counts by feed.

    A reader of the warehouse file would turn a writer away, so it stays closed while a night runs.
    """
    runs = who_runs(home)
    if runs:
        return f"a night is running ({runs}); what applying found is said when it has ended", {}
    if not home.warehouse.is_file():
        return "no night has been built yet", {}
    try:
        with open_warehouse(home.warehouse, "read") as connection:
            found = connection.execute(_COUNTS).fetchall()
    except duckdb.IOException:
        return "the warehouse is in use; what applying found is said when it is free", {}
    except duckdb.CatalogException:
        return "no batch has been applied yet", {}
    counts = {
        str(feed): LoadedCounts(stale=stale, conflicts=conflicts, refused_because=because)
        for feed, stale, conflicts, because in found
    }
    return "read", counts
