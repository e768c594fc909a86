"""An engine of canned answers, which takes no request but the one it expects: run as `-m gateway.canned`.

What is asked says how to answer: whole, a stream at once (`burst`), or a piece every 5 ms (`trickle`).
"""

from __future__ import annotations

import asyncio
import re
from functools import cache

import orjson

CHUNKS = 43
PIECE = "tide "
ANSWER = PIECE * CHUNKS
MODEL = "m"
PAUSE = 0.005
_USAGE = {"prompt_tokens": 120, "completion_tokens": CHUNKS, "total_tokens": 120 + CHUNKS}
_ASKED = re.compile(rb'"content": ?"(whole|burst|trickle) (\d+) ')
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_OK = b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\n"


@cache
def question(kind: str, size: int) -> str:
    """About `size` characters, and how to answer them."""
    return f"{kind} {size} " + "salt wave gull foam " * (size // 20)


def request(kind: str, size: int, model: str = MODEL) -> bytes:
    said = [{"role": "user", "content": question(kind, size)}]
    asked = {"model": model, "messages": said, "max_tokens": 100, "stream": kind != "whole"}
    return orjson.dumps(asked)


@cache
def whole() -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": ANSWER}}
    told = _told("chat.completion", [choice | {"finish_reason": "stop"}], _USAGE)
    return _OK % b"application/json" + b"content-length: %d\r\n\r\n%s" % (len(told), told)


@cache
def pieces() -> list[bytes]:
    """A stream's parts, the first of them the head."""
    kind = "chat.completion.chunk"
    choice = {"index": 0, "delta": {"content": PIECE}, "finish_reason": None}
    events = [_told(kind, [choice])] * CHUNKS
    events += [_told(kind, [{"index": 0, "delta": {}, "finish_reason": "stop"}])]
    events += [_told(kind, [], _USAGE), b"[DONE]"]
    parts = [b"data: %s\n\n" % event for event in events]
    head = _OK % b"text/event-stream" + b"transfer-encoding: chunked\r\n\r\n"
    return [head, *(b"%x\r\n%s\r\n" % (len(p), p) for p in parts), b"0\r\n\r\n"]


def _told(kind: str, choices: list[object], usage: object = None) -> bytes:
    told = {"id": "x", "object": kind, "created": 1, "model": MODEL, "choices": choices}
    return orjson.dumps(told | {"usage": usage} if usage else told)


def wrong(body: bytes) -> str:
    """What is not as expected; empty when all is."""
    found = _ASKED.search(body)
    if found is None:
        return "no question of ours"
    kind, size = found[1].decode(), int(found[2])
    try:
        told = orjson.loads(body)
    except ValueError:
        return "not JSON"
    expected = [{"role": "user", "content": question(kind, size)}]
    if told.get("messages") != expected or told.get("model") != MODEL:
        return "messages or model changed"
    most = told.get("max_tokens", told.get("max_completion_tokens"))
    return "" if (bool(told.get("stream")), most) == (kind != "whole", 100) else "stream or cap"


class Canned(asyncio.Protocol):
    def __init__(self) -> None:
        self._got = b""
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._to = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, rest = self._got.partition(b"\r\n\r\n")
        if not end:
            return
        length = _LENGTH.search(head)
        size = int(length[1]) if length else 0
        if len(rest) < size:
            return
        self._got = rest[size:]
        if head.startswith(b"GET"):
            self._to.write(_OK % b"text/plain" + b"content-length: 2\r\n\r\nok")
        else:
            self._answer(rest[:size])

    def _answer(self, body: bytes) -> None:
        if why := wrong(body):
            told = why.encode()
            head = b"HTTP/1.1 422 Unexpected\r\ncontent-length: %d\r\n\r\n" % len(told)
            self._to.write(head + told)
            return
        kind = _ASKED.search(body)
        assert kind
        if kind[1] == b"whole":
            self._to.write(whole())
        elif kind[1] == b"burst":
            self._to.write(b"".join(pieces()))
        else:
            self._task = asyncio.get_running_loop().create_task(self._trickle())

    async def _trickle(self) -> None:
        head, first, *rest = pieces()
        self._to.write(head + first)
        for part in rest[:-1]:
            await asyncio.sleep(PAUSE)
            self._to.write(part)
        self._to.write(rest[-1])


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Canned, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
