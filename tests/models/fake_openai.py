"""An OpenAI-compatible server on loopback or a unix socket, with the faults that real ones have."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from pathlib import Path
from typing import Any

from aiohttp import web


class Fault(Enum):
    HANG = "send nothing more, with the connection open"
    DIE = "break the connection off"


class FakeOpenAI:
    """Change an attribute to change how it answers from then on."""

    def __init__(self) -> None:
        self.answer: list[bytes | Fault] = [stream("Yes", ".", usage=(7, 2))]
        """What a chat completion sends, each item as a chunk of its own."""
        self.refusal: web.Response | None = None
        """Sent in place of an answer."""
        self.models: Any = {"data": [{"id": "first"}, {"id": "second"}]}
        self.models_status = 200
        self.health_status = 404
        self.tokens: Any = None
        """The body of an answer to /tokenize; without one it is not found."""
        self.asked: list[tuple[str, Any]] = []
        """Path and body of every request."""
        self.headers: list[dict[str, str]] = []
        self.arrived = asyncio.Event()
        """A chat completion was asked for."""
        self.left = asyncio.Event()
        """The client closed the connection while an answer was under way."""
        self.url = ""

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    @property
    def body(self) -> Any:
        """Of the last request."""
        return self.asked[-1][1]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()
        self.asked.append((request.path, json.loads(text) if text else None))
        self.headers.append(dict(request.headers))
        match request.path.rpartition("/")[2]:
            case "completions":
                return self.refusal or await self._stream(request)
            case "models":
                return web.json_response(self.models, status=self.models_status)
            case "health":
                return web.Response(status=self.health_status)
            case "tokenize" if self.tokens is not None:
                return web.json_response(self.tokens)
        return web.json_response({"error": {"message": "Not Found"}}, status=404)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        self.arrived.set()
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            for item in self.answer:
                if item is Fault.HANG:
                    await asyncio.Event().wait()
                elif item is Fault.DIE:
                    assert request.transport is not None
                    request.transport.abort()
                    return response
                elif isinstance(item, bytes):
                    await response.write(item)
                    await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.left.set()
            raise
        return response


@asynccontextmanager
async def fake_openai(unix_socket: Path | None = None) -> AsyncIterator[FakeOpenAI]:
    fake = FakeOpenAI()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0)
    await runner.setup()
    if unix_socket is not None:
        await web.UnixSite(runner, str(unix_socket)).start()
    else:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield fake
    await runner.cleanup()


def event(payload: object) -> bytes:
    return f"data: {json.dumps(payload, ensure_ascii=False)}\n\n".encode()


def piece(text: str | None, reason: str | None = None) -> bytes:
    return event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": reason}]})


def stream(*texts: str, usage: tuple[int, int] | None = None, reason: str = "stop") -> bytes:
    """A whole answer, as llama.cpp and vLLM send it."""
    sent = piece(None) + b"".join(piece(text) for text in texts) + piece(None, reason)
    if usage:
        counts = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
        sent += event({"choices": [], "usage": counts})
    return sent + b"data: [DONE]\n\n"
