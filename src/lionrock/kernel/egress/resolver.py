"""Looking names up: the system's resolver, behind a protocol that a test can stand in for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Protocol

from lionrock.kernel.egress.addresses import Address, canonical


class Resolver(Protocol):
    def __call__(self, name: str) -> Sequence[Address]:
        """Canonical addresses of `name`; `socket.gaierror` (an OSError) when it has none. Blocks."""
        ...


class _Own(threading.local):
    looking_up = False


_own = _Own()


def looking_up() -> bool:
    """Is this thread inside a lookup that the egress list itself asked for?"""
    return _own.looking_up


def system_resolver(name: str) -> list[Address]:
    """By getaddrinfo(3), as every other program on this machine would."""
    _own.looking_up = True
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    finally:
        _own.looking_up = False
    return list(dict.fromkeys(canonical(ip_address(str(entry[4][0]))) for entry in found))
