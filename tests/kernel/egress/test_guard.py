"""Ways out of this process that know nothing of the list. Each is refused at the socket and noted."""

from __future__ import annotations

import asyncio
import ftplib
import http.client
import smtplib
import socket
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Any

import aiohttp
import asyncpg
import pytest

from lionrock.errors import EgressRefused
from lionrock.kernel.egress import Egress, guarded
from tests.kernel.egress.conftest import Names, refused

Make = Callable[..., Egress]
# The standard library closes a socket on an OSError, and a refusal is none: nobody shall retry it.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)

OUT = "192.0.2.1"  # TEST-NET-1, RFC 5737
NAME = "out.example"


def tcp(family: int = socket.AF_INET) -> socket.socket:
    made = socket.socket(family)
    made.settimeout(0.2)
    return made


def connect(address: Any, family: int = socket.AF_INET) -> None:
    with closing(tcp(family)) as sock:
        sock.connect(address)


def sendto(address: Any, *flags: int) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sock:
        sock.sendto(b"content", *flags, address)


def sendmsg(address: Any) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sock:
        sock.sendmsg([b"content"], [], 0, address)


def connect_ex(address: Any) -> None:
    with closing(tcp()) as sock:
        sock.connect_ex(address)


def fast_open(address: Any) -> None:
    with closing(tcp()) as sock:
        sock.sendto(b"content", socket.MSG_FASTOPEN, address)


