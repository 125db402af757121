"""What a source set says about fetching a feed: from where, with which cursor, how gently.

Belongs here: the typed form of `extracts:` in `orchestration/sources/*.yml` for SQL and files, the
refusal of what cannot work together. REST has more to say and says it in `declared_rest`.
Does not belong here: fetching.
"""

from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from metrics.engine.documents import Document
from metrics.engine.vocabulary import Declaration
from orchestration.connectors.declared_rest import RestExtract
from orchestration.connectors.secret import NeverHere, SecretFrom
from orchestration.connectors.timespan import Window
from orchestration.landing.contract import Contract

if TYPE_CHECKING:
    from orchestration.landing.source_set import SourceSet

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$")]


class PostgresqlDatabase(Declaration):
    """A PostgreSQL server, read as one user; `sslmode` as libpq has it."""

    kind: Literal["postgresql"]
    host: str
    port: int = 5432
    name: str
    user: str
    password_from: SecretFrom | None = None
    sslmode: Literal["disable", "prefer", "require", "verify-ca", "verify-full"] = "require"
    password: NeverHere = None


class SqliteDatabase(Declaration):
    """A SQLite file, opened for reading only; a relative path counts from the drop folder."""

    kind: Literal["sqlite"]
    file: Path


class Keyset(Declaration):
    """The columns that order the rows: `id` tells two rows apart, `stamp` says when one changed.

    With a stamp an extract fetches what changed since the last one, `overlap_minutes` earlier; a
    row that is committed later than that after its stamp is not found. Without, it fetches all.
    """

    id: Identifier
    stamp: Identifier | None = None
    overlap_minutes: int = Field(default=60, ge=0)


class SqlExtract(Declaration):
    """Rows of one query or table, page by page, to Parquet as text."""

    connector: Literal["sql"]
    database: Annotated[PostgresqlDatabase | SqliteDatabase, Field(discriminator="kind")]
    query: str | None = None
    table: Identifier | None = None
    columns: tuple[Identifier, ...] = ()
    keyset: Keyset
    window: Window | None = None
    batch_rows: int = Field(default=50_000, ge=1, le=1_000_000)
    timeout_seconds: int = Field(default=300, ge=1)

    @model_validator(mode="after")
    def _is_one_query(self) -> "SqlExtract":
        if (self.query is None) == (self.table is None) or bool(self.table) != bool(self.columns):
            raise ValueError("write either a query, or a table and its columns")
        if self.query and ";" in self.query:
            raise ValueError("a query is one select, without a semicolon")
        return self

    @property
    def is_incremental(self) -> bool:
        """Whether it fetches what changed since the last one."""
        return self.keyset.stamp is not None

    @property
    def answers_for_a_day(self) -> bool:
        """Whether it can be asked again for a day that is over."""
        return self.is_incremental or self.window is not None


class FilesExtract(Declaration):
    """Files at any address that fsspec knows, copied once they have not changed for a while.

    `options` are the driver's own (`options: {host: sftp.example}`); `secrets` are options whose
    value is a secret, by the name of where it is kept (`secrets: {password: SFTP_PASSWORD}`).
    """

    connector: Literal["files"]
    address: str
    settle_minutes: int = Field(default=5, ge=0)
    options: dict[str, str | int | bool] = Field(default_factory=dict)
    secrets: dict[str, SecretFrom] = Field(default_factory=dict)
    window: None = None
    password: NeverHere = None

    @model_validator(mode="after")
    def _holds_no_secret(self) -> "FilesExtract":
        if {"password", "secret", "key", "token", "passphrase"} & set(self.options):
            raise ValueError("a secret is never written here; name where it is kept in `secrets`")
        if "@" in self.address.partition("://")[2].partition("/")[0]:
            raise ValueError("an address names no user; write it in `options` and `secrets`")
        return self

    @property
    def is_incremental(self) -> bool:
        """Whether it fetches what changed since the last one."""
        return True

    @property
    def answers_for_a_day(self) -> bool:
        """Whether it can be asked again for a day that is over: a file is taken once."""
        return False


Extract = Annotated[SqlExtract | RestExtract | FilesExtract, Field(discriminator="connector")]

ENDINGS = {"sql": "parquet", "rest": "jsonl.gz"}


def refuse_unfit_extracts(
    document: Document, source_set: "SourceSet", contracts: dict[str, Contract]
) -> None:
    """Refuse an extract that no feed reads, or whose cursor would make absence a deletion."""
    for feed, extract in source_set.extracts.items():
        mapping = source_set.feeds.get(feed)
        if mapping is None:
            raise document.error(
                ("extracts", feed),
                wrong=f"{feed} is fetched but is not among the feeds",
                to_do="declare it under feeds, or remove its extract",
            )
        written = f"{mapping.source_system}/{feed}/id/part-000.{ENDINGS.get(extract.connector)}"
        if extract.connector != "files" and not fnmatch(written, mapping.files.replace("**/", "*")):
            raise document.error(
                ("feeds", feed, "files"),
                wrong=f"{mapping.files} does not find what the extract writes",
                to_do=f"write {mapping.source_system}/{feed}/*/part-*",
            )
        if contracts[feed].load == "snapshot_full" and (
            extract.connector != "files" and (extract.is_incremental or extract.window)
        ):
            raise document.error(
                ("extracts", feed),
                wrong=f"{feed} is always sent whole: what an extract of changes lacks would be"
                " taken for deleted",
                to_do="fetch all of it, without a stamp, a cursor or a window",
            )
