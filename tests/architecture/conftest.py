"""What the rules about dbt models read: the project, parsed once a session."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DBT_PROJECT = Path(__file__).parents[2] / "dbt_project"


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Answer dbt's manifest, parsed into a folder of its own by a process of its own."""
    home = tmp_path_factory.mktemp("parsed")
    parsed = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "parse", "--profiles-dir", str(DBT_PROJECT)],
        cwd=DBT_PROJECT,
        env={
            **os.environ,
            "EVENHAND_HOME": str(home),
            "DBT_LOG_PATH": str(home),
            "DO_NOT_TRACK": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert parsed.returncode == 0, parsed.stdout
    content: dict[str, Any] = json.loads((home / "dbt/target/manifest.json").read_text())
    return content


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Answer the models by unique id."""
    return {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
    }
