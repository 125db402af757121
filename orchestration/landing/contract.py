"""What a feed promises, as its owners wrote it in `orchestration/contracts`.

Belongs here: the typed form of a contract and the SQL type of each column.
Does not belong here: how a row is checked against it (`check`), how a vendor's file maps onto it
(`source_set`).
"""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from metrics.engine.documents import Document
from metrics.engine.plain_yaml import read_plain_yaml
from metrics.engine.vocabulary import Declaration

CONTRACTS = Path(__file__).parent.parent / "contracts"
DEFAULTS = "defaults.yml"

SQL_TYPES = {
    "string": "varchar",
    "integer": "bigint",
    "decimal": "decimal(18, 6)",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "zone": "varchar",
}


class Column(Declaration):
    """One column of a feed: its type, whether it must be there, and what it may hold."""

    type: Literal["string", "integer", "decimal", "boolean", "date", "timestamp", "zone"]
    required: bool = False
    one_of: tuple[str, ...] = ()
    between: tuple[float, float] | None = None
    max_length: int | None = None
    personal: Literal["pseudonym", "customer", "special"] | None = None

    @property
    def sql_type(self) -> str:
        """The DuckDB type of a checked value."""
        return SQL_TYPES[self.type]


class Contract(Declaration):
    """One feed: what a row is, its key, its columns, and how late it may change."""

    feed: str
    area: Literal["hr", "wfm", "crm", "qa", "surveys"]
    version: int
    one_row_is: str
    key: tuple[str, ...] = Field(min_length=1)
    event_at: tuple[str, ...] = ()
    reaches_through: tuple[Literal["contact_id", "case_id"], ...] = ()
    load: Literal["snapshot_full", "snapshot_window", "upsert", "append"]
    window_days: int
    max_bad_share: float
    max_bad_rows: int
    max_text_length: int
    between_years: tuple[int, int]
    shrink_limit_share: float
    landing_days: int = Field(ge=0)
    columns: dict[str, Column]
    rules: dict[str, str] = Field(default_factory=dict)
    owner: str

    @model_validator(mode="after")
    def _names_only_its_own_columns(self) -> "Contract":
        known = {*self.columns, "source_system"}
        for name in (*self.key, *self.event_at, *self.reaches_through):
            if name not in known:
                raise ValueError(f"'{name}' is used but is no column of this contract")
        return self

    @property
    def stamp(self) -> str | None:
        """The column that says when the source last changed the row, where the feed has one."""
        return "source_updated_at" if "source_updated_at" in self.columns else None


@cache
def load_contracts(folder: Path = CONTRACTS) -> dict[str, Contract]:
    """Read every contract, by feed name in alphabetical order."""
    defaults, _ = read_plain_yaml(folder / DEFAULTS)
    contracts = {}
    for path in sorted(folder.glob("*.yml")):
        if path.name == DEFAULTS:
            continue
        content, lines = read_plain_yaml(path)
        document = Document(path, {**defaults, **content}, lines)
        contract = document.parse(Contract)
        if contract.feed != path.stem:
            raise document.error(
                ("feed",), wrong=f"the file is named {path.stem}", to_do="give both one name"
            )
        contracts[contract.feed] = contract
    return contracts
