"""What the rules about dbt models read: the project as dbt parses it."""

import json
import re
from typing import Any

import pytest

from orchestration.night.home import DBT_PROJECT, Home


@pytest.fixture(scope="session")
def manifest(parsed: Home) -> dict[str, Any]:
    """Answer dbt's manifest."""
    content: dict[str, Any] = json.loads(parsed.manifest.read_text())
    return content


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Answer the models by unique id."""
    return {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
    }


@pytest.fixture(scope="session")
def our_macros(manifest: dict[str, Any]) -> dict[str, str]:
    """Answer what we wrote in macros, by their names."""
    return {
        macro["name"]: macro["macro_sql"]
        for macro in manifest["macros"].values()
        if macro["package_name"] == "evenhand"
    }


@pytest.fixture(scope="session")
def engine_macros(our_macros: dict[str, str]) -> set[str]:
    """Answer the macros that engines write differently."""
    calls = re.compile(r"adapter\.dispatch\('(\w+)'\)")
    return {name for text in our_macros.values() for name in calls.findall(text)}


@pytest.fixture(scope="session")
def compiled(
    parsed: Home, engine_macros: set[str], tmp_path_factory: pytest.TempPathFactory
) -> list[Any]:
    """Answer models and tests as dbt compiles them; what engines write differently is a call."""
    from dbt.adapters.factory import get_adapter_by_type
    from dbt.cli.main import dbtRunner
    from dbt.context.providers import BaseDatabaseWrapper
    from dbt.contracts.graph.manifest import Manifest

    known = Manifest.from_msgpack(parsed.manifest.with_name("partial_parse.msgpack").read_bytes())
    known.build_flat_graph()  # type: ignore[no-untyped-call]
    as_dbt_would = BaseDatabaseWrapper.dispatch

    def dispatch(database: BaseDatabaseWrapper, name: str, *where: Any, **which: Any) -> Any:
        if name not in engine_macros:
            return as_dbt_would(database, name, *where, **which)
        return lambda *arguments: f"{name}({', '.join(map(str, arguments))})"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "dispatch", dispatch)
        patch.setenv("EVENHAND_HOME", str(parsed.root))
        patch.setenv(
            "EVENHAND_WAREHOUSE", str(tmp_path_factory.mktemp("compiled") / "empty.duckdb")
        )
        where = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
        quietly = ["--log-level", "none", "--quiet", "--no-write-json", "--no-introspect"]
        outcome = dbtRunner(manifest=known).invoke(
            ["compile", "--no-populate-cache", *quietly, *where]
        )
        get_adapter_by_type("duckdb").connections.close_all_connections()  # type: ignore[no-untyped-call]
    assert outcome.success, outcome.exception
    return [result.node for result in outcome.result.results if result.node.compiled_code]
