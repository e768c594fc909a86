"""What each check is given: the engine, its kind and model, and ways to ask it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from lionrock.gateway.conformance.verdicts import Fault
from lionrock.gateway.conformance.wire import Json, Reply, Wire
from lionrock.gateway.fields.kinds import Endpoint, EngineKind
from lionrock.models.event_stream import EventParser

GREEDY: Json = {"temperature": 0, "seed": 1}


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. `freed`: what the gateway promises for a call whose client is gone."""

    silence: float = 120.0
    freed: float = 1.0
    stuck: float = 8.0
    """From when on work that goes on counts as not cancelled."""
    queued: float = 0.5
    """Until a request that was sent is taken to stand in the engine's queue."""
    poll: float = 0.1


@dataclass(slots=True)
class Heard:
    """A streamed answer so far, as its events told it."""

    content_type: str
    text: str = ""
    pieces: int = 0
    finish: str | None = None
    usage: Json | None = None
    done: bool = False
    """The closing `[DONE]` came."""


@dataclass(slots=True)
class Probe:
    wire: Wire
    kind: EngineKind
    model: str
    context: int | None
    """Tokens of prompt and answer together; None where nobody told."""
    at_once: int | None
    """Requests the engine works on at once; None where nobody told."""
    patience: Patience = field(default_factory=Patience)

    def body(self, text: str, max_tokens: int, **fields: Any) -> Json:
        messages = [{"role": "user", "content": text}]
        own = {"cache_prompt": False} if self.kind is EngineKind.LLAMACPP else {}
        asked = {"model": self.model, "messages": messages, "max_tokens": max_tokens}
        return asked | own | fields

    async def send(self, body: Json | bytes) -> Reply:
        """A chat completion, whatever its status."""
        return await self.wire.call("POST", Endpoint.CHAT.path, body)

    async def ask(self, text: str, max_tokens: int, **fields: Any) -> Json:
        """A chat completion; Fault unless the status is 200."""
        reply = await self.send(self.body(text, max_tokens, **fields))
        if not reply.ok:
            raise Fault(f"answered {reply.status} to a plain request")
        return reply.json()

    async def hear(self, text: str, max_tokens: int, **fields: Any) -> Heard:
        """A streamed chat completion, to its end."""
        async with self.streaming(self.body(text, max_tokens, **fields)) as response:
            heard, parser = Heard(response.content_type), EventParser()
            async for chunk in response.content.iter_any():
                take(heard, parser, chunk)
            return heard

    @asynccontextmanager
    async def streaming(self, body: Json) -> AsyncIterator[aiohttp.ClientResponse]:
        body = body | {"stream": True, "stream_options": {"include_usage": True}}
        async with self.wire.open("POST", Endpoint.CHAT.path, body) as response:
            if response.status != 200:
                raise Fault(f"answered {response.status} to a plain request to stream")
            yield response

    async def first_piece(self, response: aiohttp.ClientResponse) -> None:
        """Wait until the answer has text. Fault if it ends before."""
        heard, parser = Heard(response.content_type), EventParser()
        async for chunk in response.content.iter_any():
            take(heard, parser, chunk)
            if heard.pieces:
                return
        raise Fault("ended a stream without text")

    async def alive(self) -> None:
        """Fault unless it still answers."""
        try:
            async with asyncio.timeout(self.patience.silence):
                await self.ask("Say yes.", 1)
        except TimeoutError:
            raise Fault("answered no more afterwards") from None
        except Fault as fault:
            raise Fault(f"answered no more afterwards (it {fault})") from None


def take(heard: Heard, parser: EventParser, chunk: bytes) -> None:
    """Add what `chunk` tells. Fault: not UTF-8, not events, not chat completion chunks."""
    try:
        for data in parser.feed(chunk):
            if data.strip() == "[DONE]":
                heard.done = True
            else:
                _event(heard, json.loads(data))
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        raise Fault("streamed something other than chat completion chunks") from None


def _event(heard: Heard, told: Json) -> None:
    if "error" in told:
        raise Fault("sent an error inside the stream")
    heard.usage = told.get("usage") or heard.usage
    for choice in told.get("choices") or []:
        delta = choice.get("delta") or {}
        text = delta.get("content") or ""
        heard.pieces += bool(text or delta.get("reasoning_content") or delta.get("reasoning"))
        heard.text += text
        heard.finish = choice.get("finish_reason") or heard.finish


def said(answer: Json) -> tuple[str, str | None]:
    """Text and finish reason of the first choice. Fault if there is none."""
    try:
        choice = answer["choices"][0]
        return choice["message"].get("content") or "", choice.get("finish_reason")
    except (LookupError, TypeError, AttributeError):
        raise Fault("answered without `choices[0].message`") from None
