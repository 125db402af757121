"""Which feeds a site has, and how each export maps onto its contract.

Belongs here: the typed form of `orchestration/sources/*.yml`, checked before any file is read.
Does not belong here: reading the files (`delivery`, `check`).
"""

import hashlib
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import Discriminator, Field, Tag

from metrics.engine.documents import Document, load_document
from metrics.engine.vocabulary import Declaration, Name
from orchestration.connectors.declared import Extract, refuse_unfit_extracts
from orchestration.landing.contract import Contract
from orchestration.landing.expressions import ExpressionError, compile_expression
from orchestration.landing.queue_families import QueueFamily, refuse_unfit_families

_SAYS_NOTHING_OF_ROWS = ("files", "keep_copy", "late_after_hours", "when_incomplete")
# Without them nobody is known, so there is nothing left to publish.
_NEVER_LEFT_OUT = ("agent_identity", "agent_roster")


class ZoneColumn(Declaration):
    """The column of a file that names the zone of each row's local times, and what it may name."""

    column: str
    one_of: tuple[str, ...] = Field(min_length=1)


# A name or a mapping is told apart first, so that what is wrong with one is not said of the other.
Zone = Annotated[
    Annotated[str, Tag("name")] | Annotated[ZoneColumn, Tag("in_a_column")],
    Discriminator(lambda zone: "name" if isinstance(zone, str) else "in_a_column"),
]


