"""From the source set's folder to raw batches, one delivery after the other.

Belongs here: which deliveries are new, the order of the steps.
Does not belong here: the steps themselves (`delivery`, `check`, `batches`), a roster that nobody
sends (`derived_roster`).
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from orchestration.landing.batches import Batch, BatchStore, close_to_others, place_of
from orchestration.landing.check import check_delivery
from orchestration.landing.contract import Contract
from orchestration.landing.delivery import (
    Delivery,
    find_deliveries,
    keep_as_arrived,
    landed_in,
)
from orchestration.landing.erasure.at_load import keep_erased_out
from orchestration.landing.readings import still_to_read
from orchestration.landing.refusal import DeliveryRefused
from orchestration.landing.source_set import FeedMapping, SourceSet


def new_deliveries(source_set: SourceSet, home: Path, *, of: str | None = None) -> list[Delivery]:
    """List the deliveries that are not batches yet, or were read by another mapping.

    Of every feed or of one.
    """
    found = (
        still_to_read(delivery, mapping=source_set.feeds[delivery.feed], home=home)
        for delivery in find_deliveries(source_set, of=of)
    )
    return [delivery for delivery in found if delivery]


def land(
    delivery: Delivery,
    *,
    mapping: FeedMapping,
    contract: Contract,
    home: Path,
    received_at: datetime,
) -> Batch:
    """Check one delivery and keep it as a batch; raises DeliveryRefused.

    `received_at` (naive UTC) is when we knew it, where the delivery itself does not say, and when
    a mended mapping made us believe something else of it.
    """
    known_at = _known_at(delivery, received_at)
    place = place_of(home, contract.store)
    copied_to = landed_in(delivery, place / "landing")
    passing = nullcontext() if mapping.keep_copy else _gone_afterwards(copied_to)
    with _closed_place(place) if contract.store != "warehouse" else passing:
        copy = keep_as_arrived(delivery, place / "landing")
        with (
            checking_connection(place / "scratch") as connection,
            TemporaryDirectory(dir=place / "scratch", prefix="text-") as scratch,
        ):
            accounting = check_delivery(
                connection, copy, contract=contract, mapping=mapping, scratch=Path(scratch)
            )
            accounting, names_erased = keep_erased_out(
                connection,
                accounting,
                contract=contract,
                source_system=delivery.source_system,
                home=home,
            )
            batch = BatchStore(home, contract.store).write(
                connection,
                copy,
                received_at=received_at,
                contract=contract,
                mapping=mapping,
                accounting=accounting,
                known_at=known_at,
                read_at=received_at if delivery.replaces else None,
            )
    if names_erased:
        shutil.rmtree(copied_to, ignore_errors=True)
    return batch


def _known_at(delivery: Delivery, received_at: datetime) -> datetime:
    known_at = delivery.known_at or received_at
    if known_at > received_at:
        raise DeliveryRefused(
            feed=delivery.feed,
            file=f"{delivery.extract_id}/manifest.json",
            reason=f"says it was extracted at {known_at}, which is still to come",
            next_step="set the clock of the sending machine, and export again",
        )
    return known_at


@contextmanager
def _gone_afterwards(folder: Path) -> Iterator[None]:
    """Delete a copy when its rows are kept, and when it is refused.

    A closed place does so with all its copies.
    """
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _closed_place(place: Path) -> Iterator[None]:
    """Keep a store closed to others, and what arrived only while it is checked.

    A delivery may hold rows that must not be kept, so its copy goes with the scratch.
    """
    close_to_others(place)
    try:
        yield
    finally:
        for passing in ("landing", "scratch"):
            shutil.rmtree(place / passing, ignore_errors=True)
        close_to_others(place)


def checking_connection(scratch: Path) -> duckdb.DuckDBPyConnection:
    """Open a database of its own in memory, which spills to scratch and shares nothing.

    One thread: the same delivery makes the same bytes on any machine, and reading a million
    contacts takes a fifth less CPU than on two.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "preserve_insertion_order": "true",
            "threads": "1",
            "temp_directory": str(scratch / "check"),
        },
    )
    connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false")
    # A long IN list would become a join, and with a join two threads fill a table out of order: the
    # place of a row in its file, and so its text in quarantine, would be another row's.
    connection.execute("set disabled_optimizers = 'in_clause'")
    return connection
