"""Files are copied once they have settled, whole, and never twice."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import fsspec  # type: ignore[import-untyped]
import pytest

from tests.connectors.conftest import NOW, FetchingSite

CSV = "case_id,status\nc1,open\n"


@pytest.fixture
def remote(site: FetchingSite) -> Path:
    folder = site.root / "remote"
    folder.mkdir()
    return folder


@pytest.fixture
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


def put(folder: Path, name: str, content: str, *, minutes_ago: float) -> None:
    (folder / name).write_text(content)
    at = (NOW - timedelta(minutes=minutes_ago)).timestamp()
    os.utime(folder / name, (at, at))


def files(address: object, more: str = "") -> str:
    return f"connector: files\naddress: {address}\n{more}"


def test_a_settled_file_becomes_a_delivery_of_its_own(site: FetchingSite, remote: Path) -> None:
    put(remote, "monday.csv", CSV, minutes_ago=6)
    put(remote, "tuesday.csv", CSV + "c2,open\n", minutes_ago=6)
    source_set = site.declare(files(f"{remote}/*.csv"))
    outcome = site.fetch(source_set)
    assert outcome.in_words() == "case_record: 2 new files"
    found = site.deliveries(source_set)
    assert sorted(one.parts[0].read_text() for one in found) == [CSV, CSV + "c2,open\n"]
    assert not any(one.has_manifest for one in found)


def test_a_file_that_is_still_written_is_left_for_the_next_time(
    site: FetchingSite, remote: Path
) -> None:
    put(remote, "cases.csv", CSV, minutes_ago=4)
    source_set = site.declare(files(f"{remote}/*.csv"))
    assert site.fetch(source_set).extract_ids == ()
    assert len(site.fetch(source_set, now=NOW + timedelta(minutes=2)).extract_ids) == 1
    patient = site.declare(files(f"{remote}/*.csv", "settle_minutes: 60\n"))
    assert site.fetch(patient).extract_ids == ()


def test_the_same_content_is_never_copied_again(site: FetchingSite, remote: Path) -> None:
    put(remote, "cases.csv", CSV, minutes_ago=60)
    source_set = site.declare(files(f"{remote}/*.csv"))
    site.fetch(source_set)
    put(remote, "cases.csv", CSV, minutes_ago=30)
    put(remote, "again.csv", CSV, minutes_ago=30)
    assert site.fetch(source_set).extract_ids == ()
    put(remote, "cases.csv", CSV + "c2,open\n", minutes_ago=10)
    assert len(site.fetch(source_set).extract_ids) == 1
    assert len(site.deliveries(source_set)) == 2


def test_what_was_taken_is_not_taken_again_when_the_drop_has_been_emptied(
    site: FetchingSite, remote: Path
) -> None:
    put(remote, "cases.csv.gz", CSV, minutes_ago=60)
    source_set = site.declare(files(f"{remote}/*"))
    (extract_id,) = site.fetch(source_set).extract_ids
    part = site.drop / "crm" / "case_record" / extract_id / "part-000.csv.gz"
    part.unlink()
    part.parent.rmdir()
    assert site.fetch(source_set).extract_ids == ()


def test_a_file_that_changes_while_it_is_copied_is_not_delivered(
    site: FetchingSite, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(remote, "cases.csv", CSV, minutes_ago=60)
    copy = fsspec.implementations.local.LocalFileSystem.get_file

    def copy_while_it_grows(self: object, source: str, target: str) -> None:
        copy(self, source, target)
        with Path(source).open("a") as growing:
            growing.write("c2,open\n")

    monkeypatch.setattr(
        fsspec.implementations.local.LocalFileSystem, "get_file", copy_while_it_grows
    )
    source_set = site.declare(files(f"{remote}/*.csv"))
    assert "changed while it was copied" in str(site.fetch(source_set).problem)
    assert site.deliveries(source_set) == []


def test_another_address_is_read_the_same_way(
    site: FetchingSite, memory: fsspec.AbstractFileSystem
) -> None:
    memory.pipe_file("/out/cases.csv", CSV.encode())
    source_set = site.declare(files("memory://out/*.csv"))
    # The memory driver stamps files with the real clock, long before the test's now.
    far = NOW + timedelta(days=36500)
    assert len(site.fetch(source_set, now=far).extract_ids) == 1
    assert site.deliveries(source_set)[0].parts[0].read_text() == CSV


def test_a_driver_that_cannot_be_reached_is_named_without_its_options(site: FetchingSite) -> None:
    site.environ["SFTP_PASSWORD"] = "s3same"
    outcome = site.fetch(
        site.declare(
            files("nosuch://host/*.csv", "secrets: {password: SFTP_PASSWORD}\n"),
        )
    )
    assert "the files cannot be reached (ValueError)" in str(outcome.problem)
    assert "s3same" not in str(outcome.problem)


def test_a_manifest_is_not_taken_for_data(site: FetchingSite, remote: Path) -> None:
    put(remote, "manifest.json", "{}", minutes_ago=60)
    outcome = site.fetch(site.declare(files(f"{remote}/*")))
    assert "finds a manifest" in str(outcome.problem)
