"""Raw batches as lazy frames that hold what is believed now.

Belongs here: reading the batches of a feed, and which rows are still believed.
Does not belong here: what a feed means.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

IS_FLAGGED = pl.col("is_deleted").fill_null(value=False)


class Raw:
    """The folder of the raw batches, and the moment up to which they know."""

    def __init__(self, folder: Path) -> None:
        manifests = [json.loads(path.read_text()) for path in folder.glob("*/*.json")]
        self.folder = folder
        self.batches = sorted(manifests, key=lambda batch: (_known_at(batch), batch["batch_id"]))
        self.as_of = _known_at(self.batches[-1])

    def newest_snapshot(self, feed: str, columns: Sequence[str]) -> pl.DataFrame:
        """A whole snapshot replaces the one before."""
        return self._scan(self._of(feed)[-1], columns).collect()

    def newest_window(self, feed: str, columns: Sequence[str]) -> pl.LazyFrame:
        """A snapshot of a window replaces what was known of the window."""
        batches = self._of(feed)
        believed = []
        for place, batch in enumerate(batches):
            replaced = [
                pl.col("start_at").is_between(*window, closed="left")
                for window in map(_window, batches[place + 1 :])
                if window
            ]
            rows = self._scan(batch, columns)
            believed.append(rows.filter(~pl.any_horizontal(replaced)) if replaced else rows)
        return pl.concat(believed)

    def newest_rows(self, feed: str, columns: Sequence[str], *, key: Sequence[str]) -> pl.LazyFrame:
        """A row sent again replaces the one before, unless it is older."""
        batches = self._of(feed)
        if len(batches) == 1:  # a key appears once in a batch
            return self._scan(batches[0], columns)
        order = ["source_updated_at", "known_at"]
        arrived = [
            self._scan(batch, [*columns, order[0]]).with_columns(known_at=pl.lit(_known_at(batch)))
            for batch in batches
        ]
        newest = pl.concat(arrived).sort(order).unique(key, keep="last")
        return newest.select(columns)

    def first_moment(self, feed: str, column: str) -> datetime:
        """Answer the earliest moment that a feed has in a column."""
        moments = pl.concat(self._scan(batch, [column]) for batch in self._of(feed))
        first: datetime = moments.min().collect().item()
        return first

    def _of(self, feed: str) -> list[dict[str, Any]]:
        return [batch for batch in self.batches if batch["feed"] == feed]

    def _scan(self, batch: dict[str, Any], columns: Sequence[str]) -> pl.LazyFrame:
        path = self.folder / batch["feed"] / f"{batch['batch_id']}.parquet"
        return pl.scan_parquet(path).select(columns)


def _known_at(batch: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(batch["known_at"])


def _window(batch: dict[str, Any]) -> tuple[datetime, datetime] | None:
    """Answer the window of which a batch is a whole snapshot, if it is one."""
    if not batch["is_complete"] or batch["window_start"] is None:
        return None
    return (
        datetime.fromisoformat(batch["window_start"]), datetime.fromisoformat(batch["window_end"])
    )  # fmt: skip
