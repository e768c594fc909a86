"""One cluster on disk: making it whole, refusing one that is not ours, running its programs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from functools import partial
from pathlib import Path
from typing import IO

from lionrock.errors import DatabaseUnavailable
from lionrock.kernel import disk
from lionrock.kernel.postgres_files import Place
from lionrock.kernel.processes import dies_with_parent

ADMIN = "lionrock_admin"
DATABASE = "lionrock"

_INITDB_SECONDS = 120.0
_ADVICE = {
    "No space left on device": "The disk is full: free some space on it.",
    "Disk quota exceeded": "The disk quota is used up: free some space.",
    "could not create any TCP/IP sockets": "Check that 127.0.0.1 may be listened on.",
    "Network is unreachable": "Check that the loopback interface is up.",
    "Cannot allocate memory": "It needs about 250 MB of free memory.",
    "could not create shared memory": "It needs about 250 MB of free memory.",
    "invalid locale name": "This system lacks the locale C.UTF-8: install its locales package.",
    "Permission denied": "Check the permissions of that directory and of those above it.",
}


def failure(what: str, place: Place, output: str) -> DatabaseUnavailable:
    """The error to raise: what failed, where, the server's last words, and what to do."""
    words = " | ".join(line.strip() for line in output.splitlines()[-4:] if line.strip())
    advice = next((f". {advice}" for sign, advice in _ADVICE.items() if sign in output), "")
    return DatabaseUnavailable(
        f"{what} in {place.home}: {words.rstrip('.?') or 'no message'}{advice}"
    )


def create(place: Place, password: str, lock: int) -> None:
    """Make the cluster: complete at `place.data`, or not there at all.

    Character type C.UTF-8 matters: with C, pg_trgm takes no notice of Chinese. The built-in
    provider keeps sort order the same whatever the system's C library.
    """
    building = place.home / "initdb.tmp"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    _give(building, place)
    password_file = building / "password"
    _write_secret(password_file, password, place)
    data = building / "data"
    initdb = [
        *(str(place.binaries / "initdb"), "-D", str(data), f"--username={ADMIN}"),
        *("--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *("--locale=C", "--lc-ctype=C.UTF-8", "--no-instructions", "--sync-method=syncfs"),
    ]
    single = [str(place.binaries / "postgres"), "--single", "-D", str(data)]
    _run(place, initdb, lock)
    password_file.unlink()
    _run(
        place, [*single, "-c", "exit_on_error=on", "postgres"], lock, f"CREATE DATABASE {DATABASE}"
    )
    data.rename(place.data)
    disk.sync_folder(place.home)
    building.rmdir()


def check(place: Place) -> None:
    """Refuse a cluster of another owner or of another major version."""
    owner = place.data.stat().st_uid
    if owner != place.owner:
        raise DatabaseUnavailable(
            f"The database in {place.home} belongs to the user with id {owner}, not {place.owner}. "
            "Start Lionrock as the user, or as root, who started it first."
        )
    version = place.data / "PG_VERSION"
    if not version.is_file():
        raise DatabaseUnavailable(f"{place.data} is not a PostgreSQL cluster. Move it away.")
    theirs, ours = version.read_text().strip(), _major_version(place)
    if theirs != ours:
        raise DatabaseUnavailable(
            f"The database in {place.home} was made by PostgreSQL {theirs}; this Lionrock brings "
            f"{ours}. Dump it with the Lionrock that made it and restore it here (pg_dump, psql), "
            "or convert it with pg_upgrade. Nothing was changed."
        )


def start_child(
    place: Place,
    command: list[str],
    lock: int,
    death_signal: signal.Signals,
    *,
    output: int | IO[bytes],
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """A process of the cluster: as the cluster's account, holding the lock, away from Ctrl-C."""
    account = place.account
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd="/",
        env={"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"},
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        umask=0o077,
        pass_fds=(lock,),
        start_new_session=True,
        preexec_fn=partial(dies_with_parent, death_signal, os.getpid()),
    )


def _run(place: Place, command: list[str], lock: int, text: str = "") -> None:
    """Run to the end; raises DatabaseUnavailable with the last lines if it fails."""
    name = Path(command[0]).name
    with start_child(
        place,
        command,
        lock,
        signal.SIGKILL,
        output=subprocess.PIPE,
        stdin=subprocess.PIPE,
    ) as child:
        try:
            output, _ = child.communicate(text.encode(), timeout=_INITDB_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            raise failure(f"{name} took over {_INITDB_SECONDS:.0f} s", place, "") from None
        except BaseException:
            child.kill()
            raise
    if child.returncode != 0:
        raise failure(f"{name} failed", place, output.decode(errors="replace"))


def _write_secret(path: Path, secret: str, place: Place) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{secret}\n")
    _give(path, place)


def _give(path: Path, place: Place) -> None:
    if place.account is None:
        return
    try:
        os.chown(path, place.account.uid, place.account.gid)
    except OSError as error:  # a container that knows one user only
        raise DatabaseUnavailable(
            f"PostgreSQL does not run as root, and here root cannot become the user with id "
            f"{place.account.uid}: {error.strerror}. Start Lionrock as an ordinary user."
        ) from error


def _major_version(place: Place) -> str:
    """ "postgres (PostgreSQL) 18.6" → "18"."""
    shown = subprocess.run(
        [place.binaries / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return shown.stdout.split()[-1].partition(".")[0]