class FeedMapping(Declaration):
    """How one export becomes one feed: where its files are and what each column is made of.

    A contract column that neither `columns` nor `constants` names is taken from the file's column
    of the same name, where there is one. `words` then translates what it says, theirs to ours; what
    is not among them stays, for the contract to judge. `sheet` is the sheet of a workbook that has
    several. `header_line` is the line of a text file or workbook with the names of its columns:
    what stands above it is no row. `unnamed_columns` names those without a name there, by place.
    `optional_columns` may be absent from a file, as a key without a value is from JSON: then null.
    `fold` names, for a local time, what is true where it is the second of a repeated hour.
    `keep_copy: false` leaves no copy in landing of a file that holds more than a feed may.
    `late_after_hours` goes before the contract's. `when_incomplete` is what is done about a feed
    that did not arrive whole: hold the night, or publish it without what the feed measures.
    """

    source_system: str
    files: str
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: Literal["utf-8", "utf-16", "latin-1", "windows-1252"] = "utf-8"
    sheet: str | None = None
    header_line: int = Field(default=1, ge=1)
    unnamed_columns: dict[Name, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    optional_columns: tuple[str, ...] = ()
    zone: Zone | None = None
    fold: dict[str, str] = Field(default_factory=dict)
    columns: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    words: dict[str, Annotated[dict[str, str], Field(min_length=1)]] = Field(default_factory=dict)
    refuse_when: dict[str, str] = Field(default_factory=dict)
    keep_copy: bool = True
    late_after_hours: int | None = Field(default=None, ge=1)
    when_incomplete: Literal["hold", "publish_without"] = "hold"

    @property
    def file_zone(self) -> str | None:
        """The zone of all local times of the file; null where there is none, or one in each row."""
        return self.zone if isinstance(self.zone, str) else None

    @property
    def row_zone(self) -> ZoneColumn | None:
        """The column with the zone of each row, where the file has one."""
        return self.zone if isinstance(self.zone, ZoneColumn) else None

    def digest(self) -> str:
        """Identify how a file is read, wherever it lies; read otherwise, it is read again."""
        how = self.model_dump(exclude_defaults=True, exclude={*_SAYS_NOTHING_OF_ROWS})
        return hashlib.sha256(json.dumps(how, sort_keys=True).encode()).hexdigest()


class DerivedRoster(Declaration):
    """Where a site sends no roster: the agents seen in `from_feeds`, all with the same terms."""

    source_system: str
    from_feeds: tuple[str, ...] = Field(min_length=1)
    site: str
    zone: str
    role: str
    team: str
    supervisor: str | None = None
    employed_since: date


class SourceSet(Declaration):
    """The feeds of one site; a feed that is not declared here is not measured, never zero.

    On `quiet_days`, such as public holidays, little is what is to be expected. A queue that
    `queue_families` does not name is compared with itself alone.
    """

    source_set: str
    label: str
    folder: Path = Path()
    feeds: dict[str, FeedMapping] = Field(min_length=1)
    derive_roster: DerivedRoster | None = None
    extracts: dict[str, Extract] = Field(default_factory=dict)
    quiet_days: tuple[date, ...] = ()
    queue_families: tuple[QueueFamily, ...] = ()

    @property
    def declared(self) -> tuple[str, ...]:
        """The feeds this site measures, roster and identity included when they are derived."""
        derived = ("agent_identity", "agent_roster") if self.derive_roster else ()
        return tuple(sorted({*self.feeds, *derived}))

    @property
    def queues(self) -> tuple[tuple[str, str, date], ...]:
        """Each queue that has a family, with the family and the first day in it."""
        return tuple(
            (queue, family.queue_family, family.valid_from_date)
            for family in self.queue_families
            for queue in family.queues
        )


def load_source_set(
    path: Path, contracts: dict[str, Contract], *, folder: Path | None
) -> SourceSet:
    """Read a source set; `folder`, if given, is where its files are. Raises DefinitionError."""
    loaded = load_document(path, SourceSet)
    source_set = loaded.declared
    for feed, mapping in source_set.feeds.items():
        _refuse_unknown(loaded.document, feed, contracts.get(feed), mapping=mapping)
        _refuse_expressions(loaded.document, feed, mapping)
    if source_set.derive_roster and {"agent_roster", "agent_identity"} & set(source_set.feeds):
        raise loaded.document.error(
            ("derive_roster",),
            wrong="a roster that is declared cannot be derived too",
            to_do="remove one of the two",
        )
    refuse_unfit_families(loaded.document, source_set.queue_families)
    refuse_unfit_extracts(loaded.document, source_set, contracts)
    where = folder or (path.parent / source_set.folder)
    return source_set.model_copy(update={"folder": where.resolve()})


def _refuse_unknown(
    document: Document, feed: str, contract: Contract | None, *, mapping: FeedMapping
) -> None:
    if contract is None:
        raise document.error(
            ("feeds", feed),
            wrong=f"no contract is named {feed}",
            to_do="use a name from orchestration/contracts",
        )
    if contract.written_by == "night":
        raise document.error(
            ("feeds", feed),
            wrong=f"{feed} is written by the night itself",
            to_do="take it out: nobody delivers it",
        )
    for part in ("columns", "constants", "words", "fold"):
        for name in sorted(set(getattr(mapping, part)) - set(contract.columns)):
            raise document.error(
                ("feeds", feed, part, name),
                wrong=f"{name} is no column of the contract {feed}",
                to_do=f"use a column of orchestration/contracts/{feed}.yml",
            )
    if feed in _NEVER_LEFT_OUT and mapping.when_incomplete == "publish_without":
        raise document.error(
            ("feeds", feed, "when_incomplete"),
            wrong=f"without {feed} nobody is known, and nothing can be published",
            to_do="write hold, or leave the line out",
        )
    zones = mapping.row_zone.one_of if mapping.row_zone else filter(None, [mapping.file_zone])
    for zone in set(zones) - _time_zones():
        raise document.error(
            ("feeds", feed, "zone", "one_of"),
            wrong=f"{zone} is no time zone",
            to_do="write an IANA name such as Europe/Lisbon",
        )
    if mapping.row_zone and mapping.fold:
        raise document.error(
            ("feeds", feed, "fold"),
            wrong="a repeated hour can be told apart only where all rows are in one zone",
            to_do="write `zone` as one name, or remove `fold`",
        )


@cache
def _time_zones() -> frozenset[str]:
    """Answer the names of all time zones, which takes 10 ms to look up."""
    return frozenset(available_timezones())


def _refuse_expressions(document: Document, feed: str, mapping: FeedMapping) -> None:
    for part in ("columns", "refuse_when", "fold"):
        for name, text in getattr(mapping, part).items():
            try:
                compile_expression(text)
            except ExpressionError as problem:
                raise document.error(
                    ("feeds", feed, part, name),
                    wrong=str(problem),
                    to_do="write one value from the columns of one row",
                ) from problem
