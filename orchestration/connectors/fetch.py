"""Which connector answers an extract.

Belongs here: opening a connector and handing on its pages.
Does not belong here: keeping them (`partial`), what they mean together (`run`).

Each connector is imported where it is needed: a site of files alone waits for neither ADBC nor
requests.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.connectors.declared import (
    Extract,
    FilesExtract,
    PostgresqlDatabase,
    SqlExtract,
)
from orchestration.connectors.declared_rest import RestExtract
from orchestration.connectors.drop import Drop
from orchestration.connectors.pace import Pace
from orchestration.connectors.page import Page
from orchestration.connectors.timespan import Span

Pages = Iterator[Page]


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """One extract and what it needs to know of the moment and the site it runs at.

    `beside` is the folder that relative paths of a database file start from; `zone` is that of the
    feed's mapping. `at` is the moment whose window is asked for: now, or a day that is fetched
    again, of which changes are asked for `until` its end.
    """

    extract: Extract
    beside: Path
    zone: str | None
    span: Span | None
    now: datetime
    at: datetime
    until: datetime | None
    environ: Mapping[str, str]
    pace: Pace


def take_files(
    extract: FilesExtract, drop: Drop, *, environ: Mapping[str, str], now: datetime
) -> list[str]:
    """Copy the files that are new and have settled; answer the ids of their extracts."""
    from orchestration.connectors.files import Files

    return Files(extract, drop, environ).take(now=now)


@contextmanager
def pages_of(fetch: Fetch, *, start: datetime | None, place: str | None) -> Iterator[Pages]:
    """Open the connector, and close it when its pages have been read."""
    if isinstance(fetch.extract, RestExtract):
        yield _rest_pages(fetch.extract, fetch, start=start, place=place)
    elif isinstance(fetch.extract, SqlExtract):
        with _sql_pages(fetch.extract, fetch, start=start, place=place) as pages:
            yield pages


def _rest_pages(
    declared: RestExtract, fetch: Fetch, *, start: datetime | None, place: str | None
) -> Pages:
    from orchestration.connectors.client import Client
    from orchestration.connectors.jobs import Jobs
    from orchestration.connectors.paging import Paging

    client = Client(declared, fetch.environ, pace=fetch.pace)
    if declared.job:
        return Jobs(client, declared, declared.job).pages(at=fetch.at, place=place)
    paging = Paging(client, declared, fetch.span)
    return paging.pages(start=start, until=fetch.until, place=place, now=fetch.now)


@contextmanager
def _sql_pages(
    declared: SqlExtract, fetch: Fetch, *, start: datetime | None, place: str | None
) -> Iterator[Pages]:
    from orchestration.connectors import postgresql, sqlite
    from orchestration.connectors.sql import Walk

    walk = Walk(declared=declared, span=fetch.span, start=start, until=fetch.until, zone=fetch.zone)
    timeout = declared.timeout_seconds
    if isinstance(declared.database, PostgresqlDatabase):
        with postgresql.reading(
            declared.database, timeout_seconds=timeout, environ=fetch.environ
        ) as database:
            yield walk.pages(database, place)
    else:
        file = fetch.beside / declared.database.file
        with sqlite.reading(file, timeout_seconds=timeout) as database:
            yield walk.pages(database, place)
