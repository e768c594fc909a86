"""Taking the network away from a child process. Linux; needs the standard library only.

Two walls, each enough by itself for what it covers: a network namespace of its own, in which there is
nothing, not even a loopback interface that is up (network_namespaces(7)); and a seccomp filter that
refuses every socket but unix ones, and the calls that would bring in somebody else's (seccomp(2)).
A container often forbids the first; the second needs no privilege. `python confinement.py` tells
which are to be had.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import platform
import struct
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER_MODE = 38, 22, 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_X32 = 0x40000000
_AF_UNIX = 1


@dataclass(frozen=True, slots=True)
class _Calls:
    """Numbers from the kernel's unistd tables; `denied`: connect ptrace process_vm_readv -writev setns
    unshare io_uring_setup pidfd_getfd bpf."""

    architecture: int
    socket: int
    denied: tuple[int, ...]


_CALLS = {
    "x86_64": _Calls(0xC000003E, 41, (42, 101, 310, 311, 308, 272, 425, 438, 321)),
    "aarch64": _Calls(0xC00000B7, 198, (203, 117, 270, 271, 268, 97, 425, 438, 280)),
}


@dataclass(frozen=True, slots=True)
class Walls:
    """Which walls stand around a process."""

    namespace: bool
    filter: bool

    def __bool__(self) -> bool:
        return self.namespace or self.filter

    def __str__(self) -> str:
        names = [n for n, stands in asdict(self).items() if stands]
        return " and ".join(names) or "none"


def cut_network() -> Walls:
    """Put this process, for good, where no network is. Call it before any thread is started.

    Unix sockets can still be listened on and accepted from, not connected to.
    """
    if sys.platform != "linux":
        return Walls(False, False)
    libc = ctypes.CDLL(None, use_errno=True)
    return Walls(_leave(libc), _filter(libc))


def available() -> Walls:
    """What `cut_network` achieves here, tried out in a process of its own."""
    try:
        told = subprocess.run(
            [sys.executable, "-I", "-S", __file__], capture_output=True, timeout=30, check=True
        )
        return Walls(**json.loads(told.stdout))
    except (OSError, subprocess.SubprocessError, ValueError, TypeError):
        return Walls(False, False)


def walls(pid: int) -> Walls:
    """What stands around a running process, as the kernel tells; none where it does not tell."""
    try:
        theirs, ours = (os.readlink(f"/proc/{who}/ns/net") for who in (pid, "self"))
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
        own = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:
        return Walls(False, False)
    return Walls(theirs != ours, _filters(status) > _filters(own))


def _filters(status: str) -> int:
    for line in status.splitlines():
        if line.startswith("Seccomp_filters:"):
            return int(line.split()[1])
    return 0


def _leave(libc: ctypes.CDLL) -> bool:
    """Into a network namespace of our own; as an ordinary user, by way of a user namespace."""
    if libc.unshare(_CLONE_NEWNET) == 0:
        return True
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    except OSError:
        pass  # our files stay ours, we only look like nobody
    return True


def _filter(libc: ctypes.CDLL) -> bool:
    calls = _CALLS.get(platform.machine())
    if calls is None:
        return False
    program = _program(calls)
    code = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(
        struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    )
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return not libc.prctl(_PR_SET_SECCOMP, _FILTER_MODE, header, 0, 0)


def _program(calls: _Calls) -> bytes:
    """Classic BPF. A call of another architecture is refused: its numbers mean other calls."""
    refuse = _step(_RETURN, _ERRNO | errno.EPERM)
    steps = _step(_LOAD, _ARCHITECTURE) + _step(_EQUAL, calls.architecture, 1, 0) + refuse
    steps += _step(_LOAD, _NUMBER) + _step(_AT_LEAST, _X32, 0, 1) + refuse
    for number in calls.denied:
        steps += _step(_EQUAL, number, 0, 1) + refuse
    steps += _step(_EQUAL, calls.socket, 0, 3)
    steps += _step(_LOAD, _FIRST_ARGUMENT) + _step(_EQUAL, _AF_UNIX, 1, 0) + refuse
    return steps + _step(_RETURN, _ALLOW)


def _step(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One instruction; the jumps count the instructions skipped."""
    return struct.pack("=HBBI", code, if_true, if_false, operand)


if __name__ == "__main__":
    print(json.dumps(asdict(cut_network())))
