"""Which feeds a site has, and how each export maps onto its contract.

Belongs here: the typed form of `orchestration/sources/*.yml`, checked before any file is read.
Does not belong here: reading the files (`delivery`, `check`).
"""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field

from metrics.engine.documents import Document, load_document
from metrics.engine.vocabulary import Declaration
from orchestration.connectors.declared import Extract, refuse_unfit_extracts
from orchestration.landing.contract import Contract
from orchestration.landing.expressions import ExpressionError, compile_expression


class FeedMapping(Declaration):
    """How one export becomes one feed: where its files are and what each column is made of.

    A contract column that neither `columns` nor `constants` names is taken from the file's column
    of the same name, where there is one. `sheet` is the sheet of a workbook that has several.
    `fold` names, for a local time, what is true where it is the second of a repeated hour.
    """

    source_system: str
    files: str
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: Literal["utf-8", "utf-16", "latin-1", "windows-1252"] = "utf-8"
    sheet: str | None = None
    zone: str | None = None
    fold: dict[str, str] = Field(default_factory=dict)
    columns: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    refuse_when: dict[str, str] = Field(default_factory=dict)

    def digest(self) -> str:
        """Identify how a file is read, wherever it lies; read otherwise, it is read again."""
        how = self.model_dump(exclude_defaults=True, exclude={"files"})
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
    """The feeds of one site; a feed that is not declared here is not measured, never zero."""

    source_set: str
    label: str
    folder: Path = Path()
    feeds: dict[str, FeedMapping] = Field(min_length=1)
    derive_roster: DerivedRoster | None = None
    extracts: dict[str, Extract] = Field(default_factory=dict)

    @property
    def declared(self) -> tuple[str, ...]:
        """The feeds this site measures, roster and identity included when they are derived."""
        derived = ("agent_identity", "agent_roster") if self.derive_roster else ()
        return tuple(sorted({*self.feeds, *derived}))


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
    for part in ("columns", "constants", "fold"):
        for name in sorted(set(getattr(mapping, part)) - set(contract.columns)):
            raise document.error(
                ("feeds", feed, part, name),
                wrong=f"{name} is no column of the contract {feed}",
                to_do=f"use a column of orchestration/contracts/{feed}.yml",
            )
    if mapping.zone is not None and mapping.zone not in available_timezones():
        raise document.error(
            ("feeds", feed, "zone"),
            wrong=f"{mapping.zone} is no time zone",
            to_do="write an IANA name such as Europe/Lisbon",
        )


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
