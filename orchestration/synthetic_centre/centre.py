"""Making the made-up contact centre, or letting it live some more days.

Belongs here: what has been delivered already, what is missing, in which order it is made.
Does not belong here: numbers (`centre.yml`), draws (`engine/world`), files (`engine/drop`).
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from orchestration.synthetic_centre.engine.declarations import Declarations, read_declarations
from orchestration.synthetic_centre.engine.drop import (
    Shipment,
    missing_shipments,
    write_query,
    write_whole,
)
from orchestration.synthetic_centre.engine.extracts import Extract, extracts_of
from orchestration.synthetic_centre.engine.messy.declared import read_messy_feeds
from orchestration.synthetic_centre.engine.messy.shipment import MessyShipment
from orchestration.synthetic_centre.engine.messy.truth import write_messy_truth
from orchestration.synthetic_centre.engine.sent_feeds import PARQUET, Feed, feeds_of
from orchestration.synthetic_centre.engine.world import live, open_world, stretches_of_days

TRUTHS = ("agent_ability", "agent_effect", "agent_habit", "evaluator_severity", "planted_world")

Report = Callable[[str, int, int], None]


class OtherCentreError(ValueError):
    """The folder holds a centre made with other settings; extracts are never rewritten."""


@dataclass(frozen=True, kw_only=True)
class CentreFacts:
    """What there is now, and what this call added to it."""

    drop: Path
    truth: Path
    agents: int
    days: int
    first_day: date
    seed: int
    worlds: tuple[str, ...]
    added_extracts: tuple[str, ...] = ()
    added_rows: dict[str, int] = field(default_factory=dict)

    @property
    def is_messy(self) -> bool:
        """Whether files leave in their vendors' shapes, with mishaps on the way."""
        return "messy_feeds" in self.worlds

    @property
    def outbox(self) -> Path:
        """Where the sources of a messy centre remember what they held and sent."""
        return self.drop.parent / "outbox"


def make_centre(
    home: Path,
    *,
    agents: int | None = None,
    days: int | None = None,
    first_day: date | None = None,
    seed: int | None = None,
    worlds: tuple[str, ...] | None = None,
    report: Report = lambda step, done, steps: None,
) -> CentreFacts:
    """Deliver what a centre of so many days has sent and is not there yet.

    What is not said is what `centre.yml` declares. The first call writes one history extract per
    feed; a later one with more days adds one nightly extract per feed and day. `report` hears
    the step (a day, or a feed), how many are done, and of how many.

    Raises OtherCentreError where the folder holds a centre made with other settings.
    """
    declarations = read_declarations()
    default = declarations.default
    folder = home / "synthetic_centre"
    wanted = CentreFacts(
        drop=folder / "drop",
        truth=folder / "truth",
        agents=default["agents"] if agents is None else agents,
        days=default["days"] if days is None else days,
        first_day=default["first_day"] if first_day is None else first_day,
        seed=default["seed"] if seed is None else seed,
        worlds=tuple(sorted(declarations.worlds_on if worlds is None else worlds)),
    )
    _check(wanted, declarations)
    history_days = _history_days(folder, wanted)
    extracts = extracts_of(
        declarations.numbers, wanted.first_day, history_days=history_days, days=wanted.days
    )
    shipments = missing_shipments(
        extracts,
        feeds_of(wanted.worlds),
        drop=wanted.drop,
        truth=wanted.truth,
        begin=partial(_begin, wanted, declarations.numbers["agent_announced_days"]),
    )
    if not shipments:
        return wanted
    return _deliver(wanted, declarations, shipments=shipments, report=report)


def _check(wanted: CentreFacts, declarations: Declarations) -> None:
    unknown = sorted(set(wanted.worlds) - set(declarations.worlds))
    if unknown:
        raise ValueError(
            f"no planted world is called {unknown}; there are {[*declarations.worlds]}"
        )
    if wanted.agents < 1 or wanted.days < 1:
        raise ValueError("a centre has at least one agent and one day")


