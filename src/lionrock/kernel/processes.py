"""Child processes that die with us, and what the kernel tells of other processes. Linux.

Elsewhere `dies_with_parent` does nothing and `running` yields nothing.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

_PR_SET_PDEATHSIG = 1
# Looked up before any fork: between fork and exec there is no safe moment to load a library.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None

T = TypeVar("T")


def dies_with_parent(
    death_signal: signal.Signals = signal.SIGKILL, parent: int | None = None
) -> None:
    """For `preexec_fn`: the kernel sends this process `death_signal` when its parent dies.

    Linux ties the promise to the *thread* that forked (prctl(2), PR_SET_PDEATHSIG): a child
    spawned from a short-lived thread dies with that thread. Spawn from the main thread, from one
    that waits for the child, or through `from_lasting_thread`. It survives `user=` and exec, but
    not the exec of a setuid program.

    `parent` is the caller's `os.getpid()`: given it, a child whose parent died before the call
    exits at once instead of living on.
    """
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(128 + death_signal)


def from_lasting_thread(call: Callable[[], T]) -> T:
    """Run `call` in a thread that ends only with this process; its result, or its exception.

    For spawning children with `dies_with_parent` from code that may run in any thread.
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:  # carried to the caller, whatever it is
            answer.set_exception(error)

    _lasting_thread(os.getpid()).put(run)
    return answer.result()


@cache
def _lasting_thread(_process: int) -> SimpleQueue[Callable[[], None]]:
    """The work queue of this process's lasting thread; a forked child gets its own."""
    calls: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def serve() -> None:
        while True:
            calls.get()()

    threading.Thread(target=serve, name="lasting", daemon=True).start()
    return calls


@dataclass(frozen=True, slots=True)
class Process:
    """What /proc tells of a process; see proc(5).

    `executable` and `directory` are None where the kernel does not let us see them (another
    user's process, seen by a root without CAP_SYS_PTRACE, as in most containers).
    """

    pid: int
    owner: int
    command: tuple[str, ...]
    executable: str | None
    directory: str | None


def running() -> Iterator[Process]:
    """Every process that runs a program now: no zombies, no kernel threads."""
    for entry in Path("/proc").glob("[0-9]*"):
        process = look_at(int(entry.name))
        if process is not None:
            yield process


def look_at(pid: int) -> Process | None:
    """The process, or None if there is none, it is a zombie or a thread of the kernel."""
    entry = Path(f"/proc/{pid}")
    try:
        command = (entry / "cmdline").read_bytes().rstrip(b"\0")
        owner = entry.stat().st_uid
    except OSError:
        return None
    if not command:
        return None
    words = tuple(os.fsdecode(word) for word in command.split(b"\0"))
    return Process(pid, owner, words, _link(entry / "exe"), _link(entry / "cwd"))


def _link(path: Path) -> str | None:
    try:
        return os.readlink(path)
    except OSError:
        return None
