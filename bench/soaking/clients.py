"""Clients of every kind: those that behave, and those that vanish, stall, lie and send garbage."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import struct
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

GOOD, SHARED = "g", "m"
"""Models: of the well engine alone; of the ill and the mortal one too."""
REFUSALS = frozenset({402, 429, 503})
"""What a client that did nothing wrong may be told."""
_PATIENCE = 90.0


@dataclass
class World:
    """Where the server is, and what the clients saw."""

    host: str
    port: int
    keys: dict[str, str]
    requests: int = 0
    connections: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)
    """Of calls that were answered: each must have its row."""
    whole: dict[str, int] = field(default_factory=dict)
    """Pieces that came, by the id of a call that was answered to its end."""
    times: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Line:
    """One connection."""

    def __init__(self, world: World, small: bool = False) -> None:
        self.world, self._small = world, small

    async def __aenter__(self) -> Line:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sock.setblocking(False)
        if self._small:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.world.connections += 1
        try:
            where = (self.world.host, self.world.port)
            await asyncio.get_running_loop().sock_connect(sock, where)
        except BaseException:
            sock.close()
            raise
        limit = 1024 if self._small else 2**16
        self.reader, self.writer = await asyncio.open_connection(sock=sock, limit=limit)
        self.sock = sock
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()

    def vanish(self) -> None:
        """As a process that is killed: a reset, no goodbye."""
        linger = struct.pack("ii", 1, 0)
        with contextlib.suppress(OSError):
            self.writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, linger
            )
        self.writer.transport.abort()

    def ask(self, sent: bytes) -> None:
        self.world.requests += 1
        self.writer.write(sent)

    async def head(self) -> tuple[int, dict[str, str]]:
        raw = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in raw[1:])}
        status = int(raw[0].split()[1])
        self.world.statuses[str(status)] += 1
        if "x-request-id" in headers:
            self.world.ids.add(headers["x-request-id"])
        return status, headers

    async def rest(self, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return await self.reader.readexactly(int(headers["content-length"]))
        parts = []
        while size := int(await self.reader.readline(), 16):
            parts.append(await self.reader.readexactly(size + 2))
        await self.reader.readline()
        return b"".join(part[:-2] for part in parts)


def request(key: str, body: bytes, extra: bytes = b"", length: int | None = None) -> bytes:
    return (
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer %s\r\n"
        b"content-type: application/json\r\n%scontent-length: %d\r\n\r\n%s"
        % (key.encode(), extra, len(body) if length is None else length, body)
    )


def body(model: str, *, stream: bool, tokens: int, **more: Any) -> bytes:
    said = [{"role": "user", "content": "salt wave gull foam " * random.randint(1, 60)}]
    asked = {"model": model, "messages": said, "max_tokens": tokens, "stream": stream}
    return json.dumps(asked | more).encode()


async def behave(world: World, key: str, model: str = GOOD) -> None:
    """Ask, read to the end, hold the answer against what was asked."""
    tokens, stream = random.randint(1, 60), random.random() < 0.6
    async with Line(world) as line:
        for _ in range(random.randint(1, 3)):
            began = time.perf_counter()
            line.ask(request(key, body(model, stream=stream, tokens=tokens)))
            status, headers = await line.head()
            first = time.perf_counter() - began
            told = await line.rest(headers)
            if model != GOOD:
                return
            if status == 200:
                world.times.append(time.perf_counter() - began)
                world.firsts.append(first)
                if told.count(b"tide ") != tokens or (stream and not told.endswith(b"[DONE]\n\n")):
                    world.faults.append(f"an answer of {len(told)} bytes is not what was asked for")
                world.whole[headers["x-request-id"]] = tokens
            elif status not in REFUSALS or (status == 503 and "retry-after" not in headers):
                world.faults.append(f"a good request got {status}: {told[:200]!r}")
            await asyncio.sleep(random.random() * 0.2)


async def roam(world: World, key: str) -> None:
    await behave(world, key, SHARED)


async def vanish_in_a_stream(world: World, key: str) -> None:
    async with Line(world) as line:
        line.ask(request(key, body(random.choice("gm"), stream=True, tokens=200)))
        await line.head()
        for _ in range(random.randint(0, 20)):
            await line.reader.readline()
        line.vanish()


async def vanish_before_the_answer(world: World, key: str) -> None:
    async with Line(world) as line:
        line.ask(request(key, body("g", stream=random.random() < 0.5, tokens=100)))
        await line.writer.drain()
        await asyncio.sleep(random.random() * 0.05)
        line.vanish()


async def stall(world: World, key: str) -> None:
    """Ask for megabytes and read none of them."""
    async with Line(world, small=True) as line:
        line.ask(request(key, body("g", stream=True, tokens=4096, seed=1)))
        with contextlib.suppress(TimeoutError):
            closed = asyncio.ensure_future(line.writer.wait_closed())
            await asyncio.wait_for(asyncio.shield(closed), random.choice([5, 20, 90]))
        line.vanish()


async def garbage(world: World, key: str) -> None:
    sent = random.choice(
        [
            random.randbytes(random.randint(1, 4000)),
            b"GET / HTTP/1.1\r\n" + b"x" * 200_000,
            b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 3\r\n"
            b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            request(key, random.randbytes(500)),
            request(key, b'{"model": "g", "messages": [{"role": "user", "content": "a'),
            request(key, b"[" * 100_000),
            request(key, b"x: 1\r\n" * 20_000),
        ]
    )
    await _any_answer(world, sent)


async def half_a_body(world: World, key: str) -> None:
    async with Line(world) as line:
        whole = body("g", stream=False, tokens=5)
        line.ask(request(key, whole[: len(whole) // 2], length=len(whole)))
        await asyncio.sleep(random.random())
        if random.random() < 0.5:
            line.vanish()


async def huge(world: World, key: str) -> None:
    said = [{"role": "user", "content": "潮" * random.randint(1_000_000, 2_700_000)}]
    asked = {"model": "g", "messages": said, "max_tokens": 1}
    await _any_answer(world, request(key, json.dumps(asked, ensure_ascii=False).encode()))


async def too_huge(world: World, key: str) -> None:
    if random.random() < 0.5:
        await _any_answer(world, request(key, b"x" * 10_000, length=10**10))
        return
    head = request(key, b"").replace(b"content-length: 0", b"transfer-encoding: chunked")
    chunks = (b"%x\r\n%s\r\n" % (2**16, b"x" * 2**16)) * 140
    await _any_answer(world, head + chunks + b"0\r\n\r\n")


async def json_bomb(world: World, key: str) -> None:
    sent = random.choice([b"[[" + b"[]," * 400_000 + b"[]]]", b"[" + b"1 ," * 600_000 + b"1]"])
    await _any_answer(world, request(key, b'{"model": "g", "messages": ' + sent + b"}"))


async def slow_body(world: World, key: str) -> None:
    async with Line(world) as line:
        whole = request(key, body("g", stream=False, tokens=3))
        world.requests += 1
        for i in range(0, len(whole), 1 + len(whole) // 30):
            line.writer.write(whole[i : i + 1 + len(whole) // 30])
            await line.writer.drain()
            await asyncio.sleep(0.1)
        _, headers = await line.head()
        await line.rest(headers)


async def wrong_key(world: World, key: str) -> None:
    wrong = random.choice([key[:-4] + "AAAA", "x", "", "' OR 1=1 --", "é" * 50])
    await _any_answer(world, request(wrong, body("g", stream=False, tokens=3)))


async def unknown_field(world: World, key: str) -> None:
    name = random.choice(["guided_jsn", "cache_salt", "chat_template", "user", "𝓶odel", "\x00"])
    await _any_answer(world, request(key, body("g", stream=True, tokens=3, **{name: "x"})))


async def pipelined(world: World, key: str) -> None:
    async with Line(world) as line:
        count = random.randint(2, 6)
        for _ in range(count):
            line.ask(request(key, body("g", stream=random.random() < 0.5, tokens=5)))
        for _ in range(count if random.random() < 0.7 else 1):
            _, headers = await line.head()
            await line.rest(headers)
        line.vanish()


async def short_connections(world: World, key: str) -> None:
    async def one() -> None:
        async with Line(world) as line:
            if random.random() < 0.3:
                line.writer.write(b"GET /v1/mod")
            line.vanish()

    for _ in range(10):
        await asyncio.gather(*(one() for _ in range(10)))


async def lists_models(world: World, key: str) -> None:
    sent = b"GET /v1/models HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer %s\r\n\r\n"
    await _any_answer(world, sent % key.encode())


async def _any_answer(world: World, sent: bytes) -> None:
    async with Line(world) as line:
        line.ask(sent)
        status, headers = await asyncio.wait_for(line.head(), 30)
        await line.rest(headers)
        if status == 500:
            world.faults.append(f"status 500 for {sent[:60]!r}")


Kind = Callable[[World, str], Awaitable[None]]
WILD: dict[Kind, int] = {
    roam: 30, vanish_in_a_stream: 12, vanish_before_the_answer: 8, garbage: 10, half_a_body: 4,
    huge: 1, too_huge: 1, json_bomb: 1, slow_body: 2, wrong_key: 6, unknown_field: 6, pipelined: 6,
    short_connections: 3, lists_models: 3,
}  # fmt: skip


async def live(world: World, key: str, kinds: dict[Kind, int], pause: float) -> None:
    """Until cancelled. What the server does to one who misbehaves is not held against it."""
    while True:
        kind = random.choices(list(kinds), list(kinds.values()))[0]
        try:
            async with asyncio.timeout(_PATIENCE + 30 if kind is stall else _PATIENCE):
                await kind(world, key)
        except TimeoutError:
            world.statuses["no answer"] += 1
            if kind is behave:
                world.faults.append(f"a good request had no answer within {_PATIENCE:g} s")
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            world.statuses[f"hung up on ({type(error).__name__})"] += 1
            if kind is behave:
                world.faults.append(f"a good request was hung up on: {type(error).__name__}")
        await asyncio.sleep(random.random() * pause)
