"""The rules of the house that a reader of the tree can check, checked."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("orchestration", "metrics", "quality_checks", "reports")
MODULES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 230, 50
# Words that would tell where the project was written instead of what it is.
FOREIGN = re.compile(
    r"p[y]pi\.org|pythonhosted|registry\.npmjs|deb\.debian|/w[o]rk/|/t[m]p/|file:///", re.IGNORECASE
)


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("name", PACKAGES)
def test_each_package_name_imports_this_checkout(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__file__ is not None
    assert Path(module.__file__).is_relative_to(ROOT)


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.name != "__init__.py"
        and "elongs here" not in (ast.get_docstring(ast.parse(path.read_text())) or "")
        and path.name != "definitions.py"
    ]
    assert not silent


def test_modules_and_functions_can_be_held_in_mind() -> None:
    long = []
    for path in MODULES:
        text = path.read_text()
        if text.count("\n") > LONGEST_MODULE:
            long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}: {node.name} {lines} lines")
    assert not long, "\n".join(long)


def test_only_orchestration_reads_a_clock() -> None:
    clock = re.compile(r"\.(now|today|utcnow)\(|time\.time\(")
    readers = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if clock.search(path.read_text()) and path.parts[len(ROOT.parts)] != "orchestration"
    ]
    assert not readers


def test_no_folder_is_a_drawer() -> None:
    drawers = {"utils", "helpers", "common", "misc", "legacy"}
    assert not [path for path in tracked_files() if drawers.intersection(path.parts)]


def test_dbt_project_is_no_python_package() -> None:
    assert not list((ROOT / "dbt_project").rglob("__init__.py"))


def test_no_file_names_a_registry_or_somebodys_machine() -> None:
    found = []
    for path in tracked_files():
        if path == Path(__file__) or path.suffix in {".png", ".parquet"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if FOREIGN.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert not found


def test_every_dependency_says_why_it_is_here() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    declared = tomllib.loads(project)["project"]
    names = [*declared["dependencies"], *declared["optional-dependencies"]["dev"]]
    without = [name for name in names if not re.search(rf'"{re.escape(name)}",\s+# \S+', project)]
    assert not without


def test_the_lock_holds_every_dependency_with_a_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pins = re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==", lock, flags=re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[a-z0-9]\S*==.*\\\n\s+--hash", lock, flags=re.MULTILINE))
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[<>=]", name)[0] for name in declared["dependencies"]}
    assert wanted <= set(pins)


def test_what_may_not_stand_beside_us_is_not_in_the_lock() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    for name in ("dbt-bouncer", "irrcac", "krippendorff", "pingouin"):
        assert not re.search(rf"^{name}==", lock, flags=re.MULTILINE)
    assert re.search(r"^dbt-core==1\.11\.", lock, flags=re.MULTILINE)
    assert re.search(r"^mypy==1\.", lock, flags=re.MULTILINE)


def test_unit_tests_import_neither_dagster_nor_dbt_nor_great_expectations() -> None:
    watch = (
        "import sys, pytest; code = pytest.main(['-q', '--collect-only', '-p', 'no:cacheprovider',"
        " 'tests/unit']); heavy = {'dagster', 'dbt', 'great_expectations'} & set(sys.modules);"
        " print(heavy); sys.exit(code or bool(heavy))"
    )
    collected = subprocess.run(
        [sys.executable, "-c", watch], cwd=ROOT, capture_output=True, text=True
    )
    assert collected.returncode == 0, collected.stdout[-300:]


def test_help_answers_without_importing_the_warehouse() -> None:
    watch = (
        "import sys; from orchestration.cli import main\ntry: main(['--help'])\nexcept SystemExit:"
        " pass\nassert not {'duckdb', 'dagster', 'dbt', 'pandas', 'pydantic'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", watch], cwd=ROOT, check=True, capture_output=True)
