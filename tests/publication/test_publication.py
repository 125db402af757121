import json
import os
import shutil
import stat
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from reports.engine import durable, publication
from reports.engine.export import ExportError, published_tables
from reports.engine.publication import (
    PublicationError,
    current,
    publish,
    verify_run_folder,
)
from reports.engine.run_facts import RunFacts, read_run

OLD = {"run_id": "2026-11-23-000000000001", "as_of": datetime.fromisoformat("2026-11-23T02:00:00")}
NEW = {"run_id": "2026-11-24-7f3a9c1e40d2", "as_of": datetime.fromisoformat("2026-11-24T02:00:00")}


@pytest.fixture
def published(tmp_path) -> Path:
    return tmp_path / "home" / "published"


def two_pages(_connection: object, folder: Path, *, run: RunFacts) -> None:
    """Stand in for the pages, which have tests of their own and take half of a publication."""
    (folder / "agents").mkdir()
    (folder / "index.html").write_text(f"The centre in {run.run_id}", encoding="utf-8")
    (folder / "agents" / "a.html").write_text("An agent", encoding="utf-8")


@pytest.fixture
def night(warehouse, tmp_path, monkeypatch):
    """Publish a night of a small centre; further nights go to the same home."""
    monkeypatch.setattr(publication, "render_pages", two_pages)
    # Publishing only reads: one warehouse serves every publication of the same night.
    warehouses = {}

    def publish_night(home: str = "home", **differences) -> Path:
        if (kind := repr(differences)) not in warehouses:
            agents = [("a0", "alder"), ("a1", "birch")]
            warehouses[kind] = warehouse(agents=agents, **differences)
        connection = warehouses[kind]
        return publish(
            connection,
            run=read_run(connection),
            published=tmp_path / home / "published",
            scratch=tmp_path / home / "scratch",
        )

    return publish_night


def content(folder: Path) -> dict[str, bytes]:
    """Everything that must be equal for equal inputs: all but the mart and what names its bytes."""
    left_out = ("evenhand.duckdb", "manifest.json")
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in left_out)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_before_the_first_night_there_is_nothing_to_read(published):
    assert current(published) is None


def test_a_published_night_is_whole_private_and_the_one_readers_see(night, published):
    folder = night(**NEW)
    assert current(published).folder == folder == published / NEW["run_id"]
    assert current(published).as_of == NEW["as_of"]
    assert current(published).page.is_file()
    assert verify_run_folder(folder) == []
    for path in [folder, *folder.rglob("*"), published / "CURRENT"]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path
    assert [path.name for path in published.iterdir() if path.suffix == ".tmp"] == []
    assert list((published.parent / "scratch").iterdir()) == []


def test_the_manifest_names_every_file_its_digest_and_its_rows(night):
    folder = night(**NEW)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    listed = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == listed - {"manifest.json"}
    assert manifest["files"]["tables/kpis/kpi_agent_period.parquet"]["rows"] == 10
    assert manifest["checks"] == {"failed": 2, "passed": 2}
    assert manifest["run_id"] == NEW["run_id"]


def test_publishing_the_same_night_again_changes_nothing(night, published):
    folder = night(**NEW)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert night(**NEW) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert current(published).run_id == NEW["run_id"]


def test_a_night_that_was_built_but_not_pointed_to_needs_the_pointer_alone(night, published):
    folder = night(**NEW)
    before = (folder / "manifest.json").stat().st_mtime_ns
    (published / "CURRENT").unlink()
    night(**NEW)
    assert current(published).folder == folder
    assert (folder / "manifest.json").stat().st_mtime_ns == before


def test_an_older_night_never_takes_the_place_of_a_newer_one(night, published):
    night(**NEW)
    older = night(**OLD)
    assert verify_run_folder(older) == []
    assert current(published).run_id == NEW["run_id"]


def test_a_damaged_night_is_built_again_and_leaves_nothing_behind(night, published):
    folder = night(**NEW)
    whole = content(folder)
    (folder / "index.html").write_text("something else", encoding="utf-8")
    assert content(night(**NEW)) == whole
    assert verify_run_folder(folder) == []
    assert sorted(path.name for path in published.iterdir()) == [NEW["run_id"], "CURRENT"]


