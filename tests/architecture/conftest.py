"""What the rules about dbt models read: the project as dbt parses it."""

import json
from typing import Any

import pytest

from orchestration.night.home import Home


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
