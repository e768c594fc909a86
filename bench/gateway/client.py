"""The client: kept connections, asked in a closed loop or at fixed times; every answer is read."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlsplit

import orjson

from gateway.canned import ANSWER

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_PATIENCE = 120.0


class Wrong(Exception):
    """An answer that is not the engine's."""


@dataclass
class Times:
    """Seconds. `first`: to the first byte of the body; `gaps`: between two arrivals in one body."""

    whole: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """One request at a time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._to = transport
        self._done: asyncio.Future[None] | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_exception(
                Wrong(f"the connection was closed: {bytes(self._got)[:300]!r}")
            )

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._got += data
        if self._body < 0:
            end = self._got.find(b"\r\n\r\n")
            if end < 0:
                return
            self._body = end + 4
            length = _LENGTH.search(self._got, 0, end)
            self._size = int(length[1]) if length else -1
        if len(self._got) > self._body:
            self._arrivals.append(now)
        if self._done is not None and not self._done.done() and self._complete():
            self._done.set_result(None)

    def _complete(self) -> bool:
        if self._size >= 0:
            return len(self._got) >= self._body + self._size
        return self._got.endswith(b"0\r\n\r\n")

    async def ask(self, sent: bytes, times: Times, due: float | None = None) -> None:
        """Times count from `due`, if that was before (a late start is the server's doing)."""
        self._got, self._body, self._size = bytearray(), -1, -1
        self._arrivals: list[float] = []
        self._done = asyncio.get_running_loop().create_future()
        began = time.perf_counter() if due is None else due
        self._to.write(sent)
        await asyncio.wait_for(self._done, _PATIENCE)
        at = self._arrivals
        times.whole.append(at[-1] - began)
        times.first.append(at[0] - began)
        times.gaps += [b - a for a, b in pairwise(at)]
        self._check()

    def _check(self) -> None:
        got = bytes(self._got)
        if b" 200 " not in got[:20]:
            raise Wrong(got[:600].decode(errors="replace"))
        body = got[self._body :]
        said = _text(body) if self._size >= 0 else _streamed(_joined(body))
        if said != ANSWER:
            raise Wrong(f"another text than the engine's: {said[:100]!r}")

    def close(self) -> None:
        self._to.close()


def _joined(body: bytes) -> bytes:
    """Without the chunks' frames (RFC 9112, 7.1)."""
    parts, at = [], 0
    while True:
        end = body.index(b"\r\n", at)
        size = int(body[at:end], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + size])
        at = end + 4 + size


def _text(body: bytes) -> str:
    return str(orjson.loads(body)["choices"][0]["message"]["content"])


def _streamed(body: bytes) -> str:
    said = []
    for line in body.split(b"\n"):
        data = line.removeprefix(b"data:").strip()
        if line.startswith(b"data:") and data != b"[DONE]":
            choices = orjson.loads(data)["choices"]
            said += [c["delta"].get("content") or "" for c in choices]
    return "".join(said)


class Client:
    """Of one server. `head` is what comes before each body."""

    def __init__(self, url: str, key: str) -> None:
        where = urlsplit(url)
        self._host, self._port = where.hostname or "", where.port or 0
        self._head = (
            f"POST /v1/chat/completions HTTP/1.1\r\nhost: {where.netloc}\r\n"
            f"authorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        ).encode()

    async def closed(self, body: bytes, at_once: int, count: int) -> Times:
        """`count` requests, each sent when the one before it on the connection is answered."""
        times, sent = Times(), self._request(body)

        async def one(each: int) -> None:
            connection = await self._connect()
            for _ in range(each):
                await connection.ask(sent, times)
            connection.close()

        await asyncio.gather(*(one(max(1, count // at_once)) for _ in range(at_once)))
        return times

    async def opened(self, body: bytes, rate: float, count: int) -> Times:
        """`count` requests at fixed times, `rate` a second, answered or not; over as many connections
        as that takes. Times count from when a request was due."""
        times, sent, free = Times(), self._request(body), list[Connection]()

        async def one(due: float) -> None:
            connection = free.pop() if free else await self._connect()
            await connection.ask(sent, times, due)
            free.append(connection)

        began = time.perf_counter() + 0.05
        tasks = []
        for number in range(count):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(asyncio.create_task(one(due)))
        await asyncio.gather(*tasks)
        for connection in free:
            connection.close()
        return times

    def _request(self, body: bytes) -> bytes:
        return self._head + b"content-length: %d\r\n\r\n" % len(body) + body

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(Connection, self._host, self._port))[1]
