"""What an asset is given to work with.

Belongs here: the night of this run, from configuration; the only clock.
Does not belong here: anything a step does.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from orchestration.night.home import DEFAULT_SOURCES, Home
from orchestration.night.night import Night


class NightResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """One source set and one EVENHAND_HOME; times are ISO 8601 in UTC, or empty.

    `received_at` stands in for the clock, where a night has read it already.
    """

    home: str
    sources: str
    folder: str = ""
    as_of: str = ""
    received_at: str = ""

    @classmethod
    def from_environment(cls) -> "NightResource":
        """Answer the night of the default source set, as `make dev` and the schedule run it."""
        return cls(
            home=str(Home.from_environment().root),
            sources=os.environ.get("EVENHAND_SOURCES", str(DEFAULT_SOURCES)),
            folder=os.environ.get("EVENHAND_FOLDER", ""),
        )

    @classmethod
    def of(cls, night: Night) -> "NightResource":
        """Answer the same night as configuration."""
        return cls(
            home=str(night.home.root),
            sources=str(night.sources),
            folder=str(night.folder or ""),
            as_of=night.as_of.isoformat() if night.as_of else "",
            received_at=night.now.isoformat(),
        )

    def night(self) -> Night:
        """Answer the night; the clock is read here and nowhere else."""
        return Night(
            home=Home(Path(self.home)),
            sources=Path(self.sources),
            folder=Path(self.folder) if self.folder else None,
            as_of=datetime.fromisoformat(self.as_of) if self.as_of else None,
            now=datetime.fromisoformat(self.received_at)
            if self.received_at
            else datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        )
