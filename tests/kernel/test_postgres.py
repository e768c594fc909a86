"""The embedded server in ordinary life: starting, stopping, what it serves and what it logs."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from pathlib import Path

import asyncpg
import pytest

from lionrock.errors import DatabaseUnavailable, InvalidInput
from lionrock.kernel import postgres
from lionrock.kernel.postgres import EmbeddedPostgres
from tests.kernel.clusters import (
    cluster_processes,
    comes_true,
    kept,
    mode,
    postmasters,
    psql,
)

pytestmark = pytest.mark.usefixtures("shelter")


def test_the_first_start_made_a_cluster_and_the_second_finds_it(
    made: Path, server: EmbeddedPostgres
) -> None:
    names = {path.name for path in made.iterdir()}
    assert names == {"cluster.lock", "data", "server.log", "supervisor.lock"}
    assert cluster_processes(made) == []
    assert kept(server.start()) >= {"已存"}


async def test_the_server_is_durable_utf8_on_loopback_with_passwords_only(
    server: EmbeddedPostgres,
) -> None:
    url = server.start()
    assert url.startswith(
        "postgresql://lionrock_admin:p%2Fss%20w%40rd%3A%C3%A9%E5%AE%A2@127.0.0.1:"
    )
    assert url.endswith("/lionrock")
    connection = await asyncpg.connect(url)
    try:
        show = {row["name"]: row["setting"] for row in await connection.fetch("SHOW ALL")}
        methods = await connection.fetch("SELECT DISTINCT auth_method FROM pg_hba_file_rules")
        ctype = await connection.fetchval(
            "SELECT datctype FROM pg_database WHERE datname=$1", "lionrock"
        )
    finally:
        await connection.close()
    assert (show["listen_addresses"], show["unix_socket_directories"]) == ("127.0.0.1", "")
    assert (show["fsync"], show["full_page_writes"], show["synchronous_commit"]) == ("on",) * 3
    assert (show["server_encoding"], ctype) == ("UTF8", "C.UTF-8")
    assert (show["shared_buffers"], show["max_connections"]) == ("128MB", "60")
    assert [row["auth_method"] for row in methods] == ["scram-sha-256"]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(url, password="wrong")


def test_chinese_has_trigrams_and_vectors_have_distances(server: EmbeddedPostgres) -> None:
    url = server.start()
    psql(url, "CREATE EXTENSION pg_trgm; CREATE EXTENSION vector")
    assert psql(url, "SELECT similarity('客戶盡職審查', '客戶盡職審查程序') > 0.5") == "t"
    assert psql(url, "SELECT '[1,2]'::vector <-> '[1,4]'") == "2"


def test_starting_twice_gives_the_same_server_and_stopping_twice_is_harmless(
    server: EmbeddedPostgres, home: Path
) -> None:
    url = server.start()
    (postmaster,) = postmasters(home)
    assert server.start() == url
    assert postmasters(home) == [postmaster]
    server.stop()
    server.stop()
    assert cluster_processes(home) == []


def test_the_server_outlives_the_thread_that_started_it_and_hears_no_ctrl_c(
    server: EmbeddedPostgres, home: Path
) -> None:
    thread = threading.Thread(target=server.start)
    thread.start()
    task = f"/proc/self/task/{thread.native_id}"
    thread.join()
    assert comes_true(lambda: not os.path.exists(task))
    assert kept(server.start()) >= {"已存"}
    (postmaster,) = postmasters(home)
    assert os.getpgid(postmaster) != os.getpgid(0)


@pytest.mark.parametrize("password", ["", "two\nlines"])
def test_a_password_that_is_no_line_of_text_is_refused(password: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="one line"):
        EmbeddedPostgres(tmp_path, password)


def test_a_taken_port_is_left_for_another(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = postgres._free_port()
        ports = [free, taken.getsockname()[1]]
        monkeypatch.setattr(postgres, "_free_port", ports.pop)
        assert f"127.0.0.1:{free}/" in server.start()


def test_when_every_port_is_taken_the_servers_own_words_are_shown(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(postgres, "_free_port", lambda: taken.getsockname()[1])
        with pytest.raises(DatabaseUnavailable, match=r"could not create any TCP/IP sockets.*127"):
            server.start()
    assert cluster_processes(home) == []


def test_another_password_is_refused_with_what_to_do(home: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"password does not fit.*Put back"):
        EmbeddedPostgres(home, "another").start()
    assert cluster_processes(home) == []


async def test_content_is_never_in_the_log(server: EmbeddedPostgres, home: Path) -> None:
    log = home / "server.log"
    connection = await asyncpg.connect(server.start())
    for statement in (
        "SELECT ('zebra機密' || word)::int FROM kept",
        "DO $$ BEGIN RAISE 'zebra機密'; END $$",
        "CREATE TEMP TABLE once (word text PRIMARY KEY); INSERT INTO once VALUES ('zebra機密'), ('zebra機密')",
    ):
        with pytest.raises(asyncpg.PostgresError, match=r"zebra|unique"):
            await connection.execute(statement)
    # The server reports a worker's violent death, by default with its statement in ASCII.
    query = asyncio.ensure_future(connection.execute("SELECT 'zebra機密', pg_sleep(60)"))
    await asyncio.sleep(0)
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    url = server.start()
    assert comes_true(lambda: psql(url, sleeping) == "1")
    os.kill(connection.get_server_pid(), signal.SIGKILL)
    with pytest.raises((asyncpg.PostgresError, OSError)):
        await query
    connection.terminate()
    assert comes_true(lambda: "terminated by signal 9" in log.read_text())
    assert comes_true(lambda: log.read_text().endswith("ready to accept connections\n"))
    server.stop()
    assert "zebra" not in log.read_text()
    assert mode(log) & 0o077 == 0


def test_a_log_over_its_limit_is_emptied_and_its_end_kept(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    assert postgres._trim(log) == 0
    log.write_bytes(b"old\n" + b"x" * postgres._LOG_BYTES)
    with log.open("ab") as writer:
        assert postgres._trim(log) == 0
        writer.write(b"new")
    assert log.read_bytes() == b"new"
    assert (tmp_path / "server.log.1").read_bytes() == b"x" * postgres._LOG_BYTES
    assert postgres._trim(log) == 3
