"""A secret is named in YAML, kept elsewhere, and appears nowhere else."""

import pickle
from pathlib import Path

import pytest

from metrics.engine.plain_yaml import DefinitionError
from orchestration.connectors.failure import ExtractFailed
from orchestration.connectors.secret import Secret, SecretFile, read_secret
from tests.connectors.api_server import Api, Reply
from tests.connectors.conftest import FetchingSite
from tests.connectors.postgresql_server import PASSWORD, Server

SECRET = "s3same-0pen-9c41"


def test_a_secret_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"{SECRET}\n")
    path.chmod(0o640)
    with pytest.raises(ExtractFailed, match=f"run: chmod 600 {path}"):
        read_secret(SecretFile(file=path), {})
    path.chmod(0o600)
    assert read_secret(SecretFile(file=path), {}).reveal() == SECRET


def test_a_secret_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExtractFailed, match="the environment variable TOKEN is not set"):
        read_secret("TOKEN", {})
    with pytest.raises(ExtractFailed, match="cannot be read"):
        read_secret(SecretFile(file=tmp_path / "absent"), {})


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret(SECRET)
    assert SECRET not in f"{secret!r} {secret}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    "declared",
    [
        "connector: sql\nquery: select 1\nkeyset: {id: a}\n"
        "database: {kind: postgresql, host: h, name: n, user: u,\n  password: HIDDEN}\n",
        "connector: files\naddress: /x/*\npassword: HIDDEN\n",
        "connector: rest\naddress: https://x.example\nrequest: {path: /x}\nrecords: {at: x}\n"
        "auth:\n  kind: basic\n  user: me\n  password_from: PASS\n  password: HIDDEN\n",
    ],
)
def test_a_literal_secret_is_refused_with_its_line(site: FetchingSite, declared: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        site.declare(declared.replace("HIDDEN", SECRET))
    lines = (site.root / "sources.yml").read_text().splitlines()
    assert SECRET in lines[refused.value.line - 1]
    assert SECRET not in str(refused.value)
    assert "a secret is never written here" in str(refused.value)


@pytest.mark.parametrize(
    "declared",
    [
        "auth: {kind: bearer, token: HIDDEN}\n",
        "auth: {kind: bearer, token_from: xxx-HIDDEN}\n",
        "request: {path: /x, headers: {Authorization: HIDDEN}}\n",
        "request: {path: /x, params: {api_key: HIDDEN}}\n",
        "address: https://me:HIDDEN@crm.example\n",
        "address: http://crm.example\n",
    ],
)
def test_an_api_takes_no_secret_and_no_open_line(site: FetchingSite, declared: str) -> None:
    rest = {"address": "https://crm.example", "request": "{path: /cases}"}
    kept = "".join(
        f"{name}: {value}\n" for name, value in rest.items() if not declared.startswith(name)
    )
    with pytest.raises(DefinitionError) as refused:
        site.declare(
            f"connector: rest\nrecords: {{at: cases}}\n{kept}{declared}".replace("HIDDEN", SECRET)
        )
    assert SECRET not in str(refused.value)


def test_no_file_and_no_message_holds_the_secret_of_an_api(site: FetchingSite, api: Api) -> None:
    site.environ["TOKEN"] = SECRET
    api.routes["/cases"] = [Reply({"cases": [{"id": 1}]}), Reply({"echo": SECRET}, status=401)]
    source_set = site.declare(
        f"connector: rest\naddress: {api.address}\nrequest: {{path: /cases}}\n"
        "records: {at: cases}\nauth: {kind: bearer, token_from: TOKEN}\n"
    )
    said = [repr(site.fetch(source_set)), repr(site.fetch(source_set)), repr(source_set)]
    assert api.asked[0].headers["authorization"] == f"Bearer {SECRET}"
    assert "status 401" in said[1]
    assert SECRET not in "".join(said)
    assert not _files_with(site.root, SECRET)


def test_no_file_and_no_message_holds_the_password_of_a_database(
    site: FetchingSite, postgresql: Server
) -> None:
    site.environ["CRM_PASSWORD"] = PASSWORD
    source_set = site.declare(
        postgresql.declaration("query: select 'c1' as case_id\nkeyset: {id: case_id}\n")
    )
    outcome = site.fetch(source_set)
    assert outcome.rows == 1
    site.environ["CRM_PASSWORD"] = SECRET
    refused = site.fetch(source_set)
    assert "authentication failed" in str(refused.problem)
    assert SECRET not in repr(refused)
    assert not _files_with(site.root, PASSWORD, SECRET)


def _files_with(root: Path, *secrets: str) -> list[Path]:
    files = [path for path in root.rglob("*") if path.is_file()]
    assert files
    return [
        path for path in files if any(secret.encode() in path.read_bytes() for secret in secrets)
    ]
