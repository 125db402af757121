"""The bench: the same tables four ways, compared, measured and written to docs/performance.md.

Belongs here: the order of things, and how it ended.
Does not belong here: building, measuring, comparing, writing. Exit codes: 0 the ways agree, 1 they
do not or one of them failed, 2 usage.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

from tests.bench.agreement import compared_rows, differences, raw_rows
from tests.bench.measuring import CommandFailed, Cost, measure
from tests.bench.night_steps import landed_feeds, nodes_of_night, steps_of_night
from tests.bench.page import Measured, render

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = CHECKOUT / "docs" / "performance.md"
AGENTS, DAYS = 5_000, 90
SCRIPTS = ("by_hand", "by_pandas", "by_polars")
AGREED, FAILED, USAGE = range(3)


def main() -> int:
    """Run the bench and answer its exit code."""
    options = _options()
    folder: Path = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):  # it is removed at the end, and may be somebody's
        print(f"bench: {folder} is not empty; remove it, or name another", file=sys.stderr)  # noqa: T201
        return USAGE
    try:
        measured, found = _run(folder, agents=options.agents, days=options.days)
    except CommandFailed as failure:
        print(f"bench: {failure}", file=sys.stderr)  # noqa: T201 - the bench is a command
        return FAILED
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    if found:
        print("\n".join(found), file=sys.stderr)  # noqa: T201
        return FAILED
    if (options.agents, options.days) == (AGENTS, DAYS):
        PAGE.write_text(render(measured), encoding="utf-8")
        print(f"The four ways agree. Written: {PAGE}")  # noqa: T201
    else:
        print(render(measured))  # noqa: T201
    return AGREED


def _run(folder: Path, *, agents: int, days: int) -> tuple[Measured, list[str]]:
    """Build four times; answer the measurements, and where the ways differ in words."""
    home = folder / "home"
    warehouse, raw = home / "warehouse.duckdb", home / "raw"
    night = _night("the night", folder, home=home, agents=agents, days=days)
    where = {  # the next night of this home writes its own over it
        "steps": steps_of_night(home, night),
        "feeds": landed_feeds(home, night),
        "nodes": nodes_of_night(home),
    }
    written = {way: folder / f"{way}.duckdb" for way in SCRIPTS}
    costs = {
        way: _measured(
            way, [sys.executable, "-m", f"tests.bench.{way}", str(raw), str(file)], folder=folder
        )
        for way, file in written.items()
    }
    found = [
        f"{way} and the night differ in {difference.in_words()}"
        for way, file in written.items()
        for difference in differences(warehouse, file)
    ]
    measured = Measured(
        agents=agents,
        days=days,
        raw_rows=raw_rows(raw),
        compared_rows=compared_rows(warehouse),
        night=night,
        models_alone=_models_alone(folder, warehouse),
        **costs,
        **where,
        next_night=_night("one night more", folder, home=home, agents=agents, days=days + 1),
        next_night_of_a_tenth=_next_night_of_a_tenth(folder, agents=agents, days=days),
    )
    return measured, found


def _models_alone(folder: Path, warehouse: Path) -> Cost:
    """Build the models once more in a copy of the night's warehouse, from the same raw."""
    copy, said = folder / "models_alone" / warehouse.name, folder / "models_alone.json"
    copy.parent.mkdir()
    shutil.copyfile(warehouse, copy)
    command = [sys.executable, "-m", "tests.bench.models_alone", str(copy), str(said)]
    _measured("the models alone, with imports", command, folder=folder)
    return Cost(**json.loads(said.read_text(encoding="utf-8")))


def _next_night_of_a_tenth(folder: Path, *, agents: int, days: int) -> Cost:
    """Live a tenth of the days in one night, and then one day more."""
    home, tenth = folder / "home_of_a_tenth", max(days // 10, 1)
    _night("the night of a tenth", folder, home=home, agents=agents, days=tenth)
    doing = "one night more than a tenth"
    return _night(doing, folder, home=home, agents=agents, days=tenth + 1)


def _night(name: str, folder: Path, *, home: Path, agents: int, days: int) -> Cost:
    """Make the centre up to a day, and measure the night that lands what is new."""
    evenhand = str(Path(sys.executable).with_name("evenhand"))
    size = ["--agents", str(agents), "--days", str(days)]
    making = [evenhand, "synthetic-centre", *size]
    _measured(f"the centre for {name}", making, folder=folder, home=home)
    return _measured(name, [evenhand, "nightly"], folder=folder, home=home)


def _measured(name: str, command: list[str], *, folder: Path, home: Path | None = None) -> Cost:
    """Measure one command and say on the way what it took."""
    log = folder / f"{name.replace(' ', '_')}.log"
    cost = measure(command, environment={"EVENHAND_HOME": str(home or folder / "home")}, log=log)
    print(  # noqa: T201
        f"{name}: {cost.cpu_seconds:.1f} CPU s, {cost.wall_seconds:.1f} s,"
        f" {cost.peak_bytes / 2**30:.2f} GiB",
        file=sys.stderr,
        flush=True,
    )
    return cost


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--agents", type=int, default=AGENTS)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument(
        "--folder",
        type=Path,
        default=CHECKOUT / ".evenhand" / "bench",
        help="an empty folder for the data, some 20 GB at full size (default: .evenhand/bench)",
    )
    parser.add_argument("--keep", action="store_true", help="leave the data there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