LEAKS: dict[str, Callable[[], Any]] = {
    "connect": lambda: connect((OUT, 443)),
    "connect_ex": lambda: connect_ex((OUT, 443)),
    "create_connection": lambda: socket.create_connection((OUT, 443), 0.2),
    "connect by name": lambda: connect(("localhost", 443)),
    "connect to the unspecified address": lambda: connect(("0.0.0.0", 443)),
    "connect to nothing": lambda: connect(("", 443)),
    "connect to a broadcast address": lambda: connect(("<broadcast>", 443)),
    "connect as bytes": lambda: connect((OUT.encode(), 443)),
    "connect to a mapped address": lambda: connect((f"::ffff:{OUT}", 443), socket.AF_INET6),
    "connect to NAT64": lambda: connect(("64:ff9b::c000:201", 443), socket.AF_INET6),
    "connect to loopback through 6to4": lambda: connect(("2002:7f00:1::", 443), socket.AF_INET6),
    "connect to a link-local zone": lambda: connect(("fe80::1%1", 443), socket.AF_INET6),
    "connect to octal loopback": lambda: connect(("0177.0.0.1", 443)),
    "connect to decimal loopback": lambda: connect(("2130706433", 443)),
    "metadata": lambda: connect(("169.254.169.254", 80)),
    "UDP connect": lambda: connect((OUT, 53)),
    "sendto": lambda: sendto((OUT, 53)),
    "sendto with flags": lambda: sendto((OUT, 53), socket.MSG_DONTWAIT),
    "sendmsg": lambda: sendmsg((OUT, 53)),
    "TCP fast open": lambda: fast_open((OUT, 443)),
    "multicast": lambda: sendto(("224.0.0.251", 5353)),
    "getaddrinfo": lambda: socket.getaddrinfo(NAME, 443),
    "getaddrinfo as bytes": lambda: socket.getaddrinfo(NAME.encode(), 443),
    "getaddrinfo of octal loopback": lambda: socket.getaddrinfo("0177.0.0.1", 443),
    "gethostbyname": lambda: socket.gethostbyname(NAME),
    "gethostbyname_ex": lambda: socket.gethostbyname_ex(NAME),
    "gethostbyaddr": lambda: socket.gethostbyaddr(OUT),
    "getnameinfo": lambda: socket.getnameinfo((OUT, 53), 0),
    "urllib": lambda: urllib.request.urlopen(f"http://{NAME}/", timeout=0.2),
    "urllib to an address": lambda: urllib.request.urlopen(f"http://{OUT}/", timeout=0.2),
    "http.client": lambda: http.client.HTTPConnection(OUT, timeout=0.2).connect(),
    "smtplib": lambda: smtplib.SMTP(OUT, timeout=0.2, local_hostname="localhost"),
    "ftplib": lambda: ftplib.FTP(OUT, timeout=0.2),
    "frames on the wire": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "a virtual machine's host": lambda: socket.socket(socket.AF_VSOCK),
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_no_way_out_of_the_standard_library(leak: Callable[[], Any], guard: Make) -> None:
    egress = guard()
    with pytest.raises(EgressRefused):
        leak()
    assert sum(egress.journal.refused.values()) >= 1


async def by_aiohttp(url: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(url):
        pass


async def by_datagram() -> None:
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=(OUT, 53))


ASYNC_LEAKS: dict[str, Callable[[], Awaitable[Any]]] = {
    "asyncio": lambda: asyncio.open_connection(OUT, 443),
    "asyncio by name": lambda: asyncio.open_connection(NAME, 443),
    "asyncio datagram": by_datagram,
    "aiohttp": lambda: by_aiohttp(f"http://{OUT}/"),
    "aiohttp by name": lambda: by_aiohttp(f"http://{NAME}/"),
    "asyncpg": lambda: asyncpg.connect(f"postgresql://u:p@{OUT}/d", timeout=1),
    "asyncpg by name": lambda: asyncpg.connect(f"postgresql://u:p@{NAME}/d", timeout=1),
}


@pytest.mark.parametrize("leak", ASYNC_LEAKS.values(), ids=ASYNC_LEAKS.keys())
async def test_no_way_out_of_the_event_loop(
    leak: Callable[[], Awaitable[Any]], guard: Make
) -> None:
    egress = guard()
    with pytest.raises(EgressRefused):
        await leak()
    assert sum(egress.journal.refused.values()) >= 1


def test_an_address_may_be_connected_to_only_after_a_listed_name_led_there(guard: Make) -> None:
    names = Names(feed_example=[["192.0.2.7"], ["169.254.169.254"]])
    egress = guard("feed.example=192.0.2.0/24", names=names)
    with pytest.raises(EgressRefused):
        connect(("192.0.2.7", 443))
    egress.resolve("feed.example", 443)
    with pytest.raises(OSError):  # allowed, and nobody there
        connect(("192.0.2.7", 443))
    with pytest.raises(EgressRefused, match=r"169\.254\.169\.254"):
        egress.resolve("feed.example", 443)
    with pytest.raises(EgressRefused):
        connect(("169.254.169.254", 80))


def test_a_lookup_by_code_that_does_not_know_the_list_leads_only_to_what_the_list_saw(
    guard: Make,
) -> None:
    names = Names(feed_example=[["192.0.2.7"]])
    guard("feed.example=192.0.2.0/24", names=names)
    # The system's own answer may be another one (here: none). What we saw is what counts.
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("feed.example", 443)
    assert names.asked == ["feed.example"]
    with pytest.raises(EgressRefused):
        connect(("192.0.2.8", 443))
    with pytest.raises(OSError):
        connect(("192.0.2.7", 443))


def test_loopback_and_unix_sockets_are_open(guard: Make) -> None:
    egress = guard(names=Names(localhost=[["127.0.0.1", "::1"]]))
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.create_server((host, 0), family=family) as server:
            socket.create_connection(server.getsockname()[:2], 1).close()
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1]), 1).close()
    ours, theirs = socket.socketpair()
    ours.sendmsg([b"x"])
    assert theirs.recv(1) == b"x"
    ours.close()
    theirs.close()
    assert refused(egress) == []
    assert not egress.journal.opened


def test_the_part_that_tried_is_noted_and_no_more_of_the_name_than_its_end(guard: Make) -> None:
    egress = guard()
    with pytest.raises(EgressRefused):
        socket.getaddrinfo("content-of-a-page.a1b2c3.evil.example.com", 443)
    (attempt,) = egress.journal.refused
    assert attempt.host == "*.evil.example.com"
    assert attempt.part == "socket"


def test_the_innermost_list_counts_and_the_end_of_the_block_ends_it(guard: Make) -> None:
    outer = guard()
    inner = guard(OUT)
    with pytest.raises(OSError):
        connect((OUT, 443))
    assert not outer.journal.refused
    assert sum(inner.journal.opened.values()) == 1
    assert guarded()
