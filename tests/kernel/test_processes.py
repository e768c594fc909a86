"""Children that die with their parent, and what /proc tells."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial

import pytest

from lionrock.kernel.processes import dies_with_parent, from_lasting_thread, look_at, running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="prctl and /proc are Linux's")

PARENT = """
import os, subprocess, sys, time
from functools import partial
from signal import Signals
from lionrock.kernel.processes import dies_with_parent
child = subprocess.Popen(
    ["sleep", "600"],
    preexec_fn=partial(dies_with_parent, Signals(int(sys.argv[1])), os.getpid()),
    user=int(sys.argv[2]) if sys.argv[2] else None,
    stdout=subprocess.DEVNULL,
)
print(child.pid, flush=True)
time.sleep(600)
"""


def comes_true(look: Callable[[], object], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def child_of_killed_parent(death_signal: signal.Signals, user: str = "") -> int:
    command = [sys.executable, "-c", PARENT, str(int(death_signal)), user]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert look_at(child) is not None
        parent.kill()
    return child


@pytest.mark.parametrize("death_signal", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_dies_when_its_parent_is_killed(death_signal: signal.Signals) -> None:
    child = child_of_killed_parent(death_signal)
    assert comes_true(lambda: look_at(child) is None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a child as somebody else")
def test_a_child_that_runs_as_another_user_dies_too() -> None:
    child = child_of_killed_parent(signal.SIGKILL, "65534")
    assert comes_true(lambda: look_at(child) is None)


def test_a_child_whose_parent_died_before_it_could_ask_exits_at_once() -> None:
    with subprocess.Popen(
        ["sleep", "600"], preexec_fn=partial(dies_with_parent, signal.SIGKILL, os.getppid())
    ) as child:
        assert child.wait(20) == 128 + signal.SIGKILL


def test_a_child_from_the_lasting_thread_outlives_the_thread_that_asked() -> None:
    children: list[subprocess.Popen[bytes]] = []

    def ask() -> None:
        children.append(
            from_lasting_thread(
                lambda: subprocess.Popen(
                    ["sleep", "600"], preexec_fn=partial(dies_with_parent, signal.SIGTERM)
                )
            )
        )

    thread = threading.Thread(target=ask)
    thread.start()
    task = f"/proc/self/task/{thread.native_id}"
    thread.join()
    assert comes_true(lambda: not os.path.exists(task))
    (child,) = children
    assert child.poll() is None
    child.kill()
    assert child.wait(20) == -signal.SIGKILL  # not SIGTERM: the thread's end did nothing


def test_an_exception_in_the_lasting_thread_reaches_the_caller_and_the_thread_goes_on() -> None:
    with pytest.raises(ZeroDivisionError):
        from_lasting_thread(lambda: 1 // 0)
    assert from_lasting_thread(threading.get_ident) == from_lasting_thread(threading.get_ident)


def test_a_process_shows_its_owner_command_program_and_directory() -> None:
    with subprocess.Popen(["sleep", "600"], cwd="/") as child:
        assert comes_true(lambda: (seen := look_at(child.pid)) and seen.command[0] == "sleep")
        seen = look_at(child.pid)
        assert seen in list(running())
        child.kill()
    assert seen is not None
    assert (seen.pid, seen.owner, seen.directory) == (child.pid, os.geteuid(), "/")
    assert seen.command == ("sleep", "600")
    assert seen.executable is not None


def test_a_zombie_and_a_process_that_is_gone_are_not_seen() -> None:
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert os.path.exists(f"/proc/{child.pid}")
        assert look_at(child.pid) is None
    assert look_at(child.pid) is None
