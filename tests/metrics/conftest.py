"""The shipped definitions, and a copy of them that a test may break."""

import shutil
from pathlib import Path

import pytest

METRICS = Path(__file__).parents[2] / "metrics"
DECLARATIONS = ("definitions", "targets", "scorecards")


@pytest.fixture(scope="session")
def shipped() -> Path:
    return METRICS


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for folder in DECLARATIONS:
        shutil.copytree(METRICS / folder, tmp_path / folder)
    for file in sorted(path.name for path in METRICS.glob("*.yml")):
        shutil.copy(METRICS / file, tmp_path / file)
    return tmp_path
