"""A cluster made once, and servers on it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from lionrock.kernel import postgres_files
from lionrock.kernel.database import Database
from lionrock.kernel.people import People
from lionrock.kernel.postgres import EmbeddedPostgres
from lionrock.kernel.vault.service import Vault
from tests.kernel.clusters import (
    AS_ROOT,
    PASSWORD,
    SUPERVISOR,
    Supervise,
    cluster_processes,
    comes_true,
    postmasters,
    psql,
)


@pytest.fixture(scope="session")
def open_to_all() -> Iterator[Path]:
    """A directory everybody can pass through, which pytest's own are not."""
    directory = Path(tempfile.mkdtemp(prefix="lionrock-test-", dir="/tmp" if AS_ROOT else None))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def shelter(open_to_all: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In place of /var/lib/lionrock."""
    monkeypatch.setattr(postgres_files, "SHELTER", open_to_all / "shelter")
    return open_to_all / "shelter"


@pytest.fixture(scope="session")
def made(open_to_all: Path) -> Path:
    """A cluster with a table of one committed row, made once."""
    home = open_to_all / "made"
    server = EmbeddedPostgres(home, PASSWORD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgres_files, "SHELTER", open_to_all / "shelter")
        psql(server.start(), "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('已存')")
    server.stop()
    return home


@pytest.fixture
def home(made: Path, shelter: Path) -> Iterator[Path]:
    """That cluster, with nothing running before or after."""
    yield made
    for pid in postmasters(made) or cluster_processes(made):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert comes_true(lambda: not cluster_processes(made))


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(home, PASSWORD)
    yield server
    server.stop()


@pytest.fixture
def supervise(shelter: Path) -> Iterator[Supervise]:
    """Start a server from another process, which the test may kill."""
    supervisors: list[subprocess.Popen[str]] = []

    def start(home: Path, server: str = "takes along") -> subprocess.Popen[str]:
        command = [sys.executable, "-c", SUPERVISOR, str(home), PASSWORD, str(shelter), server]
        supervisors.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        return supervisors[-1]

    yield start
    for supervisor in supervisors:
        supervisor.kill()
        supervisor.communicate()


@pytest.fixture(scope="session")
def people(database: Database, tmp_path_factory: pytest.TempPathFactory) -> People:
    """Members and accounts of every test's tenants, with a vault of their own."""
    keys = tmp_path_factory.mktemp("keys")
    opened = People.open(database, Vault.open(keys), keys)
    # The product's parameters have tests of their own; here each hash would cost a tenth of a second.
    opened.accounts._passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return opened
