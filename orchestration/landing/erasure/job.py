"""The erasure of one person after the other, in an order that survives being killed anywhere.

Belongs here: which files are touched, in which order, and the proof that nothing is left.
Does not belong here: how a batch is rewritten (`rewriting`), who holds the lock (the command).

What leads to the person goes last. First the tombstones, so that no night brings them back; then
the batches, the copies in landing and the caches; then we look whether any file still names them;
then the identities, without which their ids could not be found again; and at the very end the
request itself, whose key becomes a keyed hash. As long as a request shows its key, it is to do.
"""

import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from orchestration.landing.batches import Batch, BatchStore, close_to_others, every_store
from orchestration.landing.contract import Contract
from orchestration.landing.erasure.ledger import Ledger
from orchestration.landing.erasure.person import IDENTITY, Person, find_person
from orchestration.landing.erasure.replacing import Substitution
from orchestration.landing.erasure.requests import FEED as REQUESTS
from orchestration.landing.erasure.requests import Request
from orchestration.landing.erasure.rewriting import put_in_place, rewritten, rows_about
from orchestration.landing.erasure.search import files_with
from orchestration.landing.erasure.tokens import pseudonym
from orchestration.landing.erasure.tombstones import Tombstones
from orchestration.landing.refused import notes_of

# The made-up centre's exports stand for systems that are not ours to change.
_NOT_OURS = "synthetic_centre"
_LAST = (IDENTITY, REQUESTS)


class StillNamed(Exception):  # noqa: N818 - it is what happened, and reads so in a message
    """Files outside of the batches that still name the person; the text lists them."""


_Stored = tuple[BatchStore, Batch]


@dataclass(frozen=True, kw_only=True)
class Touched:
    """What one erasure changes, or would: rows that name the person by feed, and what else.

    `landing` are folders of copies that go; `runs` are published runs to be withdrawn.
    """

    rows: dict[str, int] = field(default_factory=dict)
    batches: int = 0
    landing: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    shared_ids: int = 0


