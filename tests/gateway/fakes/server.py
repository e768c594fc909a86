"""A fake engine on loopback: routes, lock, queue, whole and streamed answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import web

from lionrock.gateway.fields.kinds import EngineKind
from tests.gateway.fakes import model
from tests.gateway.fakes.ills import Ill
from tests.gateway.fakes.kinds import CONTEXT, PROTOCOLS, Protocol
from tests.gateway.fakes.slots import Slots

KEY = "sesame"
MODEL = "fake-7b"
_PAUSE_SECONDS = 0.002
_SERVED = ("/v1/models", "/v1/chat/completions", "/v1/completions", "/v1/embeddings")
"""What the proxy in deploy/ passes on, with the key."""


class FakeEngine:
    """`behind_proxy`: as deploy/ sets it up, where listed paths ask for the key and no other is
    there; else as the bare server is. Change an attribute to change how it answers from then on."""

    def __init__(
        self, protocol: Protocol, ills: frozenset[Ill], *, at_once: int, behind_proxy: bool
    ) -> None:
        self.protocol, self.ills, self.behind_proxy = protocol, ills, behind_proxy
        self.metrics = True
        self.slots = Slots(at_once, protocol.prioritised and Ill.PRIORITY_IGNORED not in ills)
        self.seen: set[tuple[str, str]] = set()
        """Prompts in the prefix cache, each with its salt."""
        self.hits = 0
        self.asked: list[tuple[str, str]] = []
        """Method and path of every request."""
        self.bodies: list[Any] = []
        """Of the chat completions that were taken."""
        self.working: set[asyncio.Task[None]] = set()
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path, told = request.path, self.protocol
        self.asked.append((request.method, path))
        if not self._admitted(request):
            return web.json_response(told.error(401, "Unauthorized"), status=401)
        if self.behind_proxy and path not in (*_SERVED, "/metrics", "/health"):
            return web.Response(status=404)
        if path == "/metrics" and request.method == "GET":
            return self._metrics()
        if path not in told.get | told.post:
            return web.json_response(told.error(404, "Not Found"), status=404)
        if path not in (told.get if request.method == "GET" else told.post):
            return web.Response(status=405)
        if path == "/v1/models":
            return web.json_response({"object": "list", "data": [{"id": MODEL} | told.listed]})
        if request.method == "GET":
            return web.Response(text="ok")
        return await self._posted(request)

    async def _posted(self, request: web.Request) -> web.StreamResponse:
        try:
            body = json.loads(await request.read())
        except ValueError:
            return self._wrong("not JSON")
        if request.path == "/v1/embeddings":
            return self._embeddings(body)
        if request.path != "/v1/chat/completions":
            return self._wrong("a field is missing")
        messages, heat = body.get("messages"), body.get("temperature", 1)
        if not isinstance(messages, list) or not isinstance(heat, (int, float)):
            if Ill.TAKES_ANYTHING not in self.ills:
                return self._wrong("a field is wrong")
            body |= {"messages": [{"role": "user", "content": "?"}], "temperature": 0}
        return await self._chat(request, body)

    async def _chat(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        prompt_tokens = model.words_in(body)
        if prompt_tokens > CONTEXT:
            if Ill.CRASHES_ON_LONG in self.ills:
                return web.json_response(self.protocol.error(500, "out of memory"), status=500)
            if not (self.protocol.cuts or Ill.CUTS_PROMPTS in self.ills):
                said = f"maximum context length is {CONTEXT} tokens, the prompt has {prompt_tokens}"
                return self._wrong(said)
        self.bodies.append(body)
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        work = asyncio.create_task(self._work(body, pieces))
        self.working.add(work)
        work.add_done_callback(self.working.discard)
        usage = {"prompt_tokens": prompt_tokens} | self._cached(body, prompt_tokens)
        try:
            if body.get("stream"):
                return await self._stream(request, body, pieces, usage)
            return await self._whole(body, pieces, usage)
        finally:  # the client may be gone: by a cancellation, or a write that fails
            if Ill.DEAF not in self.ills:
                work.cancel()

    async def _work(self, body: dict[str, Any], pieces: asyncio.Queue[str | None]) -> None:
        """Generate until the limit, a stop string or the end, one token at a time."""
        limit = min(body.get("max_tokens", 16), CONTEXT)
        if Ill.OVERLONG_OUTPUT in self.ills:
            limit += 3
        stops = [] if Ill.STOP_IGNORED in self.ills else body.get("stop") or []
        made, text = 0, ""
        async with self.slots.one(body.get("priority", 0)):
            for token in model.tokens(body, self.ills):
                text += token
                if any(stop in text for stop in stops):
                    cut = min(text.index(stop) for stop in stops if stop in text)
                    if rest := text[:cut][len(text) - len(token) :]:
                        pieces.put_nowait(rest)
                    break
                pieces.put_nowait(token)
                made += 1
                if made >= limit:
                    pieces.put_nowait("\0length")
                    break
                await asyncio.sleep(_PAUSE_SECONDS)
        pieces.put_nowait(None)

    async def _whole(
        self, body: dict[str, Any], pieces: asyncio.Queue[str | None], usage: dict[str, Any]
    ) -> web.StreamResponse:
        got = [piece async for piece in _drained(pieces)]
        finish = "length" if got and got[-1] == "\0length" else "stop"
        got = [piece for piece in got if piece != "\0length"]
        calls = model.called(body, self.ills)
        text = "" if calls or Ill.NO_TEXT in self.ills else "".join(got)
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if calls:
            message |= {"content": None, "tool_calls": calls}
            finish = "tool_calls"
        choice = {"index": 0, "message": message, "finish_reason": finish}
        answer = {"id": "x", "object": "chat.completion", "model": MODEL, "choices": [choice]}
        if Ill.NO_USAGE not in self.ills:
            answer["usage"] = _total(usage, len(got))
        return web.json_response(answer)

    async def _stream(
        self,
        request: web.Request,
        body: dict[str, Any],
        pieces: asyncio.Queue[str | None],
        usage: dict[str, Any],
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await _sent(response, _chunk({"role": "assistant", "content": ""}))
        made, finish, kept = 0, "stop", ""
        if calls := model.called(body, self.ills):
            for event in _called(calls):
                await _sent(response, event)
            await self._ending(response, "tool_calls", _total(usage, len(calls)))
            return response
        async for piece in _drained(pieces):
            if Ill.BREAKS_OFF in self.ills and made == 2 and request.transport:
                request.transport.abort()
                return response
            if piece == "\0length":
                finish = "length"
                continue
            made += 1
            kept += piece
            if Ill.ONE_PIECE not in self.ills:
                await _sent(response, _chunk({"content": self._decoded(piece)}))
        if Ill.ONE_PIECE in self.ills:
            await _sent(response, _chunk({"content": kept}))
        counts = _total(usage, made + 2 * (Ill.COUNTS_DIFFER in self.ills))
        if Ill.COUNTS_DIFFER in self.ills:
            counts["prompt_tokens"] += 2
        await self._ending(response, finish, counts)
        return response

    async def _ending(
        self, response: web.StreamResponse, finish: str, counts: dict[str, Any]
    ) -> None:
        told = Ill.NO_USAGE not in self.ills and Ill.NO_STREAM_USAGE not in self.ills
        last = _chunk({}, None if Ill.NO_FINISH in self.ills else finish)
        if told and self.protocol.usage_with_finish:
            last["usage"] = counts
        await _sent(response, last)
        if told and not self.protocol.usage_with_finish:
            await _sent(
                response, {"object": "chat.completion.chunk", "choices": [], "usage": counts}
            )
        if Ill.NO_DONE not in self.ills:
            await response.write(b"data: [DONE]\n\n")

    def _decoded(self, piece: str) -> str:
        """Broken as by a server that decodes each token by itself."""
        if Ill.BROKEN_CHARACTERS not in self.ills:
            return piece
        halves = [piece.encode()[i : i + 2] for i in range(0, len(piece.encode()), 2)]
        return "".join(half.decode("utf-8", "replace") for half in halves)

    def _embeddings(self, body: dict[str, Any]) -> web.Response:
        if not self.protocol.embeds:
            said = self.protocol.error(501, "This server does not support embeddings.")
            return web.json_response(said, status=501)
        if "input" not in body:
            return self._wrong("input is missing")
        rows = [
            {"object": "embedding", "index": i, "embedding": model.vector(text, self.ills)}
            for i, text in enumerate(body["input"])
        ]
        if Ill.VECTORS_UNORDERED in self.ills:
            rows.reverse()
        usage = {"prompt_tokens": 9, "total_tokens": 9}
        return web.json_response({"object": "list", "data": rows, "usage": usage})

    def _cached(self, body: dict[str, Any], prompt_tokens: int) -> dict[str, Any]:
        """Take the prompt from the cache, or into it; in tokens as the kind tells them."""
        salt = "" if Ill.SALT_IGNORED in self.ills else body.get("cache_salt", "")
        known = (salt, json.dumps(body["messages"]))
        caches = body.get("cache_prompt", True) or Ill.SALT_IGNORED in self.ills
        count = prompt_tokens if known in self.seen and caches else 0
        if caches:
            self.seen.add(known)
        self.hits += count
        return (
            {"prompt_tokens_details": {"cached_tokens": count}}
            if self.protocol.tells_cached
            else {}
        )

    def _admitted(self, request: web.Request) -> bool:
        if Ill.KEY_IGNORED in self.ills or request.path == "/health":
            return True
        locked = self.behind_proxy or self.protocol.locks(request.path)
        return not locked or request.headers.get("Authorization") == f"Bearer {KEY}"

    def _metrics(self) -> web.Response:
        told = self.protocol
        if not self.metrics or told.gauge is None:
            return web.Response(status=404)
        label = f'{{model_name="{MODEL}"}}'
        lines = [f"# TYPE {told.gauge} gauge", f"{told.gauge}{label} {float(self.slots.running)}"]
        if told.hits:
            lines.append(f"{told.hits}{label} {float(self.hits)}")
        return web.Response(text="\n".join(lines) + "\n")

    def _wrong(self, message: str) -> web.Response:
        status = 500 if Ill.CRASHES_ON_BAD_INPUT in self.ills else self.protocol.wrong
        return web.json_response(self.protocol.error(status, message), status=status)


async def _drained(pieces: asyncio.Queue[str | None]) -> AsyncIterator[str]:
    while (piece := await pieces.get()) is not None:
        yield piece


async def _sent(response: web.StreamResponse, event: dict[str, Any]) -> None:
    """In two writes, cut in the middle of its bytes: readers must not mind."""
    sent = b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n"
    middle = len(sent) // 2
    while middle < len(sent) - 1 and sent[middle] & 0xC0 != 0x80 and not sent.isascii():
        middle += 1
    await response.write(sent[:middle])
    await asyncio.sleep(0)
    await response.write(sent[middle:])


def _called(calls: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The events of tool calls: each begins with its name, its arguments come in pieces."""
    for index, call in enumerate(calls):
        function = call["function"]
        begun = {"name": function["name"], "arguments": ""}
        yield _chunk({"tool_calls": [{"index": index, **call, "function": begun}]})
        for at in range(0, len(function["arguments"]), 5):
            piece = {"arguments": function["arguments"][at : at + 5]}
            yield _chunk({"tool_calls": [{"index": index, "function": piece}]})


def _chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "x", "object": "chat.completion.chunk", "model": MODEL, "choices": [choice]}


def _total(usage: dict[str, Any], made: int) -> dict[str, Any]:
    return usage | {"completion_tokens": made, "total_tokens": usage["prompt_tokens"] + made}


@asynccontextmanager
async def fake_engine(
    kind: EngineKind, *ills: Ill, at_once: int = 1, behind_proxy: bool = True
) -> AsyncIterator[FakeEngine]:
    fake = FakeEngine(PROTOCOLS[kind], frozenset(ills), at_once=at_once, behind_proxy=behind_proxy)
    app = web.Application(client_max_size=16 * 2**20)
    app.router.add_route("*", "/{path:.*}", fake.handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()
        for task in list(fake.working):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
