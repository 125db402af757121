"""The asset graph is the one we reviewed: a change of it is a change of this picture."""

from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import definitions
from orchestration.defs.resources import NightResource
from orchestration.night.home import DEFAULT_SOURCES
from tests.conftest import Centre

pytestmark = pytest.mark.night

PICTURE = Path(__file__).with_name("asset_graph.txt")


@pytest.fixture(scope="module")
def code_location(built: Centre) -> dg.Definitions:
    return definitions(NightResource(home=str(built.home.root), sources=str(DEFAULT_SOURCES)))


def picture_line(spec: dg.AssetSpec) -> str:
    parents = sorted(dep.asset_key.to_user_string() for dep in spec.deps)
    return f"{spec.key.to_user_string()} <- {', '.join(parents) or '(source)'}"


def test_the_asset_graph_is_the_one_we_reviewed(code_location: dg.Definitions) -> None:
    lines = sorted(picture_line(spec) for spec in code_location.resolve_all_asset_specs())
    assert lines == PICTURE.read_text(encoding="utf-8").splitlines()


def test_every_asset_key_can_be_pasted_into_sql(code_location: dg.Definitions) -> None:
    for spec in code_location.resolve_all_asset_specs():
        assert len(spec.key.path) == 2, spec.key


def test_every_asset_has_a_group_of_the_flow_and_an_owner(code_location: dg.Definitions) -> None:
    flow = {"sources", "warehouse", "gate", "published"}
    for spec in code_location.resolve_all_asset_specs():
        assert spec.group_name is not None
        assert spec.group_name.split("/")[0] in flow, spec.key
        assert spec.owners, spec.key


def test_the_gate_blocks_what_comes_after_it(code_location: dg.Definitions) -> None:
    graph = code_location.resolve_asset_graph()
    gate = dg.AssetKey(["gate", "check_result"])
    checks = [graph.get(key) for key in graph.asset_check_keys if key.asset_key == gate]
    assert len(checks) > 5
    assert all(check.blocking for check in checks)
    assert gate in graph.get(dg.AssetKey(["published", "run"])).parent_keys


def test_jobs_and_schedules_are_named_for_what_and_how_often(
    code_location: dg.Definitions,
) -> None:
    repository = code_location.get_repository_def()
    jobs = {job.name for job in repository.get_all_jobs() if not job.name.startswith("__")}
    assert jobs == {"feeds_daily", "scorecards_nightly"}
    assert {schedule.job_name for schedule in repository.schedule_defs} == jobs
