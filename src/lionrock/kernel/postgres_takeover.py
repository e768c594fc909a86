"""Making sure that nobody else serves a cluster: locks, and the end of what was left running.

Two locks (flock) lie in a cluster's home. `supervisor.lock` is held by the Lionrock process that
has the cluster. `cluster.lock` is inherited by every PostgreSQL process of the cluster, so it is
free exactly when none is alive, whatever a pid file says; a zombie has no open files.
"""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from lionrock.errors import DatabaseUnavailable
from lionrock.kernel.postgres_files import Place
from lionrock.kernel.processes import Process, look_at, running

STOPPING = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
"""Fast shutdown, immediate shutdown, the end; and the seconds each is given."""

_HANDOVER_SECONDS = 3.0
_TICK = 0.01

T = TypeVar("T")


def claim(place: Place) -> int:
    """Take `supervisor.lock`; its descriptor, to be kept open while we have the cluster.

    Waits briefly, for a predecessor that is just ending. Raises DatabaseUnavailable if another
    process keeps it.
    """
    path = place.home / "supervisor.lock"
    lock = _wait_for(partial(_take, path), _HANDOVER_SECONDS)
    if lock is None:
        holder = path.read_text().strip() or "unknown"
        raise DatabaseUnavailable(
            f"The database in {place.home} is in use by another Lionrock (process {holder}). "
            "Stop that one first, or use it."
        )
    try:
        os.ftruncate(lock, 0)
        os.write(lock, b"%d\n" % os.getpid())
    except OSError:  # a full disk; the lock must not stay taken
        os.close(lock)
        raise
    return lock


def clear(place: Place) -> int:
    """Stop what an earlier supervisor left running and remove a stale pid file; `cluster.lock`.

    Only processes proven to be of this cluster are signalled; needs `claim` first.
    """
    for step, seconds in STOPPING:
        _signal_leftovers(place, step)
        lock = _wait_for(partial(_take_when_idle, place), seconds)
        if lock is not None:
            place.pid_file.unlink(missing_ok=True)
            return lock
    pids = ", ".join(str(process.pid) for process in _leftovers(place)) or "unknown"
    raise DatabaseUnavailable(
        f"A PostgreSQL that was left running in {place.home} does not stop (process {pids}). "
        "Stop it by hand."
    )


def _leftovers(place: Place) -> list[Process]:
    return [process for process in running() if _belongs(process, place)]


def _belongs(process: Process, place: Place) -> bool:
    """Proof that a process is of this cluster: its user, its program, its directory, its words.

    A postmaster keeps the command line it was given; its children show the cluster's name.
    """
    if process.owner != place.owner or process.directory not in (None, str(place.data)):
        return False
    program = (process.executable or "postgres").removesuffix(" (deleted)")
    return Path(program).name == "postgres" and (
        _is_postmaster(process, place) or process.command[0].startswith(f"postgres: {place.name}: ")
    )


def _is_postmaster(process: Process, place: Place) -> bool:
    return process.command[1:3] == ("-D", str(place.data))


def _signal_leftovers(place: Place, step: signal.Signals) -> None:
    """Tell the postmaster; it tells its children. Children that lost theirs are told to quit."""
    leftovers = _leftovers(place)
    postmasters = [process for process in leftovers if _is_postmaster(process, place)]
    if not postmasters and step is signal.SIGINT:
        step = signal.SIGQUIT  # to a child, SIGINT would mean something else
    for process in postmasters or leftovers:
        _signal(process.pid, place, step)


def _signal(pid: int, place: Place, step: signal.Signals) -> None:
    """Looks once more before the signal: the pid may have changed hands since."""
    process = look_at(pid)
    if process is not None and _belongs(process, place):
        with suppress(ProcessLookupError):
            os.kill(pid, step)
            os.kill(pid, signal.SIGCONT)  # a stopped process would not hear the first


def _take_when_idle(place: Place) -> int | None:
    return None if _leftovers(place) else _take(place.home / "cluster.lock")


def _take(path: Path) -> int | None:
    """A descriptor that holds the lock, or None if another has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _wait_for(look: Callable[[], T | None], seconds: float) -> T | None:
    deadline = time.monotonic() + seconds
    while (found := look()) is None and time.monotonic() < deadline:
        time.sleep(_TICK)
    return found
