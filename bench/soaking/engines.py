"""Engines that are not there: canned words over HTTP, told well or in one of the ways to be ill.

Each writes the id of every request that it was asked to a file, at once: what reached an engine must
be on record, also of one that was killed. `seed` 1 in a request asks for as much as can be sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import os
import random
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

PROMPT = 17
"""Tokens that every prompt is told to have."""
_PAUSE = 0.005
_LARGE = "tide " * 400
_HEAD = b"HTTP/1.1 %d X\r\ncontent-type: %s\r\n"
_STREAM = _HEAD % (200, b"text/event-stream") + b"transfer-encoding: chunked\r\n\r\n"
Ill = Callable[["Asked"], Awaitable[None]]


class Asked:
    """One request, and the connection that it came by."""

    def __init__(
        self, body: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader, self.writer = reader, writer
        self.stream = bool(body.get("stream"))
        self.most = min(4096, body.get("max_tokens") or 16)
        self.large = body.get("seed") == 1

    async def send(self, *parts: bytes) -> None:
        self.writer.write(b"".join(parts))
        await self.writer.drain()

    async def event(self, told: object) -> None:
        await self.chunk(b"data: " + json.dumps(told).encode() + b"\n\n")

    async def chunk(self, data: bytes) -> None:
        await self.send(b"%x\r\n" % len(data), data, b"\r\n")

    async def whole(self, status: int, data: bytes, kind: bytes = b"application/json") -> None:
        length = b"content-length: %d\r\n\r\n" % len(data)
        await self.send(_HEAD % (status, kind), length, data)

    async def begin(self, pieces: int) -> None:
        """The first events of a stream."""
        await self.send(_STREAM)
        for _ in range(pieces):
            await self.event(piece("tide "))

    def abort(self) -> None:
        self.writer.transport.abort()


def piece(text: str, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    return {"id": "x", "object": "chat.completion.chunk", "created": 1, "choices": [choice]}


def usage(made: int) -> dict[str, int]:
    return {"prompt_tokens": PROMPT, "completion_tokens": made, "total_tokens": PROMPT + made}


async def well(asked: Asked) -> None:
    if not asked.stream:
        message = {"role": "assistant", "content": "tide " * asked.most}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        told = {"id": "x", "object": "chat.completion", "created": 1, "choices": [choice]}
        await asyncio.sleep(_PAUSE * 4)
        await asked.whole(200, json.dumps(told | {"usage": usage(asked.most)}).encode())
        return
    await asked.begin(0)
    for _ in range(asked.most):
        await asked.event(piece(_LARGE if asked.large else "tide "))
        if not asked.large:
            await asyncio.sleep(_PAUSE)
    await asked.event(piece("", "stop"))
    await asked.event({"choices": [], "usage": usage(asked.most)})
    await asked.chunk(b"data: [DONE]\n\n")
    await asked.send(b"0\r\n\r\n")


async def silent(asked: Asked) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asked.reader.read(1), 60)
    asked.abort()


async def breaks_off(asked: Asked) -> None:
    await asked.begin(3)
    asked.abort()


async def no_json(asked: Asked) -> None:
    await asked.begin(2)
    await asked.chunk(b"data: {this is no JSON\n\n")
    await asked.send(b"0\r\n\r\n")


async def a_page(asked: Asked) -> None:
    await asked.whole(200, b"<html>\n\n<p>Welcome\n\n</html>", b"text/html")


async def refuses(asked: Asked) -> None:
    status = random.choice([400, 401, 404, 429, 500, 502, 503])
    await asked.whole(status, json.dumps({"error": {"message": "no", "code": status}}).encode())


async def points_elsewhere(asked: Asked) -> None:
    head = _HEAD % (307, b"text/plain") + b"location: http://127.0.0.1:9/\r\n"
    await asked.send(head, b"content-length: 0\r\n\r\n")


async def fails_in_words(asked: Asked) -> None:
    await asked.begin(1)
    await asked.event({"error": {"message": "out of memory", "code": 500}})
    await asked.send(b"0\r\n\r\n")


async def endless(asked: Asked) -> None:
    await asked.begin(0)
    while True:
        await asked.event(piece(_LARGE))


async def one_line(asked: Asked) -> None:
    await asked.send(_STREAM)
    for _ in range(64):
        await asked.chunk(b"x" * 65_536)
    asked.abort()


async def bomb(asked: Asked) -> None:
    data = gzip.compress(b"0" * 50_000_000)
    head = _HEAD % (200, b"application/json") + b"content-encoding: gzip\r\n"
    await asked.send(head, b"content-length: %d\r\n\r\n" % len(data), data)


async def deep(asked: Asked) -> None:
    call = {"index": 0, "id": json.loads("[" * 600 + "]" * 600)}
    choice = {"index": 0, "message": {"tool_calls": [call]}, "delta": {"tool_calls": [call]}}
    if asked.stream:
        await asked.begin(1)
        await asked.event({"choices": [choice]})
        await asked.send(b"0\r\n\r\n")
    else:
        await asked.whole(200, json.dumps({"choices": [choice]}).encode())


async def many_heads(asked: Asked) -> None:
    for _ in range(10):
        await asked.send(b"HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n")
    await well(asked)


async def drips(asked: Asked) -> None:
    await asked.send(_STREAM)
    for byte in b'data: {"choices": [{"index": 0, "delta": {"content": "t"}}]}\r\n\r\n':
        await asked.chunk(bytes([byte]))
        await asyncio.sleep(0.01)
    await asked.send(b"0\r\n\r\n")


ILLS: tuple[Ill, ...] = (
    silent, breaks_off, no_json, a_page, refuses, points_elsewhere, fails_in_words, endless, one_line,
    bomb, deep, many_heads, drips,
)  # fmt: skip


async def serve(port: int, asked_file: Path, ill: bool) -> None:
    """Until killed; prints a line when it listens. One that is ill is well half of the time."""
    out = os.open(asked_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"GET"):
                    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                    continue
                length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
                body = json.loads(await reader.readexactly(length))
                os.write(out, body["request_id"].encode() + b"\n")
                sick = ill and random.random() < 0.5
                await (random.choice(ILLS) if sick else well)(Asked(body, reader, writer))
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", port, limit=2**20)
    print("listens", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[2]), Path(sys.argv[3]), sys.argv[1] == "ill"))
