"""A head of any size, for any time, and trailers that would be headers: none of it is taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from lionrock.cli import wire
from tests.serving import served

Raw = Callable[[bytes], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
SEEN: list[dict[str, Any]] = []


async def _app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    if message["type"] == "http.disconnect":
        return
    SEEN.append({"headers": list(scope["headers"]), "body": body})
    length = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
async def raw() -> AsyncIterator[Raw]:
    SEEN.clear()
    writers: list[asyncio.StreamWriter] = []
    async with served(_app) as url:
        where = urlsplit(url)

        async def open_with(sent: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            reader, writer = await asyncio.open_connection(where.hostname, where.port)
            writers.append(writer)
            writer.write(sent)
            return reader, writer

        yield open_with
        for writer in writers:
            writer.close()


async def rest(reader: asyncio.StreamReader) -> bytes:
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionResetError:
        return b"reset"


@pytest.mark.parametrize("line", [b"x: %s\r\n" % (b"y" * 100), b"z" * 100])
async def test_a_head_that_goes_on_is_cut_off(raw: Raw, line: bytes) -> None:
    reader, writer = await raw(b"GET / HTTP/1.1\r\nhost: x\r\n")
    sent = 0
    while sent < 2 * 2**20 and not reader.at_eof():
        writer.write(line * 200)
        sent += len(line) * 200
        try:
            await writer.drain()
            await asyncio.sleep(0)
        except ConnectionError:
            break
    answer = await rest(reader)
    assert answer == b"reset" or b" 431 " in answer or b" 400 " in answer
    assert SEEN == []


async def test_a_head_has_to_come_in_time(raw: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.2)
    silent, _ = await raw(b"")
    half, _ = await raw(b"GET / HTTP/1.1\r\nhost: x\r\nx: ")
    assert await rest(silent) in (b"", b"reset") and await rest(half) in (b"", b"reset")
    kept, writer = await raw(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
    assert b"200" in await kept.readuntil(b"ok")
    writer.write(b"GET / HT")
    assert await rest(kept) in (b"", b"reset")


async def test_a_body_may_take_longer_than_a_head(
    raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.1)
    reader, writer = await raw(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\na")
    await asyncio.sleep(0.3)
    writer.write(b"b")
    assert b"200" in await reader.readuntil(b"ok")
    assert SEEN[0]["body"] == b"ab"


async def test_trailers_are_no_headers(raw: Raw) -> None:
    reader, _ = await raw(
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
        b"authorization: Bearer smuggled\r\nx-forwarded-for: 10.0.0.1\r\n\r\n"
    )
    await reader.readuntil(b"ok")
    assert {name for name, _ in SEEN[0]["headers"]} == {b"host", b"transfer-encoding"}
    assert SEEN[0]["body"] == b"a"


@pytest.mark.parametrize("begun", [b"0\r\nx: ", b"1;x="])
async def test_what_goes_on_after_the_body_without_being_one_is_cut_off(
    raw: Raw, begun: bytes
) -> None:
    reader, writer = await raw(
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n" + begun
    )
    sent = 0
    while sent < 8 * 2**20 and not reader.at_eof():
        writer.write(b"z" * 20_000)
        sent += 20_000
        try:
            await writer.drain()
            await asyncio.sleep(0)
        except ConnectionError:
            break
    assert await rest(reader) in (b"", b"reset")
    assert sent < 8 * 2**20
    assert SEEN == []


async def test_requests_in_one_piece_are_each_answered(raw: Raw) -> None:
    one = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 60000\r\n\r\n" + b"a" * 60_000
    reader, _ = await raw(one * 3 + b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
    for _ in range(4):
        assert b"200" in await reader.readuntil(b"ok")
    assert [len(seen["body"]) for seen in SEEN] == [60_000, 60_000, 60_000, 0]


@pytest.mark.parametrize(
    "sent",
    [
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost : x\r\ncontent-length: 0\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\nx: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\nhost: x\nx: a\rb\n\n",
    ],
)
async def test_what_two_readers_would_read_otherwise_is_refused(raw: Raw, sent: bytes) -> None:
    reader, _ = await raw(sent)
    assert b" 400 " in await rest(reader)
    assert SEEN == []
