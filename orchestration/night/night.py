"""A night in its five steps: land, apply, build, check, publish.

Belongs here: what each step hands to the next, and which warehouse it works on.
Does not belong here: how a step does its work; Dagster, which calls the steps.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from metrics.engine.tables import Table
from orchestration.landing.apply import Applied
from orchestration.landing.batches import Batch, BatchStore
from orchestration.landing.contract import Contract, load_contracts
from orchestration.landing.delivery import Delivery
from orchestration.landing.derived_roster import derived_deliveries
from orchestration.landing.erasure.ledger import Ledger
from orchestration.landing.land import land, new_deliveries
from orchestration.landing.refused import noting_refusal
from orchestration.landing.retention import expire_landing
from orchestration.landing.source_set import FeedMapping, SourceSet, load_source_set
from orchestration.night.arrived import Arrived
from orchestration.night.catalogue import catalogue_of_the_night
from orchestration.night.gate import check_run, held_because
from orchestration.night.home import Home
from orchestration.night.kept_facts import keep_published
from orchestration.night.models import NodeResult, build_models, last_results
from orchestration.night.restated import land_waiting, note_restatements
from orchestration.night.warehouse import RawRefused, apply_raw, mark_run_built, open_warehouse
from quality_checks.engine.gate import Decision
from quality_checks.engine.results import CheckResult
from reports.engine.publication import current, publish
from reports.engine.run_facts import read_run
from reports.engine.summary import Summary, summarise


@dataclass(frozen=True, kw_only=True)
class Night:
    """One night of one source set: everything its steps need to know.

    `now` (naive UTC) is the receipt time of what says nothing of its own; nothing else reads it.
    `beside` is a warehouse to build in place of the private one, from the same raw.
    """

    home: Home
    sources: Path
    now: datetime
    folder: Path | None = None
    as_of: datetime | None = None
    beside: Path | None = None

    @cached_property
    def contracts(self) -> dict[str, Contract]:
        """The contracts of all feeds."""
        return load_contracts()

    @cached_property
    def source_set(self) -> SourceSet:
        """The feeds of this site, as declared."""
        return load_source_set(self.sources, self.contracts, folder=self.folder)

    @property
    def store(self) -> BatchStore:
        """The raw and quarantine batches."""
        return BatchStore(self.home.root)

    def arrived(self) -> Arrived:
        """Answer what has arrived for this run, and what of it is not whole."""
        return self._arrived(self.store.batches(), as_of=self.as_of)

    def deliveries(self) -> list[Delivery]:
        """List what has been delivered and is no batch yet."""
        return new_deliveries(self.source_set, self.home.root)

    def extract_day(self, delivery: Delivery) -> str:
        """Name the daily partition that a delivery belongs to: the UTC day of its extract.

        What says that it is of a day to come counts today, and is refused there.
        """
        day = delivery.extract_day or (delivery.known_at or self.now).date()
        return min(day, self.now.date()).isoformat()

    def land_feed(self, feed: str, *, up_to_day: str) -> Iterator[Batch]:
        """Land what is new of one feed up to a day of extraction, late arrivals included.

        Raises DeliveryRefused at the first delivery that cannot be used.
        """
        home, mapping = self.home.root, self.source_set.feeds[feed]
        waiting = new_deliveries(self.source_set, home, of=feed)
        due = [delivery for delivery in waiting if self.extract_day(delivery) <= up_to_day]
        with noting_refusal(home, feed, lands_all=len(due) == len(waiting)):
            for delivery in due:
                yield self._land(delivery, mapping)

    def land_derived(self) -> list[Batch]:
        """Land the roster and identity of the agents seen, where nobody sends them."""
        derived = self.source_set.derive_roster
        if derived is None:
            return []
        return [
            self._land(delivery, mapping)
            for delivery, mapping in derived_deliveries(derived, home=self.home.root)
        ]

    def expire_landing(self) -> list[Path]:
        """Delete the copies as received whose rows are in batches and whose time is over."""
        return expire_landing(self.home.root, self.contracts, now=self.now)

    @property
    def warehouse(self) -> Path:
        """The warehouse this night works on: the private one moves forward only.

        A look back at an older `as_of` is built from the same raw in a scratch file, of the same
        name: the parsed models call their database by it.
        """
        if self.beside:
            return self.beside
        as_of = self.as_of
        looks_back = as_of and any(batch.believed_from > as_of for batch in self.store.batches())
        known = self.home.warehouse
        return self.home.scratch / "look_back" / known.name if looks_back else known

    def apply(self) -> list[Applied]:
        """Bring the warehouse to what was known, with the definitions and policy in force.

        Raises RawRefused for what did not arrive whole and may not be left out.
        """
        land_waiting(self.home)
        now = self.arrived()
        if now.held_because:
            raise RawRefused("\n".join(now.held_because))
        return apply_raw(
            self.warehouse,
            store=self.store,
            contracts=self.contracts,
            source_set=self.source_set,
            run=now.run,
            catalogue=self.catalogue(),
            current_run_id=self._current_run_id(),
        )

    def catalogue(self) -> list[Table]:
        """Answer the definitions, targets, weights and policy as tables."""
        return catalogue_of_the_night()

    def build(self, select: Sequence[str] = ()) -> list[NodeResult]:
        """Build and test the models; note the batches as built when every node is good."""
        results = build_models(self.home, warehouse=self.warehouse, select=select)
        if not select and all(result.is_good for result in results):
            mark_run_built(self.warehouse)
        return results

    def check(self) -> tuple[list[CheckResult], Decision]:
        """Evaluate every check on what was built, and decide whether it may be published."""
        return check_run(self.warehouse, answers=last_results(self.home))

    def held_because(self) -> list[str]:
        """Say why the gate held this run; nothing where it let it through or has not spoken."""
        return held_because(self.warehouse)

    def publish(self) -> Path:
        """Publish what was built and checked; answers the folder of the run.

        What the run changes in final days becomes evidence when readers see it, and not before.
        """
        with open_warehouse(self.warehouse, "export") as connection:
            run = read_run(connection)
            note_restatements(connection, self.home, run=run, identify=self._identified_now)
            folder = publish(
                connection, run=run, published=self.home.published, scratch=self.home.scratch
            )
            keep_published(connection, current_run_id=self._current_run_id())
        land_waiting(self.home)
        return folder

    def summary(self) -> Summary:
        """Answer what readers see of the published run, and what is withheld from them and why."""
        with open_warehouse(self.warehouse, "read") as connection:
            facts = read_run(connection)
            return summarise(connection, run=facts, folder=self.home.published / facts.run_id)

    def is_published(self) -> bool:
        """Whether readers already see exactly this run."""
        return self._current_run_id() == self.arrived().run.run_id

    def current_page(self) -> Path | None:
        """Answer the page that readers see now, whichever run it is of."""
        now_read = current(self.home.published)
        return now_read.page if now_read else None

    def has_unfinished_erasure(self) -> bool:
        """Whether some batches still name a person whom others no longer name."""
        return Ledger(self.home.root).unfinished() is not None

    def claim_home(self) -> None:
        """Note whose data this EVENHAND_HOME holds; raises OtherSourceSet for another's."""
        source_set = self.source_set.source_set
        self.home.refuse_another(source_set, declared_in=self.sources)
        self.home.claim.write_text(source_set, encoding="utf-8")

    def _current_run_id(self) -> str | None:
        now_read = current(self.home.published)
        return now_read.run_id if now_read else None

    def _identified_now(self, batch_ids: Collection[str], as_of: datetime) -> str:
        """Name an earlier run anew: another name says that code or definitions have changed."""
        batches = [batch for batch in self.store.batches() if batch.batch_id in batch_ids]
        return self._arrived(batches, as_of=as_of).run.run_id

    def _arrived(self, batches: list[Batch], *, as_of: datetime | None) -> Arrived:
        return Arrived(
            batches=batches,
            source_set=self.source_set,
            contracts=self.contracts,
            store=self.store,
            as_of=as_of,
        )

    def _land(self, delivery: Delivery, mapping: FeedMapping) -> Batch:
        return land(
            delivery,
            mapping=mapping,
            contract=self.contracts[delivery.feed],
            home=self.home.root,
            received_at=self.now,
        )
