"""Killed servers, killed supervisors, pid files that lie, and two that want one cluster."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
from pathlib import Path

import asyncpg
import pytest

from lionrock.errors import DatabaseUnavailable
from lionrock.kernel import postgres_takeover
from lionrock.kernel.postgres import EmbeddedPostgres
from tests.kernel.clusters import (
    PASSWORD,
    Supervise,
    as_cluster_user,
    cluster_processes,
    comes_true,
    kept,
    pid_file,
    postmasters,
    psql,
    url_of,
    workers,
)

pytestmark = pytest.mark.usefixtures("shelter")


async def test_what_was_committed_survives_kill_9_of_the_server_and_nothing_else(
    server: EmbeddedPostgres, home: Path
) -> None:
    connection = await asyncpg.connect(server.start())
    await connection.execute("INSERT INTO kept VALUES ('剛存')")
    await connection.execute("BEGIN; INSERT INTO kept VALUES ('未存')")
    (postmaster,) = postmasters(home)
    os.kill(postmaster, signal.SIGKILL)
    assert comes_true(lambda: cluster_processes(home) == [])
    connection.terminate()
    words = kept(server.start())
    assert words >= {"已存", "剛存"}
    assert "未存" not in words


def test_the_server_dies_with_its_supervisor(supervise: Supervise, home: Path) -> None:
    supervisor = supervise(home)
    assert kept(url_of(supervisor)) >= {"已存"}
    supervisor.kill()
    assert comes_true(lambda: cluster_processes(home) == [])


@pytest.mark.parametrize("state", ["lively", "stopped", "without pid file"])
def test_a_server_left_by_a_killed_supervisor_is_replaced(
    supervise: Supervise,
    home: Path,
    server: EmbeddedPostgres,
    state: str,
) -> None:
    supervisor = supervise(home, "leaves")
    psql(url_of(supervisor), "INSERT INTO kept VALUES ('也存')")
    supervisor.kill()
    supervisor.wait()
    (left,) = postmasters(home)
    if state == "stopped":
        os.kill(left, signal.SIGSTOP)
    if state == "without pid file":
        pid_file(home).unlink()
    begin = (home / "server.log").stat().st_size
    assert kept(server.start()) >= {"已存", "也存"}
    assert b"received fast shutdown request" in (home / "server.log").read_bytes()[begin:]
    assert left not in postmasters(home)


def test_a_worker_that_outlived_its_server_is_ended_before_a_new_one_starts(
    supervise: Supervise, home: Path, server: EmbeddedPostgres
) -> None:
    supervisor = supervise(home)
    url_of(supervisor)
    (postmaster,) = postmasters(home)
    (worker,) = workers(home, "walwriter")
    os.kill(worker, signal.SIGSTOP)
    os.kill(postmaster, signal.SIGKILL)
    supervisor.kill()
    assert comes_true(lambda: cluster_processes(home) == [worker])
    assert kept(server.start()) >= {"已存"}
    assert worker not in cluster_processes(home)


@pytest.mark.parametrize("command", [["sleep", "60"], ["postgres: elsewhere: walwriter", "60"]])
def test_an_unrelated_process_that_has_the_old_pid_is_left_alone(
    home: Path, server: EmbeddedPostgres, command: list[str]
) -> None:
    with subprocess.Popen(
        command, executable=shutil.which("sleep"), **as_cluster_user()
    ) as bystander:
        pid_file(home).write_text(
            f"{bystander.pid}\n{home}/data\n1\n5432\n\n127.0.0.1\n1 1\nready\n"
        )
        assert kept(server.start()) >= {"已存"}
        assert bystander.poll() is None
        assert pid_file(home).read_text().split()[0] == str(*postmasters(home))
        bystander.kill()


def test_our_own_pid_in_the_pid_file_does_not_stop_a_start(
    home: Path, server: EmbeddedPostgres
) -> None:
    pid_file(home).write_text(f"{os.getpid()}\n{home}/data\n")
    assert kept(server.start()) >= {"已存"}


def test_a_zombie_that_has_the_old_pid_does_not_stop_a_start(
    home: Path, server: EmbeddedPostgres
) -> None:
    with subprocess.Popen(["true"], **as_cluster_user()) as zombie:
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
        pid_file(home).write_text(f"{zombie.pid}\n{home}/data\n1\n5432\n\n127.0.0.1\n1 1\nready\n")
        assert kept(server.start()) >= {"已存"}


@pytest.mark.parametrize("content", [b"", b"12", b"\xff\x00nonsense\n"])
def test_a_half_written_pid_file_does_not_stop_a_start(
    home: Path, server: EmbeddedPostgres, content: bytes
) -> None:
    pid_file(home).write_bytes(content)
    assert kept(server.start()) >= {"已存"}


def test_every_process_of_the_server_holds_the_lock_that_tells_whether_one_lives(
    server: EmbeddedPostgres, home: Path
) -> None:
    server.start()
    with (home / "cluster.lock").open() as lock:
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        server.stop()
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_cluster_that_a_process_out_of_sight_uses_is_refused(
    server: EmbeddedPostgres, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid_file(home).write_text("1\n")
    with (home / "cluster.lock").open() as lock, monkeypatch.context() as patch:
        patch.setattr(postgres_takeover, "STOPPING", [(signal.SIGINT, 0.05)])
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # as one in another container would
        with pytest.raises(DatabaseUnavailable, match="does not stop"):
            server.start()
    assert pid_file(home).exists()
    assert kept(server.start()) >= {"已存"}


def test_a_second_supervisor_is_refused_and_the_first_goes_on(
    server: EmbeddedPostgres, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lionrock.kernel.postgres_takeover._HANDOVER_SECONDS", 0.05)
    url = server.start()
    second = EmbeddedPostgres(home, PASSWORD)
    with pytest.raises(DatabaseUnavailable, match=rf"another Lionrock \(process {os.getpid()}\)"):
        second.start()
    second.stop()
    assert kept(url) >= {"已存"}
