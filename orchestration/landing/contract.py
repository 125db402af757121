"""What a feed promises, as its owners wrote it in `orchestration/contracts`.

Belongs here: the typed form of a contract and the SQL type of each column.
Does not belong here: how a row is checked against it (`check`), how a vendor's file maps onto it
(`source_set`).
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from metrics.engine.documents import Document
from metrics.engine.plain_yaml import Place, read_plain_yaml
from metrics.engine.vocabulary import Declaration
from orchestration.landing.expressions import ExpressionError, compile_expression

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
Store = Literal["warehouse", "protected", "display"]
# A class of personal data that only one store may hold.
_ONLY_IN: dict[str | None, Store] = {"special": "protected", "name": "display"}


class Column(Declaration):
    """One column of a feed: its type, whether it must be there, and what it may hold.

    `is_counted`: the models read it, so the feed is not whole any more when it stops coming.
    """

    type: Literal["string", "integer", "decimal", "boolean", "date", "timestamp", "zone"]
    required: bool = False
    one_of: tuple[str, ...] = ()
    between: tuple[float, float] | None = None
    max_length: int | None = None
    personal: Literal["pseudonym", "customer", "special", "name"] | None = None
    is_counted: bool = False
    says: str = ""

    @property
    def sql_type(self) -> str:
        """The DuckDB type of a checked value."""
        return SQL_TYPES[self.type]


class SetRule(Declaration):
    """What must hold between the rows of one delivery that share the columns of `per`.

    `no_overlap`: no two of them last at once, but for `tolerance_seconds`; with `differing`, no two
    that differ in that column. `one_open`: exactly one has no end, unless the latest is as `unless`
    says.
    """

    kind: Literal["no_overlap", "one_open"]
    per: tuple[str, ...] = Field(min_length=1)
    differing: str | None = None
    tolerance_seconds: int = 0
    unless: str = "false"
    on_break: Literal["refuse_delivery", "flag"]


class Contract(Declaration):
    """One feed: what a row is, its key, its columns, and how late it may change.

    `event_at` are the moments whose days a row belongs to; where there are none it belongs to every
    day that it `lasts`, from the first column to the second (a date is included, a moment is not,
    empty is open); `tells_its_end` are columns that say that end once more, so that a row of which
    only they differ is the same row, ended on another day. `reaches_through` are ids of what else
    its change concerns. `never_keep` names rows that may not be kept at all: they are counted, and
    nothing of them is stored. What is `written_by` the night is evidence of what it did, and no
    source can deliver it. `late_after_hours`: as long after the others the newest extract of the
    feed is late; nothing is where it is null. `completes_days`: a day is complete when an extract
    made after it has come.
    """

    feed: str
    area: Literal[
        "hr",
        "wfm",
        "crm",
        "qa",
        "surveys",
        "operations",
        "coaching",
        "analytics",
        "privacy",
        "evidence",
    ]
    store: Store
    written_by: Literal["source", "night"]
    version: int
    one_row_is: str
    arrives: str
    key: tuple[str, ...] = Field(min_length=1)
    event_at: tuple[str, ...] = ()
    lasts: tuple[str, str] | None = None
    tells_its_end: tuple[str, ...] = ()
    reaches_through: tuple[Literal["contact_id", "case_id", "evaluation_id"], ...] = ()
    load: Literal["snapshot_full", "snapshot_window", "upsert", "append"]
    window_days: int
    late_after_hours: int | None = Field(ge=1)
    completes_days: bool = False
    max_bad_share: float
    max_bad_rows: int
    max_text_length: int
    between_years: tuple[int, int]
    shrink_limit_share: float
    landing_days: int = Field(ge=0)
    columns: dict[str, Column]
    rules: dict[str, str] = Field(default_factory=dict)
    never_keep: dict[str, str] = Field(default_factory=dict)
    set_rules: dict[str, SetRule] = Field(default_factory=dict)
    owner: str

    @model_validator(mode="after")
    def _keeps_what_is_sensitive_apart(self) -> "Contract":
        for name, column in self.columns.items():
            store = _ONLY_IN.get(column.personal, self.store)
            if store != self.store:
                raise ValueError(f"'{name}' is {column.personal}: it may only be in store {store}")
        return self

    @model_validator(mode="after")
    def _periods_before_set_rules(self) -> "Contract":
        if self.set_rules and self.lasts is None:
            raise ValueError("'set_rules' compare periods: say from when to when a row `lasts`")
        return self

    @property
    def final_after_days(self) -> int | None:
        """How many days a day of this feed may still change; nothing where every file is the whole.

        Such a feed speaks of all days again and again, so none of its rows ever makes a day final.
        """
        return None if self.load == "snapshot_full" else self.window_days

    @property
    def stamp(self) -> str | None:
        """The column that says when the source last changed the row, where the feed has one."""
        return "source_updated_at" if "source_updated_at" in self.columns else None


@cache
def load_contracts(folder: Path = CONTRACTS) -> dict[str, Contract]:
    """Read every contract, by feed name in alphabetical order; raises DefinitionError."""
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
        _refuse_unknown_columns(document, contract)
        contracts[contract.feed] = contract
    return contracts


def _refuse_unknown_columns(document: Document, contract: Contract) -> None:
    known = {*contract.columns, "source_system"}
    for place, names in _columns_used(document, contract):
        for name in sorted(names - known):
            raise document.error(
                place,
                wrong=f"'{name}' is used and is no column of this contract",
                to_do="correct its spelling, or declare the column",
            )


def _columns_used(document: Document, contract: Contract) -> Iterator[tuple[Place, set[str]]]:
    """Say of each place of a contract which columns it speaks of."""
    yield ("key",), set(contract.key)
    yield ("event_at",), set(contract.event_at)
    yield ("lasts",), set(contract.lasts or ())
    yield ("tells_its_end",), set(contract.tells_its_end)
    yield ("reaches_through",), set(contract.reaches_through)
    conditions: dict[Place, str] = {
        **{("rules", name): sql for name, sql in contract.rules.items()},
        **{("never_keep", name): sql for name, sql in contract.never_keep.items()},
    }
    for name, rule in contract.set_rules.items():
        yield ("set_rules", name), {*rule.per, *filter(None, [rule.differing])}
        conditions["set_rules", name] = rule.unless
    for place, sql in conditions.items():
        try:
            yield place, set(compile_expression(sql).columns)
        except ExpressionError as problem:
            to_do = "write a condition on the columns of one row"
            raise document.error(place, wrong=str(problem), to_do=to_do) from problem
