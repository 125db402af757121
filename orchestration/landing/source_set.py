"""Which feeds a site has, and how each export maps onto its contract.

Belongs here: the typed form of `orchestration/sources/*.yml`, checked before any file is read.
Does not belong here: reading the files (`delivery`, `check`).
"""

import hashlib
import json
from datetime import date
from pathlib import Path

from pydantic import Field

from orchestration.landing.contract import Contract
from orchestration.landing.expressions import ExpressionError, compile_expression
from orchestration.landing.yaml_file import ConfigurationError, Written, read_written


class FeedMapping(Written):
    """How one export becomes one feed: where its files are and what each column is made of.

    A contract column that neither `columns` nor `constants` names is taken from the file's column
    of the same name, where there is one.
    """

    source_system: str
    files: str
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    zone: str | None = None
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    refuse_when: dict[str, str] = {}

    def digest(self) -> str:
        """Identify this mapping: another mapping of the same file is another batch."""
        return hashlib.sha256(json.dumps(self.model_dump(), sort_keys=True).encode()).hexdigest()


class DerivedRoster(Written):
    """Where a site sends no roster: the agents seen in `from_feeds`, all with the same terms."""

    source_system: str
    from_feeds: tuple[str, ...] = Field(min_length=1)
    site: str
    zone: str
    role: str
    team: str
    supervisor: str | None = None
    employed_since: date


class SourceSet(Written):
    """The feeds of one site; a feed that is not declared here is not measured, never zero."""

    source_set: str
    label: str
    folder: Path = Path()
    feeds: dict[str, FeedMapping]
    derive_roster: DerivedRoster | None = None

    @property
    def declared(self) -> tuple[str, ...]:
        """The feeds this site measures, roster and identity included when they are derived."""
        derived = ("agent_identity", "agent_roster") if self.derive_roster else ()
        return tuple(sorted({*self.feeds, *derived}))


def load_source_set(path: Path, contracts: dict[str, Contract], *, folder: Path | None) -> SourceSet:
    """Read a source set; `folder`, if given, is where its files are. Raises ConfigurationError."""
    source_set = read_written(SourceSet, path)
    problems = [
        f"{path}: feeds.{feed}{problem}"
        for feed, mapping in source_set.feeds.items()
        for problem in _problems(mapping, contracts.get(feed))
    ]
    if source_set.derive_roster and {"agent_roster", "agent_identity"} & set(source_set.feeds):
        problems.append(f"{path}: derive_roster: a declared roster or identity cannot be derived too")
    if problems:
        raise ConfigurationError("\n".join(problems))
    where = folder or (path.parent / source_set.folder)
    return source_set.model_copy(update={"folder": where.resolve()})


def _problems(mapping: FeedMapping, contract: Contract | None) -> list[str]:
    if contract is None:
        return [": no contract has this name; see orchestration/contracts"]
    unknown = sorted({*mapping.columns, *mapping.constants} - set(contract.columns))
    found = [f".{name}: is no column of the contract" for name in unknown]
    for part in (mapping.columns, mapping.refuse_when):
        for name, text in part.items():
            try:
                compile_expression(text)
            except ExpressionError as problem:
                found.append(f".{name}: {problem}")
    return found
