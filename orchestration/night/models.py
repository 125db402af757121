"""Building the dbt models in this process.

Belongs here: parsing when the project changed, building, and what each node answered.
Does not belong here: the models; Dagster's view of them (`orchestration.defs.warehouse`).

In process: a dbt of its own costs 1.5 to 2.2 times the CPU and cannot share the DuckDB file.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.night.home import DBT_PROJECT, Home

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


@dataclass(frozen=True, kw_only=True)
class NodeResult:
    """What dbt answered for one model, seed or test.

    `about` is the model a test looks at; `failures` counts the test's failing rows.
    """

    unique_id: str
    name: str
    resource_type: str
    about: str
    status: str
    failures: int
    message: str
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether the node did what it promised."""
        return self.status in {"success", "pass"}

    def in_words(self) -> str:
        """Say what a test found, and how to see the rows."""
        if self.status == "skipped":
            return f"{self.name} on {self.about} was skipped, because something before it failed."
        return (
            f"{self.name} does not hold on {self.about}: {self.failures} rows. To see them:"
            f" cd dbt_project && dbt test --select {self.name}"
        )


class ModelsNotBuilt(Exception):  # noqa: N818 - it is what happened, and reads so in a message
    """dbt stopped before it could answer for its nodes; the text is dbt's own reason."""


def ensure_parsed(home: Home) -> Path:
    """Answer the parsed manifest, parsing only when the project has changed since."""
    parsed_from = home.manifest.with_name("parsed_from")
    project = _project_digest()
    if not parsed_from.is_file() or parsed_from.read_text(encoding="utf-8") != project:
        run_dbt(home, ["parse"], warehouse=home.warehouse)
        parsed_from.write_text(project, encoding="utf-8")
    return home.manifest


def build_models(home: Home, *, warehouse: Path, select: Sequence[str] = ()) -> list[NodeResult]:
    """Build and test the selected models, all of them by default. Raises ModelsNotBuilt."""
    ensure_parsed(home)
    # Without it dbt also asks the tests of models that were not chosen, and may not be there.
    chosen = ["--indirect-selection", "buildable", "--select", *select] if select else []
    # Writing manifest.json again and run_results.json costs 2 s; our own answers are kept below.
    results = run_dbt(
        home,
        ["build", "--exclude-resource-type", "unit_test", "--no-write-json", *chosen],
        warehouse=warehouse,
    )
    if not results:
        raise ModelsNotBuilt("dbt built nothing: the selection is empty")
    content = json.dumps([asdict(result) for result in results])
    _answers(home).write_text(content, encoding="utf-8")
    return results


def run_dbt(home: Home, arguments: list[str], *, warehouse: Path) -> list[NodeResult]:
    """Run one dbt command, parsing nothing anew; answer its nodes. Raises ModelsNotBuilt."""
    from dbt.adapters.factory import get_adapter_by_type
    from dbt.cli.main import dbtRunner

    os.environ["EVENHAND_WAREHOUSE"] = str(warehouse)
    parsed = None if arguments[0] == "parse" else _parsed(home)
    outcome = dbtRunner(manifest=parsed).invoke(
        [
            *arguments,
            "--log-level",  # what a node answered is in its result, and 3,000 lines cost 0.7 s
            "none",
            "--project-dir",
            str(DBT_PROJECT),
            "--profiles-dir",
            str(DBT_PROJECT),
        ]
    )
    if arguments[0] != "parse":
        # Until then dbt keeps the lock on the file.
        get_adapter_by_type("duckdb").connections.close_all_connections()  # type: ignore[no-untyped-call]
    if outcome.exception is not None:
        raise ModelsNotBuilt(f"dbt {arguments[0]} stopped: {outcome.exception}")
    return [_node_result(result) for result in getattr(outcome.result, "results", [])]


def last_results(home: Home) -> list[NodeResult]:
    """Answer what dbt said in this night; empty before it was asked."""
    if not _answers(home).is_file():
        return []
    content = json.loads(_answers(home).read_text(encoding="utf-8"))
    return [NodeResult(**result) for result in content]


def _answers(home: Home) -> Path:
    return home.scratch / "dbt_results.json"


def _node_result(result: object) -> NodeResult:
    node = result.node  # type: ignore[attr-defined]
    return NodeResult(
        unique_id=node.unique_id,
        name=node.name,
        resource_type=str(node.resource_type),
        about=(getattr(node, "attached_node", None) or node.unique_id).rsplit(".", 1)[-1],
        status=str(result.status),  # type: ignore[attr-defined]
        failures=int(result.failures or 0),  # type: ignore[attr-defined]
        message=str(result.message or ""),  # type: ignore[attr-defined]
        seconds=float(result.execution_time),  # type: ignore[attr-defined]
    )


def _parsed(home: Home) -> "Manifest":
    """Load what `dbt parse` left, so that a night parses nothing."""
    from dbt.contracts.graph.manifest import Manifest

    packed = (home.manifest.parent / "partial_parse.msgpack").read_bytes()
    manifest: Manifest = Manifest.from_msgpack(packed)
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    return manifest


def _project_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(DBT_PROJECT.rglob("*")):
        if path.suffix in {".sql", ".yml", ".csv"} and "target" not in path.parts:
            digest.update(path.relative_to(DBT_PROJECT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
