"""Raw batches as frames that hold what is believed now.

Belongs here: reading the batches of a feed, and which rows are still believed.
Does not belong here: what a feed means.

pandas reads Parquet only with a library that this project does not have, so DuckDB hands it over.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd


class Raw:
    """The folder of the raw batches, and the moment up to which they know."""

    def __init__(self, folder: Path) -> None:
        manifests = [json.loads(path.read_text()) for path in sorted(folder.glob("*/*.json"))]
        self.folder = folder
        self.batches = pd.DataFrame(manifests).sort_values("known_at")
        for moment in ("known_at", "window_start", "window_end"):
            self.batches[moment] = pd.to_datetime(self.batches[moment]).astype("datetime64[us]")
        self.as_of = self.batches["known_at"].max()

    def newest_snapshot(self, feed: str, columns: Sequence[str]) -> pd.DataFrame:
        """A whole snapshot replaces the one before."""
        batch_id = self._of(feed)["batch_id"].iloc[-1]
        return self._read(feed, batch_id, columns=columns)

    def newest_window(self, feed: str, columns: Sequence[str]) -> pd.DataFrame:
        """A snapshot of a window replaces what was known of the window."""
        believed = pd.DataFrame()
        for batch in self._of(feed).itertuples():
            if batch.is_complete and len(believed):
                in_window = believed["start_at"].between(
                    batch.window_start, batch.window_end, inclusive="left"
                )
                believed = believed[~in_window]
            arrived = self._read(feed, batch.batch_id, columns=columns)
            believed = pd.concat([believed, arrived], ignore_index=True)
        return believed

    def newest_rows(self, feed: str, columns: Sequence[str], *, key: list[str]) -> pd.DataFrame:
        """A row sent again replaces the one before, unless it is older."""
        batches = self._of(feed)
        wanted = list(columns) if len(batches) == 1 else [*columns, "source_updated_at"]
        arrived = [
            self._read(feed, batch_id, columns=wanted).assign(known_at=known_at)
            for batch_id, known_at in zip(batches["batch_id"], batches["known_at"], strict=True)
        ]
        if len(arrived) == 1:  # a key appears once in a batch
            return arrived[0]
        rows = pd.concat(arrived, ignore_index=True)
        newest = rows.sort_values(["source_updated_at", "known_at"], kind="stable")
        return newest.drop_duplicates(key, keep="last").reset_index(drop=True)

    def _of(self, feed: str) -> pd.DataFrame:
        return self.batches[self.batches["feed"] == feed]

    def _read(self, feed: str, batch_id: str, *, columns: Sequence[str]) -> pd.DataFrame:
        """Read the columns that are needed; `name:category` has few different values."""
        names = [column.split(":")[0] for column in columns]
        path = self.folder / feed / f"{batch_id}.parquet"
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            rows = connection.execute(f"select {', '.join(names)} from read_parquet('{path}')").df()
        few = {column.split(":")[0]: "category" for column in columns if ":" in column}
        return rows.astype(few)


def is_true(flags: pd.Series) -> pd.Series:
    """Where a flag was sent and says yes."""
    return flags.fillna(False).astype(bool)
