"""A cluster is made whole or not at all, and a wrong one is refused."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lionrock.errors import DatabaseUnavailable
from lionrock.kernel import postgres, postgres_files
from lionrock.kernel.postgres import EmbeddedPostgres
from lionrock.kernel.postgres_files import Place
from tests.kernel.clusters import (
    AS_ROOT,
    PASSWORD,
    Supervise,
    comes_true,
    psql,
)

pytestmark = pytest.mark.usefixtures("shelter")


def test_an_interrupted_initdb_is_done_again(supervise: Supervise, open_to_all: Path) -> None:
    home = open_to_all / "interrupted"
    supervisor = supervise(home)
    assert comes_true(lambda: (home / "initdb.tmp" / "data" / "base").exists())
    supervisor.kill()
    supervisor.wait()
    assert not (home / "data").exists()
    server = EmbeddedPostgres(home, PASSWORD)
    assert psql(server.start(), "SELECT current_database()") == "lionrock"
    server.stop()
    assert not (home / "initdb.tmp").exists()


def test_a_cluster_of_another_major_version_is_refused_and_not_touched(
    home: Path, server: EmbeddedPostgres
) -> None:
    version = home / "data" / "PG_VERSION"
    version.write_text("17\n")
    before = sorted((path, path.stat().st_mtime_ns) for path in home.rglob("*"))
    with pytest.raises(DatabaseUnavailable, match=r"made by PostgreSQL 17.*brings 18.*pg_upgrade"):
        server.start()
    assert sorted((path, path.stat().st_mtime_ns) for path in home.rglob("*")) == before
    version.write_text("18\n")


def test_a_directory_that_is_no_cluster_is_refused(open_to_all: Path) -> None:
    data = open_to_all / "other" / "data"
    data.mkdir(parents=True)
    if AS_ROOT:
        shutil.chown(data, "nobody")
    with pytest.raises(DatabaseUnavailable, match="is not a PostgreSQL cluster"):
        EmbeddedPostgres(data.parent, PASSWORD).start()


def test_a_full_disk_is_named_and_leaves_no_half_made_cluster(
    open_to_all: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = open_to_all / "programs"
    programs.mkdir()
    (programs / "initdb").write_text("#!/bin/sh\necho 'write: No space left on device'\nexit 1\n")
    (programs / "initdb").chmod(0o755)

    def settle(directory: Path) -> Place:
        return replace(postgres_files.settle(directory), binaries=programs)

    monkeypatch.setattr(postgres, "settle", settle)
    with pytest.raises(DatabaseUnavailable, match=r"initdb failed in .*The disk is full"):
        EmbeddedPostgres(open_to_all / "full", PASSWORD).start()
    assert not (open_to_all / "full" / "data").exists()