def _history_days(folder: Path, wanted: CentreFacts) -> int:
    """Answer how many days the history extract holds; the first call writes it down."""
    path = folder / "centre.json"
    settings = {
        "agents": wanted.agents,
        "first_day": wanted.first_day.isoformat(),
        "seed": wanted.seed,
        "worlds": list(wanted.worlds),
    }
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(settings | {"history_days": wanted.days}, indent=2) + "\n")
        return wanted.days
    found = json.loads(path.read_text(encoding="utf-8"))
    history_days = int(found.pop("history_days"))
    if found != settings:
        raise OtherCentreError(f"{folder} holds a centre of {found}, not of {settings}")
    return history_days


def _deliver(
    wanted: CentreFacts, declarations: Declarations, *, shipments: list[Shipment], report: Report
) -> CentreFacts:
    scratch = wanted.drop.parent / "scratch"
    connection = open_world(
        declarations,
        agents=wanted.agents,
        seed=wanted.seed,
        first_day=wanted.first_day,
        worlds=wanted.worlds,
        scratch=scratch,
    )
    try:
        _write_truth(connection, wanted.truth)
        _live_and_ship(connection, wanted, declarations, shipments=shipments, report=report)
        rows: dict[str, int] = {}
        for shipment in shipments:
            name, written = shipment.feed.name, shipment.close(connection)
            if shipment.feed.source_system:
                rows[name] = rows.get(name, 0) + written
        if wanted.is_messy:
            write_messy_truth(connection, outbox=wanted.outbox, truth=wanted.truth)
    finally:
        connection.close()
        shutil.rmtree(scratch, ignore_errors=True)
    added = tuple(dict.fromkeys(shipment.extract.extract_id for shipment in shipments))
    return CentreFacts(**{**vars(wanted), "added_extracts": added, "added_rows": rows})


def _begin(
    wanted: CentreFacts, announced_days: int, *, feed: Feed, extract: Extract, folder: Path
) -> Shipment:
    """Begin one extract of one feed; in a messy centre those that have mishaps meet them."""
    if wanted.is_messy and feed.name in read_messy_feeds()[1]:
        return MessyShipment(
            feed=feed,
            extract=extract,
            folder=folder,
            announced_days=announced_days,
            outbox=wanted.outbox,
        )
    return Shipment(feed=feed, extract=extract, folder=folder, announced_days=announced_days)


def _live_and_ship(
    connection: duckdb.DuckDBPyConnection,
    wanted: CentreFacts,
    declarations: Declarations,
    *,
    shipments: list[Shipment],
    report: Report,
) -> None:
    numbers = declarations.numbers
    last_days = [shipment.extract.last_day for shipment in shipments]
    is_history = any(s.extract.extract_id.startswith("history") for s in shipments)
    from_day = 0 if is_history else max(0, min(last_days) - numbers["delivery_lookback_days"])
    to_day = max(last_days) + 1
    stretches = list(
        stretches_of_days(numbers, agents=wanted.agents, from_day=from_day, to_day=to_day)
    )
    steps = len(stretches) + 1
    for done, (begun, ended) in enumerate(stretches):
        report("days", done, steps)
        horizon = numbers["schedule_horizon_days"] if ended == to_day else 0
        live(connection, from_day=begun, lived_to_day=ended, planned_to_day=ended + horizon)
        for shipment in shipments:
            if not shipment.feed.is_sent_at_the_end:
                shipment.add_part(connection)
    report("cases", len(stretches), steps)
    for shipment in shipments:
        if shipment.feed.is_sent_at_the_end:
            shipment.add_part(connection)
    report("cases", steps, steps)


def _write_truth(connection: duckdb.DuckDBPyConnection, truth: Path) -> None:
    truth.mkdir(parents=True, exist_ok=True)
    for name in TRUTHS:
        write_query(connection, f"truth/{name}", path=truth / f"{name}.parquet", ending=PARQUET)