class Erasure:
    """One request carried out in one EVENHAND_HOME; only for who holds its lock."""

    def __init__(self, request: Request, home: Path, contracts: dict[str, Contract]) -> None:
        self._request, self._home, self._contracts = request, home, contracts
        self._ledger = Ledger(home)
        # Names and protected attributes have stores of their own; identities are the warehouse's.
        self._stores = every_store(home)
        self._store = self._stores[0]

    def preview(self) -> Touched:
        """Say what carrying out the request would touch."""
        return self._touched(self._batches_about(self._substitution(salt=b"preview")))

    def carry_out(self, *, now: datetime) -> Touched:
        """Erase the person; raises StillNamed. What was done before a kill is not done again."""
        tombstones = Tombstones(self._home)
        tombstones.add(self._person.tokens)
        salt = self._ledger.begin(self._request.request_id).salt
        substitution = self._substitution(salt=salt)
        found = self._batches_about(substitution)
        touched = self._touched(found)
        self._rewrite((of for of, _ in found if of[1].feed not in _LAST), substitution, now=now)
        for folder in touched.landing:
            shutil.rmtree(self._home / "landing" / folder)
        self._remove_caches()
        self._ledger.record_withdrawals(touched.runs, request_id=self._request.request_id, at=now)
        self._look_again(self._home, leave_out=self._not_yet())
        self._rewrite((of for of, _ in found if of[1].feed == IDENTITY), substitution, now=now)
        self._look_again(self._store.raw / IDENTITY)
        key = self._request.subject_key
        hashed = {key: tombstones.hashed(key, self._request.subject_type)}
        substitution = replace(substitution, instead={**substitution.instead, **hashed})
        self._rewrite((of for of, _ in found if of[1].feed == REQUESTS), substitution, now=now)
        self._ledger.record_done(request_id=self._request.request_id, at=now)
        self._ledger.end()
        return touched

    @cached_property
    def _person(self) -> Person:
        return find_person(self._request, self._store)

    def _substitution(self, *, salt: bytes) -> Substitution:
        """Say what stands for each token; a customer's needs no substitute that joins."""
        is_customer = self._person.is_customer
        instead = {
            token.text: "erased" if is_customer else pseudonym(token.text, salt=salt)
            for token in self._person.tokens
        }
        return Substitution(person=self._person, instead=instead)

    def _batches_about(self, substitution: Substitution) -> list[tuple[_Stored, int]]:
        """Find the batches that name the person, with the number of their rows that do."""
        counted = [
            ((store, batch), self._rows_about(store, batch, substitution))
            for store in self._stores
            for batch in store.batches()
        ]
        return [(stored, rows) for stored, rows in counted if rows]

    def _rows_about(self, store: BatchStore, batch: Batch, substitution: Substitution) -> int:
        contract = self._contracts[batch.feed]
        return rows_about(store, batch, contract=contract, substitution=substitution)

    def _touched(self, found: list[tuple[_Stored, int]]) -> Touched:
        rows: dict[str, int] = {}
        for (_, batch), named in found:
            rows[batch.feed] = rows.get(batch.feed, 0) + named
        return Touched(
            rows=rows,
            batches=len(found),
            landing=self._landing_folders([batch for (_, batch), _ in found]),
            runs=self._published_runs(),
            shared_ids=self._person.shared_ids,
        )

    def _landing_folders(self, batches: list[Batch]) -> list[str]:
        """Find the copies of the deliveries in question, and whatever else names the person."""
        landing = self._home / "landing"
        own = {f"{batch.source_system}/{batch.feed}/{batch.extract_id}" for batch in batches}
        others = {
            "/".join(path.relative_to(landing).parts[:3])
            for path in files_with(self._person.words, landing)
        }
        return sorted(folder for folder in own | others if (landing / folder).exists())

    def _published_runs(self) -> list[str]:
        """Find the runs that readers may still open; even an id that is not unmistakable counts."""
        key = self._request.subject_key
        published = self._home / "published"
        found = files_with({*self._person.words, key}, published)
        return sorted({path.relative_to(published).parts[0] for path in found})

    def _rewrite(
        self, batches: Iterable[_Stored], substitution: Substitution, *, now: datetime
    ) -> None:
        for store, batch in batches:
            contract = self._contracts[batch.feed]
            without, rows = rewritten(store, batch, contract=contract, substitution=substitution)
            self._ledger.record_batch(
                request_id=self._request.request_id,
                feed=batch.feed,
                batch_id=batch.batch_id,
                old=batch.rows_digest,
                new=without.rows_digest,
                at=now,
            )
            put_in_place(store, without, rows, contract=contract, substitution=substitution)
            if store is not self._store:
                close_to_others(store.raw.parent)

    def _remove_caches(self) -> None:
        """Remove the warehouse, which keeps what is deleted in it, and what runs left behind."""
        for file in self._home.glob("warehouse.duckdb*"):
            shutil.rmtree(file) if file.is_dir() else file.unlink()
        for note in files_with(self._person.words, notes_of(self._home)):
            note.unlink()  # the name of a file may name a person; it is refused again
        scratch = self._home / "scratch"
        if scratch.is_dir():
            shutil.rmtree(scratch)
            scratch.mkdir(mode=0o700)

    def _not_yet(self) -> list[Path]:
        """List what may still name the person when everything else is done."""
        of_batches = [
            folder / feed for folder in (self._store.raw, self._store.quarantine) for feed in _LAST
        ]
        return [*of_batches, self._home / "published", self._home / _NOT_OURS]

    def _look_again(self, folder: Path, *, leave_out: Collection[Path] = ()) -> None:
        left = files_with(self._person.words, folder, leave_out=leave_out)
        if left:
            listed = ", ".join(str(path.relative_to(self._home)) for path in left)
            raise StillNamed(
                f"These files still name the person: {listed}. Next: remove what they say of"
                " the person, and run the same command again."
            )
