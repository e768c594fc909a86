"""What the parsing child gives up before it reads a stranger's file. Linux.

Limits on memory, time and files; then a seccomp filter that refuses sockets, other programs, other
processes, and opening, naming or removing anything for writing. The filter needs no privilege. A
kernel or container without seccomp leaves the limits only; elsewhere than Linux there is neither.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import struct
import sys
from collections.abc import Iterator
from typing import NamedTuple

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER_MODE = 38, 22, 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_X32 = 0x40000000
_CLONE_THREAD = 0x10000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_OPEN_FILES = 64
_GRACE_SECONDS = 5
_LONGEST_SECONDS = 7 * 86_400


class _Calls(NamedTuple):
    """System call numbers of an architecture, from its kernel's unistd table."""

    architecture: int
    opening: dict[int, int]
    """Each call that opens a file, and which of its arguments holds the flags."""
    clone: int
    tgkill: int
    denied: tuple[int, ...]


# socket connect sendto bind socketpair fork vfork execve kill rename mkdir rmdir creat link unlink
# symlink chmod fchmod chown lchown truncate ptrace mount mknod mkdirat mknodat unlinkat renameat
# linkat symlinkat fchmodat process_vm_readv -writev execveat bpf renameat2 setns unshare
# perf_event_open io_uring_setup memfd_create userfaultfd open_by_handle_at add_key keyctl tkill
# pidfd_send_signal
_X86_64 = _Calls(
    0xC000003E,
    {2: 1, 257: 2},
    56,
    234,
    (41, 42, 44, 49, 53, 57, 58, 59, 62, 82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 94, 76, 101, 165,
     133, 258, 259, 263, 264, 265, 266, 268, 310, 311, 322, 321, 316, 308, 272, 298, 425, 319, 323,
     304, 248, 250, 200, 424),
)  # fmt: skip
# The same calls where the architecture has them; it opens files with openat only.
_AARCH64 = _Calls(
    0xC00000B7,
    {56: 2},
    220,
    131,
    (198, 203, 206, 200, 199, 221, 129, 45, 117, 40, 34, 33, 35, 38, 37, 36, 53, 54, 270, 271, 281,
     280, 276, 268, 97, 241, 425, 279, 282, 265, 217, 219, 130, 424),
)  # fmt: skip
_CALLS = {"x86_64": _X86_64, "aarch64": _AARCH64}
# Newer calls that do what older ones do; "not there" makes libraries fall back to those.
_ABSENT = (435, 437)  # clone3 openat2


def limit(memory_bytes: int, seconds: int, *, more_seconds: int = 0) -> None:
    """Bound address space, processor time, open files, the size of files written, core dumps (none).

    With `more_seconds` the process may `allow` itself more processor time, whoever started it then
    keeps the time by the clock.
    """
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 2**20),
    ):
        _, hard = resource.getrlimit(what)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # A little above for the processor: at the soft limit comes SIGXCPU, at the hard one SIGKILL,
        # which could mean anything.
        spare = _GRACE_SECONDS if what == resource.RLIMIT_CPU else 0
        if spare and more_seconds:
            spare = _LONGEST_SECONDS
        top = soft + spare if hard == resource.RLIM_INFINITY else min(soft + spare, hard)
        resource.setrlimit(what, (soft, top))


def allow(seconds: int) -> None:
    """Let this process use so many seconds of processor time from now on, up to its hard limit."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def confine() -> bool:
    """Install the filter, for good. False where there is no seccomp to install it with."""
    calls = _CALLS.get(os.uname().machine)
    if sys.platform != "linux" or calls is None:
        return False
    program = b"".join(_program(calls, os.getpid()))
    code = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(
        struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    )
    libc = ctypes.CDLL(None)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return not libc.prctl(_PR_SET_SECCOMP, _FILTER_MODE, header, 0, 0)


def _step(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One instruction; the jumps count the instructions skipped."""
    return struct.pack("=HBBI", code, if_true, if_false, operand)


def _refuse(reason: int = errno.EPERM) -> bytes:
    return _step(_RETURN, _ERRNO | reason)


def _program(calls: _Calls, pid: int) -> Iterator[bytes]:
    """The filter, a classic BPF program; see seccomp(2)."""
    yield _step(_LOAD, _ARCHITECTURE)
    yield _step(_EQUAL, calls.architecture, 1, 0) + _refuse()
    yield _step(_LOAD, _NUMBER)
    yield _step(_AT_LEAST, _X32, 0, 1) + _refuse()
    for number in calls.denied:
        yield _step(_EQUAL, number, 0, 1) + _refuse()
    for number in _ABSENT:
        yield _step(_EQUAL, number, 0, 1) + _refuse(errno.ENOSYS)
    for number, argument in calls.opening.items():
        yield _only_if(number, argument, _step(_ANY_BIT, _WRITING, 0, 1))
    yield _only_if(calls.clone, 0, _step(_ANY_BIT, _CLONE_THREAD, 1, 0))
    yield _only_if(calls.tgkill, 0, _step(_EQUAL, pid, 1, 0))
    yield _step(_RETURN, _ALLOW)


def _only_if(number: int, argument: int, test: bytes) -> bytes:
    """Decide a call by one argument; the test skips one instruction to let it pass."""
    load = _step(_LOAD, _ARGUMENTS + 8 * argument)
    return _step(_EQUAL, number, 0, 4) + load + test + _refuse() + _step(_RETURN, _ALLOW)
