"""A real PostgreSQL on loopback, in a folder of its own, gone when the tests are done."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from adbc_driver_postgresql import dbapi

PASSWORD = "sesame-5f1c"


@dataclass(frozen=True)
class Server:
    port: int

    def run(self, *statements: str) -> None:
        """Run statements as the owner of the database."""
        where = f"host=127.0.0.1 port={self.port} dbname=postgres user=site password={PASSWORD}"
        with closing(dbapi.connect(where)) as connection:
            with closing(connection.cursor()) as cursor:
                for statement in statements:
                    cursor.execute(statement)
            connection.commit()

    def declaration(self, rest: str) -> str:
        """Answer an SQL extract from this server, the rest of it given."""
        return (
            "connector: sql\ndatabase:\n  kind: postgresql\n  host: 127.0.0.1\n"
            f"  port: {self.port}\n  name: postgres\n  user: site\n  sslmode: disable\n"
            f"  password_from: CRM_PASSWORD\n{rest}"
        )


@contextmanager
def serve_postgresql() -> Iterator[Server]:
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    named = shutil.which("initdb")
    if not binaries and not named:
        pytest.skip(
            "NO POSTGRESQL HERE: the SQL connector is NOT tested; install the Debian package"
            " `postgresql` (tests/debian-packages.txt)"
        )
    folder = (binaries[-1] if binaries else Path(str(named))).parent
    # A short path: the name of a socket may have 107 characters.
    with tempfile.TemporaryDirectory(prefix="pg_", ignore_cleanup_errors=True) as made:
        root = Path(made)
        as_whom = _as_another_user(root)
        secret = root / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        data, port = root / "data", _free_port()
        start = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={root}"
            " -c fsync=off -c shared_buffers=16MB -c max_connections=20"
        )
        made_with = ["-A", "scram-sha-256", "-U", "site", "--pwfile", str(secret), "--no-sync"]
        control = [*as_whom, str(folder / "pg_ctl"), "-D", str(data), "-w"]
        _run([*as_whom, str(folder / "initdb"), "-D", str(data), *made_with])
        _run([*control, "-o", start, "-l", str(root / "log"), "start"])
        try:
            yield Server(port)
        finally:
            _run([*control, "-m", "immediate", "stop"])


def _as_another_user(root: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then somebody else runs it and owns its folder."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    shutil.chown(root, user)
    return ["runuser", "-u", user, "--"]


def _run(command: list[str]) -> None:
    # To a file, not a pipe: the server inherits it and would keep a pipe open.
    with tempfile.TemporaryFile() as said:
        code = subprocess.run(command, stdout=said, stderr=said, cwd="/").returncode
        said.seek(0)
        assert code == 0, said.read().decode()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
