"""The mishaps of `messy_feeds.yml`, typed: which there are, and what each feed suffers.

Belongs here: reading the file.
Does not belong here: choosing rows (`shipment`), what a mishap sends (`mishaps.sql`).
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

MESSY_FEEDS = Path(__file__).parents[2] / "messy_feeds.yml"

Sends = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Mishap:
    """One thing that can happen to a row: the versions of it that are sent, in each phase.

    A send is a version and what must become of it; `due_after` extracts the source makes it good.
    """

    due_after: int | None = None
    begins: Sends = ()
    comes: Sends = ()
    after: Sends = ()


@dataclass(frozen=True, kw_only=True)
class Malformed:
    """How a feed's row is spoilt: what the vendor's columns hold instead, or how its line ends."""

    share: float
    reasons: list[str]
    among: str = "true"
    says: dict[str, str | None] = field(default_factory=dict)
    ends_with: str = ""
    cut_off: int = 0

    def spoil(self, line: str) -> str:
        """Break a line of the file."""
        return line[: len(line) - self.cut_off] + self.ends_with


@dataclass(frozen=True, kw_only=True)
class MessyFeed:
    """What of one feed the mishaps must know, and how often each happens."""

    key: list[str]
    is_snapshot: bool = False
    event: str | None = None
    young_days: int = 0
    window_days: int = 0
    ending: str = "csv"
    delimiter: str = ","
    can_withdraw: bool = False
    wrong: dict[str, str] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)
    malformed: dict[str, Malformed] = field(default_factory=dict)

    @property
    def every_share(self) -> dict[str, float]:
        """The share of an extract's rows that each mishap meets, the rarer ways to spoil first."""
        return {name: how.share for name, how in self.malformed.items()} | self.shares


@cache
def read_messy_feeds(path: Path = MESSY_FEEDS) -> tuple[dict[str, Mishap], dict[str, MessyFeed]]:
    """Read the mishaps and the feeds by name."""
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    mishaps = {name: Mishap(**declared) for name, declared in written["mishaps"].items()}
    feeds = {}
    for name, declared in written["feeds"].items():
        spoilt = declared.pop("malformed", {})
        malformed = {what: Malformed(**how) for what, how in spoilt.items()}
        feeds[name] = MessyFeed(**declared, malformed=malformed)
    return mishaps, feeds
