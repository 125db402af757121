"""Where everything that is written lives, and how private it is.

Belongs here: the folders below EVENHAND_HOME, the environment that the tools of a night read.
Does not belong here: what is in the files.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
DBT_PROJECT = CHECKOUT / "dbt_project"
SOURCES = CHECKOUT / "orchestration" / "sources"
DEFAULT_SOURCES = SOURCES / "synthetic_centre.yml"

_ENVIRONMENT = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DAGSTER_DISABLE_TELEMETRY": "1",
}
_DAGSTER_YAML = "telemetry:\n  enabled: false\n"


class OtherSourceSet(Exception):  # noqa: N818 - it is the state, and reads so in a message
    """An EVENHAND_HOME that holds another centre's data; the text says whose and what to do."""


def where_files_are(
    home: "Home", *, sources: Path | None, folder: Path | None
) -> tuple[Path, Path | None]:
    """Answer source set and folder; where neither is said they are the made-up centre's."""
    if sources is None and folder is None:
        return DEFAULT_SOURCES, home.root / "synthetic_centre" / "drop"
    return (sources or DEFAULT_SOURCES).resolve(), folder.resolve() if folder else None


@dataclass(frozen=True)
class Home:
    """The folder EVENHAND_HOME: one centre's data, readable by its owner alone."""

    root: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """Answer the folder that EVENHAND_HOME names, or `.evenhand` in the checkout."""
        named = os.environ.get("EVENHAND_HOME")
        return cls(Path(named).resolve() if named else CHECKOUT / ".evenhand")

    @property
    def warehouse(self) -> Path:
        """The private warehouse: a cache of raw that can be rebuilt from it."""
        return self.root / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """The published runs and the pointer to the current one."""
        return self.root / "published"

    @property
    def scratch(self) -> Path:
        """What a run needs while it runs; emptied when the next one starts."""
        return self.root / "scratch"

    @property
    def steps(self) -> Path:
        """When each step of the last night began and ended; the bench reads it."""
        return self.scratch / "steps.json"

    @property
    def manifest(self) -> Path:
        """The parsed dbt project."""
        return self.root / "dbt" / "target" / "manifest.json"

    @property
    def lock(self) -> Path:
        """The file that only one night at a time may hold."""
        return self.root / "night.lock"

    @property
    def claim(self) -> Path:
        """The file that says whose data this is: the name of a source set."""
        return self.root / "source_set"

    def refuse_another(self, source_set: str, *, declared_in: Path) -> None:
        """Raise OtherSourceSet where this folder holds the data of another source set."""
        held = self.claim.read_text(encoding="utf-8") if self.claim.is_file() else source_set
        if held != source_set:
            raise OtherSourceSet(
                f"{self.root} holds the data of {held}, and {declared_in.name} is"
                f" {source_set}. Next: set EVENHAND_HOME to another folder."
            )

    def prepare(self) -> None:
        """Create the folders and point the tools of a night at them, without telemetry."""
        os.umask(0o077)
        for folder in (self.root, self.published, self.scratch, self.root / "dagster"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        dagster_yaml = self.root / "dagster" / "dagster.yaml"
        if not dagster_yaml.exists():
            dagster_yaml.write_text(_DAGSTER_YAML, encoding="utf-8")
        os.environ.update(_ENVIRONMENT)
        os.environ.setdefault("EVENHAND_THREADS", str(os.cpu_count() or 1))
        os.environ["EVENHAND_HOME"] = str(self.root)
        os.environ["DAGSTER_HOME"] = str(self.root / "dagster")

    def sweep_scratch(self) -> None:
        """Remove what a killed run left behind; only for who holds the lock."""
        for leftover in self.scratch.iterdir():
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()
