"""Which site a command works on: its source set, its folder, its EVENHAND_HOME, and the time.

Belongs here: the words `--sources`, `--folder`, `--as-of`, and the clock of the command line.
Does not belong here: anything a command does with them.
"""

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.landing.contract import Contract
    from orchestration.landing.source_set import SourceSet
    from orchestration.night.home import Home
    from orchestration.night.night import Night


@dataclass(frozen=True, kw_only=True)
class Site:
    """One source set and the EVENHAND_HOME that holds its data; `now` is naive UTC."""

    home: "Home"
    sources: Path
    folder: Path | None
    now: datetime

    @property
    def contracts(self) -> dict[str, "Contract"]:
        """The contracts of all feeds."""
        from orchestration.landing.contract import load_contracts

        return load_contracts()

    @property
    def source_set(self) -> "SourceSet":
        """The feeds of this site, as declared; raises DefinitionError."""
        from orchestration.landing.source_set import load_source_set

        return load_source_set(self.sources, self.contracts, folder=self.folder)

    def night(self, *, as_of: datetime | None = None) -> "Night":
        """Answer the night that would run on this site now."""
        from orchestration.night.night import Night

        return Night(
            home=self.home, sources=self.sources, folder=self.folder, as_of=as_of, now=self.now
        )


def add_site_arguments(parser: argparse.ArgumentParser) -> None:
    """Let a command be told which source set it works on, and where its files are."""
    parser.add_argument(
        "--sources",
        type=Path,
        metavar="YAML",
        help="the source set (default: the synthetic centre)",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="where its files are (default: as it says itself)",
    )


def site_of(parsed: argparse.Namespace) -> Site:
    """Answer the site that the words of the command line name."""
    from orchestration.night.home import Home, where_files_are

    home = Home.from_environment()
    sources, folder = where_files_are(home, sources=parsed.sources, folder=parsed.folder)
    return Site(
        home=home,
        sources=sources,
        folder=folder,
        now=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
    )


def moment(text: str) -> datetime:
    """Read a time of the command line, ISO 8601, as naive UTC."""
    said = datetime.fromisoformat(text)
    return said.astimezone(UTC).replace(tzinfo=None) if said.tzinfo else said
