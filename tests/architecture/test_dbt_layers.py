"""The dbt project reads left to right; this file is that sentence, executable."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.dbt

Models = dict[str, dict[str, Any]]
ROOT = Path(__file__).parents[2]

LAYERS = ["staging", "conformed", "facts", "kpis", "scorecards"]
NAMES = {
    "staging": r"stg_[a-z]+__[a-z_]+s",
    "conformed": r"(dim|int)_[a-z_]+",
    "facts": r"(fct|int)_[a-z_]+",
    "kpis": r"kpi_[a-z_]+",
    "scorecards": r"scorecard_[a-z_]+",
}
LONGEST_MODEL = 175


def layer_of(model: dict[str, Any]) -> str:
    return str(model["schema"])


def test_every_model_lies_in_the_folder_and_schema_of_its_layer(models: Models) -> None:
    astray = [
        f"{model['name']} lies in {model['path']} and goes to schema {model['schema']}"
        for model in models.values()
        if Path(model["path"]).parts[0] != model["schema"] or model["schema"] not in LAYERS
    ]
    assert not astray, "\n".join(astray)


def test_no_model_reads_from_a_layer_to_its_right(models: Models) -> None:
    backwards = [
        f"{model['name']} reads {models[parent]['name']}"
        for model in models.values()
        for parent in model["depends_on"]["nodes"]
        if parent in models
        and LAYERS.index(layer_of(models[parent])) > LAYERS.index(layer_of(model))
    ]
    assert not backwards, "\n".join(backwards)


def test_only_staging_reads_raw_and_it_reads_nothing_else(
    models: Models, manifest: dict[str, Any]
) -> None:
    wrong = []
    for model in models.values():
        sources = {
            manifest["sources"][parent]["source_name"]
            for parent in model["depends_on"]["nodes"]
            if parent in manifest["sources"]
        }
        if ("raw" in sources) != (layer_of(model) == "staging"):
            wrong.append(f"{model['name']} reads {sorted(sources)}")
    assert not wrong, "\n".join(wrong)


def test_staging_believes_what_was_believed_at_as_of(
    models: Models, manifest: dict[str, Any]
) -> None:
    believed = manifest["macros"]["macro.evenhand.believed"]["macro_sql"]
    assert "fed.known_at <= context.as_of" in believed
    assert "fed.superseded_at > context.as_of" in believed
    careless = [
        model["name"]
        for model in models.values()
        if layer_of(model) == "staging" and "{{ believed('" not in model["raw_code"]
    ]
    assert not careless, "\n".join(careless)


def test_only_one_model_decides_a_business_day(models: Models) -> None:
    deciding = [
        model["name"]
        for model in models.values()
        if re.search(r"\blocal_date\(", model["raw_code"])
    ]
    assert deciding == ["int_business_day"]


def test_every_model_says_what_one_row_is(models: Models) -> None:
    silent = [
        model["name"]
        for model in models.values()
        if not model["description"].startswith("One row per ")
    ]
    assert not silent, "\n".join(silent)


def test_every_grain_is_proved(models: Models, manifest: dict[str, Any]) -> None:
    """By a test of its own, or, for a view that one table keeps, by the test of that table."""
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node.get("test_metadata", {}).get("name") == "promises"
    }
    unproved = []
    for unique_id, model in models.items():
        keeper = model["config"]["meta"].get("grain_is_proved_by")
        keeper_id = f"model.evenhand.{keeper}"
        is_kept = (
            keeper_id in tested
            and model["config"]["materialized"] == "view"
            and unique_id in _everything_before(keeper_id, models)
        )
        if unique_id not in tested and not is_kept:
            unproved.append(model["name"])
    assert not unproved, "\n".join(unproved)


def test_names_follow_the_pattern_of_their_layer(models: Models) -> None:
    odd = [
        model["name"]
        for model in models.values()
        if not re.fullmatch(NAMES[layer_of(model)], model["name"])
    ]
    assert not odd, "\n".join(odd)


def test_every_model_has_its_yaml_beside_it(models: Models) -> None:
    apart = [
        model["name"]
        for model in models.values()
        if Path(str(model["patch_path"]).split("://")[-1])
        != Path(model["original_file_path"]).with_suffix(".yml")
    ]
    assert not apart, "\n".join(apart)


def test_what_others_read_is_under_contract_and_described(models: Models) -> None:
    loose = []
    for model in models.values():
        is_read = layer_of(model) in {"facts", "kpis", "scorecards"} or model["name"].startswith(
            "dim_"
        )
        if is_read and not model["config"]["contract"]["enforced"]:
            loose.append(f"{model['name']} has no enforced contract")
        loose += [
            f"{model['name']}.{column['name']} is not described"
            for column in model["columns"].values()
            if not column["description"].strip() or not column["data_type"]
        ]
    assert not loose, "\n".join(loose)


def test_models_can_be_held_in_mind(models: Models) -> None:
    long = [
        f"{model['name']}: {lines} lines"
        for model in models.values()
        if (lines := model["raw_code"].count("\n")) > LONGEST_MODEL
    ]
    assert not long, "\n".join(long)


def test_what_is_made_anew_every_night_reads_nothing_that_holds_tonight_alone(
    models: Models,
) -> None:
    """What a night needs of an `int_` model, or of a view of tonight, is not all there is."""
    holds_tonight = re.compile(r"_(read|built)_tonight\(")

    def is_of_tonight(model: dict[str, Any]) -> bool:
        if model["config"]["materialized"] == "incremental":
            return False
        parents = [models[one] for one in model["depends_on"]["nodes"] if one in models]
        return bool(holds_tonight.search(model["raw_code"])) or any(map(is_of_tonight, parents))

    losing = [
        model["name"]
        for model in models.values()
        if model["config"]["materialized"] == "table"
        and not model["name"].startswith("int_")
        and is_of_tonight(model)
    ]
    assert not losing, "\n".join(losing)


def _everything_before(unique_id: str, models: Models) -> set[str]:
    before: set[str] = set()
    waiting = [unique_id]
    while waiting:
        parents = {
            parent for parent in models[waiting.pop()]["depends_on"]["nodes"] if parent in models
        }
        waiting += parents - before
        before |= parents
    return before


# Read by dimensions alone, which are made anew every night.
OF_NO_FACT = {"agent_skill", "business_calendar"}


def test_every_feed_and_every_window_reaches_the_days_it_is_counted_on(
    models: Models, manifest: dict[str, Any]
) -> None:
    """What reaches no part of the facts would change them only when everything is built."""
    feeds = {one["name"] for one in manifest["sources"].values() if one["source_name"] == "raw"}
    measures = yaml.safe_load((ROOT / "metrics" / "measures.yml").read_text(encoding="utf-8"))
    windows = {name for name in measures["parameters"] if name.endswith("_window_days")}
    reaches = models["model.evenhand.int_day_to_build"]["raw_code"]
    named = set(re.findall(r"'(\w+)'", reaches))
    assert len(windows) > 1
    assert (feeds | windows) - named == OF_NO_FACT