def test_one_flipped_byte_is_named(night):
    folder = night(**NEW)
    for name in ("index.html", "evenhand.duckdb", "tables/kpis/kpi_agent_period.parquet"):
        original = (folder / name).read_bytes()
        flipped = bytearray(original)
        flipped[len(flipped) // 2] ^= 1
        (folder / name).write_bytes(flipped)
        assert verify_run_folder(folder) == [f"{name} is not the file that was published"]
        (folder / name).write_bytes(original)
    assert verify_run_folder(folder) == []


def test_a_missing_an_added_and_a_linked_file_are_named(night, tmp_path):
    folder = night(**NEW)
    (folder / "extra.html").write_text("", encoding="utf-8")
    page = folder / "index.html"
    shutil.copy(page, tmp_path / "elsewhere.html")
    page.unlink()
    assert verify_run_folder(folder) == [
        "extra.html is not in the manifest",
        "index.html is missing",
    ]
    page.symlink_to(tmp_path / "elsewhere.html")
    assert "index.html is not the file that was published" in verify_run_folder(folder)
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    assert verify_run_folder(folder) == [f"{folder.name}: manifest.json cannot be read"]


@pytest.mark.parametrize("run_id", ["../outside", "", ".hidden", "a/b", "a\nb", "x.tmp"])
def test_a_run_id_that_is_no_folder_name_is_refused(warehouse, tmp_path, published, run_id):
    connection = warehouse()
    run = replace(read_run(connection), run_id=run_id)
    with pytest.raises(PublicationError, match="cannot name a folder"):
        publish(connection, run=run, published=published, scratch=tmp_path / "scratch")
    assert not published.exists()


@pytest.mark.parametrize("text", ["", "../..", "2026-01-01-ffffffffffff"])
def test_a_pointer_that_leads_nowhere_is_an_error_and_the_next_night_heals_it(
    night, published, text
):
    night(**NEW)
    (published / "CURRENT").write_text(text, encoding="utf-8")
    with pytest.raises(PublicationError, match="CURRENT"):
        current(published)
    night(**NEW)
    assert current(published).run_id == NEW["run_id"]


class Killed(BaseException):
    """The process ends here: nothing after this happens, tidying up included."""


STEPS = {
    "sync": (os, "fsync"),
    "rename": (os, "rename"),
    "replace": (os, "replace"),
    "mode": (os, "chmod"),
}


def kill_at(patch: pytest.MonkeyPatch, step: str, number: int) -> list[int]:
    """End the process at the nth call of a step, before it happens."""
    calls = [0]
    module, name = STEPS[step]
    original = getattr(module, name)

    def counted(*arguments, **options):
        calls[0] += 1
        if calls[0] >= number:
            raise Killed
        return original(*arguments, **options)

    def tidy(*arguments, **options):
        if calls[0] >= number:
            raise Killed
        return remove(*arguments, **options)

    remove = shutil.rmtree
    patch.setattr(module, name, counted)
    patch.setattr(shutil, "rmtree", tidy)
    return calls


@pytest.mark.faults
@pytest.mark.parametrize(
    ("step", "before_the_last"),
    # The last steps switch from old to new; of the many alike before them one is enough.
    [("sync", range(5)), ("rename", (0, 1, 9)), ("replace", (0,)), ("mode", (0,))],
)
def test_readers_see_the_old_night_or_the_new_one_wherever_the_process_ends(
    night, tmp_path, step, before_the_last, monkeypatch
):
    night("old", **OLD)
    with monkeypatch.context() as patch:
        steps = kill_at(patch, step, 1_000_000)
        whole = content(night("undisturbed", **NEW))
    for before in before_the_last:
        home = shutil.copytree(tmp_path / "old", tmp_path / f"killed {before}")
        with monkeypatch.context() as patch:
            kill_at(patch, step, steps[0] - before)
            with pytest.raises(Killed):
                night(home.name, **NEW)
        seen = current(home / "published")
        assert seen.run_id in (OLD["run_id"], NEW["run_id"])
        assert verify_run_folder(seen.folder) == []
        assert content(night(home.name, **NEW)) == whole
        left = sorted(path.name for path in (home / "published").iterdir())
        assert left == [OLD["run_id"], NEW["run_id"], "CURRENT"]
        assert list((home / "scratch").iterdir()) == []


def test_an_error_while_building_leaves_the_old_night_and_frees_the_disk(
    night, published, monkeypatch
):
    night(**OLD)

    def no_space(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(durable, "sync_tree", no_space)
        with pytest.raises(OSError, match="No space"):
            night(**NEW)
    assert current(published).run_id == OLD["run_id"]
    assert sorted(path.name for path in published.iterdir()) == [OLD["run_id"], "CURRENT"]


def test_the_same_night_gives_the_same_bytes_with_one_thread_and_with_two(warehouse, tmp_path):
    contents = []
    for threads in (1, 2):
        connection = warehouse(**NEW)
        connection.execute(f"set threads = {threads}")
        # The order in which rows were written must not matter either.
        connection.execute(
            "create or replace table kpis.kpi_agent_week as "
            f"select * from kpis.kpi_agent_week order by hash(agent_id, metric, {threads})"
        )
        home = tmp_path / str(threads)
        folder = publish(
            connection, run=read_run(connection), published=home / "p", scratch=home / "s"
        )
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        contents.append((content(folder), manifest["content_sha256"]))
    assert contents[0] == contents[1]


def test_the_mart_holds_every_published_table_with_the_rows_of_its_parquet_file(night):
    folder = night(**NEW)
    with duckdb.connect(str(folder / "evenhand.duckdb"), read_only=True) as mart:
        for table in published_tables():
            of_mart = mart.execute(f"select * from {table.table}").fetchall()
            of_file = mart.execute(
                f"select * from read_parquet('{folder / table.file}')"
            ).fetchall()
            assert of_mart == of_file, table.table
    assert not (folder / "evenhand.duckdb.wal").exists()


def test_results_of_an_earlier_night_are_not_published_again(night):
    folder = night(**NEW)
    with duckdb.connect(str(folder / "evenhand.duckdb"), read_only=True) as mart:
        runs = mart.execute("select distinct run_id from gate.check_result").fetchall()
    assert runs == [(NEW["run_id"],)]


def test_nothing_about_a_single_contact_customer_evaluation_or_answer_is_published():
    schemas = {table.table.split(".")[0] for table in published_tables()}
    assert schemas <= {"kpis", "scorecards", "gate", "catalogue", "conformed", "run"}
    assert not [table for table in published_tables() if "identity" in table.table]


def test_a_published_table_that_the_warehouse_does_not_have_is_an_error(warehouse, tmp_path):
    connection = warehouse(**NEW)
    connection.execute("drop table kpis.kpi_agent_week")
    with pytest.raises(ExportError, match=r"no table kpis\.kpi_agent_week"):
        publish(connection, run=read_run(connection), published=tmp_path, scratch=tmp_path / "s")
    assert current(tmp_path) is None
