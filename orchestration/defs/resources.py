"""What an asset is given to work with.

Belongs here: the night of this run, from configuration; the only clock.
Does not belong here: anything a step does.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from orchestration.night.home import Home, where_files_are
from orchestration.night.night import Night


class NightResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """One source set and one EVENHAND_HOME; times are ISO 8601 in UTC, or empty.

    `received_at` stands in for the clock, where a night has read it already. A night
    `from_command_line` holds the lock of its home and has asked the sources.
    """

    home: str
    sources: str
    folder: str = ""
    as_of: str = ""
    received_at: str = ""
    from_command_line: bool = False

    @classmethod
    def from_environment(cls) -> "NightResource":
        """Answer the night of the site that EVENHAND_SOURCES and EVENHAND_FOLDER name."""
        home = Home.from_environment()
        sources, folder = where_files_are(
            home, sources=_path("EVENHAND_SOURCES"), folder=_path("EVENHAND_FOLDER")
        )
        return cls(home=str(home.root), sources=str(sources), folder=str(folder or ""))

    @classmethod
    def of(cls, night: Night) -> "NightResource":
        """Answer the same night as configuration."""
        return cls(
            home=str(night.home.root),
            sources=str(night.sources),
            folder=str(night.folder or ""),
            as_of=night.as_of.isoformat() if night.as_of else "",
            received_at=night.now.isoformat(),
            from_command_line=True,
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


def _path(variable: str) -> Path | None:
    said = os.environ.get(variable)
    return Path(said) if said else None
