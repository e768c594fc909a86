"""Keeping a process to a few folders, for good, with what it starts (landlock(7), Linux 5.13 and later).

Nor can it then trace, or read the memory and environment of, a process that is not so kept.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from lionrock.errors import Unavailable

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture
_VERSION, _BENEATH, _NO_NEW_PRIVILEGES = 1, 1, 38
_READ: Final = 0b1101  # execute, read a file, list a folder
_OF_FILES: Final = 0b100_0000_0000_0111  # what a rule for a file may hold
_RIGHTS: Final = {1: 13, 2: 14}
"""How many rights a version of Landlock knows; 15 from the third on, of those used here."""


def keep_to(readable: Iterable[Path], writable: Iterable[Path] = ()) -> None:
    """Call before any thread is started. Paths that are not there are left out.

    `Unavailable` where the kernel has no Landlock: nothing is kept then.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, 0, _VERSION)
    if version < 1:
        raise Unavailable("This kernel has no Landlock, which keeps a process off others' files.")
    every = (1 << _RIGHTS.get(version, 15)) - 1
    rules = _checked(libc.syscall(_CREATE, struct.pack("Q", every), 8, 0))
    try:
        for rights, paths in ((_READ, readable), (every, writable)):
            for path in paths:
                _allow(libc, rules, path, rights)
        _checked(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _checked(libc.syscall(_RESTRICT, rules, 0))
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EACCES):
            return
        raise
    try:
        own = rights if path.is_dir() else rights & _OF_FILES
        _checked(libc.syscall(_ADD, rules, _BENEATH, struct.pack("=Qi", own, place), 0))
    finally:
        os.close(place)


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise Unavailable(f"The process could not be kept off files: {os.strerror(code)}.")
    return result
