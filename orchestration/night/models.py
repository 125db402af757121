"""Building the dbt models in this process.

Belongs here: parsing when the project changed, building, and what each node answered.
Does not belong here: the models; Dagster's view of them (`orchestration.defs.warehouse`).

In process: a dbt of its own costs 1.5 to 2.2 times the CPU and cannot share the DuckDB file.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.night.home import DBT_PROJECT, Home


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
    """Answer the parsed manifest, parsing only when it is missing or older than the project."""
    newest = max(path.stat().st_mtime for path in _project_files())
    if not home.manifest.is_file() or home.manifest.stat().st_mtime < newest:
        _invoke(home, ["parse"], warehouse=home.warehouse)
    return home.manifest


def build_models(home: Home, *, warehouse: Path, select: Sequence[str] = ()) -> list[NodeResult]:
    """Build and test the selected models, all of them by default. Raises ModelsNotBuilt."""
    chosen = ["--select", *select] if select else []
    results = _invoke(
        home,
        ["build", "--exclude-resource-type", "unit_test", *chosen],
        warehouse=warehouse,
    )
    if not results:
        raise ModelsNotBuilt("dbt built nothing: the selection is empty")
    content = json.dumps([asdict(result) for result in results])
    _answers(home).write_text(content, encoding="utf-8")
    return results


def last_results(home: Home) -> list[NodeResult]:
    """Answer what dbt said in this night; empty before it was asked."""
    if not _answers(home).is_file():
        return []
    content = json.loads(_answers(home).read_text(encoding="utf-8"))
    return [NodeResult(**result) for result in content]


def _answers(home: Home) -> Path:
    return home.scratch / "dbt_results.json"


def _invoke(home: Home, arguments: list[str], *, warehouse: Path) -> list[NodeResult]:
    from dbt.adapters.factory import get_adapter_by_type
    from dbt.cli.main import dbtRunner

    os.environ["EVENHAND_WAREHOUSE"] = str(warehouse)
    outcome = dbtRunner().invoke(
        [
            *arguments,
            "--quiet",
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


def _project_files() -> list[Path]:
    return [
        path
        for path in DBT_PROJECT.rglob("*")
        if path.suffix in {".sql", ".yml", ".csv"} and "target" not in path.parts
    ]
