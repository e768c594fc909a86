"""What a confined process can no longer do. Each test runs one and asks it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

CONFINED = """
import os, socket, sys, threading
from lionrock.documents.parsing.confine import confine, limit
limit(2**30, 20)
if not confine():
    print("unsupported"); sys.exit()
def tried(action):
    try:
        action()
    except OSError as error:
        return error.strerror
    return "done"
print(tried(lambda: {action}))
"""


def outcome(action: str) -> str:
    script = CONFINED.replace("{action}", action)
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30
    )
    if run.stdout.strip() == "unsupported":
        pytest.skip("this kernel has no seccomp")
    return run.stdout.strip()


@pytest.mark.parametrize(
    "action",
    [
        "socket.socket()",
        "socket.socketpair()",
        "os.execv('/bin/true', ['true'])",
        "os.fork()",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "open('FOLDER/new', 'w')",
        "open('FOLDER/old', 'a')",
        "open('FOLDER/old', 'r+')",
        "os.unlink('FOLDER/old')",
        "os.rename('FOLDER/old', 'FOLDER/other')",
        "os.mkdir('FOLDER/new')",
        "os.chmod('FOLDER/old', 0o777)",
        "os.kill(os.getppid(), 0)",
    ],
)
def test_it_may_not(tmp_path: Path, action: str) -> None:
    (tmp_path / "old").write_text("kept")
    assert outcome(action.replace("FOLDER", str(tmp_path))) == "Operation not permitted"
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert (tmp_path / "old").read_text() == "kept"


@pytest.mark.parametrize(
    "action",
    ["open('FOLDER/old').read()", "threading.Thread(target=print).start()", "bytes(2**20)"],
)
def test_it_may_still_read_and_work(tmp_path: Path, action: str) -> None:
    (tmp_path / "old").write_text("kept")
    assert outcome(action.replace("FOLDER", str(tmp_path))).split() == ["done"]


def test_memory_is_bounded() -> None:
    script = (
        "from lionrock.documents.parsing.confine import limit\nlimit(2**28, 20)\n"
        "try:\n    bytes(2**29)\nexcept MemoryError:\n    print('refused')\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "refused"


def test_processor_time_is_bounded_and_its_end_can_be_told() -> None:
    script = (
        "from lionrock.documents.parsing.confine import limit\nlimit(2**30, 1)\nwhile True: pass"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode == -signal.SIGXCPU
