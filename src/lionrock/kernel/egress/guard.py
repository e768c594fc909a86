"""The guard at the socket: an audit hook (PEP 578) that asks the egress list before Python connects,
sends a datagram or looks a name up. Clients ask the list themselves; this catches whoever forgot.

It sees what Python does, not what a library in C does on its own: those we keep in child processes
without a network (`lionrock.kernel.confinement`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from socket import AF_INET, AF_INET6, AF_NETLINK, AF_UNIX
from typing import Any

from lionrock.errors import InvalidInput
from lionrock.kernel.egress.policy import Egress
from lionrock.kernel.egress.resolver import looking_up
from lionrock.kernel.egress.urls import parse_host

# The one global: a hook can't be removed from a process and knows no owner, so it asks here whose
# list counts now.
_current: list[Egress] = []
_hooked: list[bool] = []

_LOCAL = frozenset({int(AF_UNIX), int(AF_NETLINK), -1})  # -1: adopted from a descriptor
_HOME = frozenset({"127.0.0.1", "::1"})  # as nearly every connection is: no need to read them
_INTERNET = frozenset({int(AF_INET), int(AF_INET6)})


@contextmanager
def guarding(egress: Egress) -> Iterator[Egress]:
    """Let `egress` decide for this process until the end of the block."""
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked.append(True)
    _current.append(egress)
    try:
        yield egress
    finally:
        _current.remove(egress)


def guarded() -> bool:
    return bool(_current)


def _new_socket(egress: Egress, arguments: tuple[Any, ...]) -> None:
    family = int(arguments[1])
    if family not in _LOCAL and family not in _INTERNET:
        raise egress.refused(f"(socket family {family})", None, "No such socket is needed.")


def _send(egress: Egress, arguments: tuple[Any, ...]) -> None:
    sock, address = arguments[:2]
    if address is None or int(sock.family) in _LOCAL:
        return  # a connected socket was asked about when it connected
    if address[0] in _HOME:
        return
    host, port = _text(address[0]), int(address[1])
    try:
        parsed = ip_address(host)
    except ValueError:
        # Python has resolved it by now and does not say to what.
        raise egress.refused(host, port, "Look a name up first, then connect.") from None
    egress.connecting(parsed, port)


def _look_up(egress: Egress, arguments: tuple[Any, ...]) -> None:
    host = _text(arguments[0])
    if not host or looking_up():
        return
    try:
        parsed = parse_host(host)
    except InvalidInput:
        if not _zoned(host):
            egress.check(host)  # refuses it, with the reason
        return
    if isinstance(parsed, str):
        with suppress(OSError):  # a name that does not resolve: the caller will meet the same
            egress.resolve(parsed)


def _name_of(egress: Egress, arguments: tuple[Any, ...]) -> None:
    """A reverse lookup asks a name server about the address."""
    host = arguments[0] if isinstance(arguments[0], str | bytes) else arguments[0][0]
    with suppress(OSError):
        egress.resolve(_text(host))


def _text(host: Any) -> str:
    if isinstance(host, bytes | bytearray):
        return host.decode("ascii", "replace")
    return str(host or "")


def _zoned(host: str) -> bool:
    """An IPv6 address with a zone, which no name server is asked about."""
    try:
        return ip_address(host).version == 6
    except ValueError:
        return False


_JUDGES: dict[str, Callable[[Egress, tuple[Any, ...]], None]] = {
    "socket.__new__": _new_socket,
    "socket.connect": _send,
    "socket.sendto": _send,
    "socket.sendmsg": _send,
    "socket.getaddrinfo": _look_up,
    "socket.gethostbyname": _look_up,
    "socket.gethostbyaddr": _name_of,
    "socket.getnameinfo": _name_of,
}


def _hook(
    event: str,
    arguments: tuple[Any, ...],
    judge_of: Callable[[str], Callable[[Egress, tuple[Any, ...]], None] | None] = _JUDGES.get,
) -> None:
    """Called for every audit event of the process, most of which are `open` and `import`."""
    judge = judge_of(event)
    if judge is not None and _current:
        judge(_current[-1], arguments)
