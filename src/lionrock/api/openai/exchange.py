"""One HTTP exchange over ASGI: the body in, headers and bytes out, and word when the client is gone."""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive, Scope, Send

from lionrock.errors import InvalidInput, LionrockError, TooLarge
from lionrock.gateway.fields.kinds import Caps

_MOST_BYTES = Caps().body_bytes
_BODY_SECONDS = 60.0
_UNREAD_SECONDS = 60.0
"""A client that reads nothing for so long is taken for gone: it holds a place at an engine."""
_JSON = (b"content-type", b"application/json")
_STREAM = (b"content-type", b"text/event-stream; charset=utf-8")
_ALWAYS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
Headers = list[tuple[bytes, bytes]]


class Gone(Exception):
    """The client went away."""


class Exchange:
    """`begun`: the status line went out. `named`: headers by which a refusal is found in the ledger."""

    __slots__ = ("_receive", "_send", "begun", "named", "over", "scope")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self._receive, self._send = scope, receive, send
        self.begun = self.over = False
        self.named: Headers = []

    async def body(self) -> bytes:
        """All of it. TooLarge beyond the cap, whatever length was said; InvalidInput where it does not
        come in time or is compressed; Gone."""
        for name, value in self.scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value) > _MOST_BYTES:
                raise _too_large()
            if name == b"content-encoding" and value.lower() != b"identity":
                raise InvalidInput("The body is compressed, which is not taken. Send it as it is.")
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                return await self._rest(await self._receive())
        except TimeoutError:
            raise InvalidInput(f"The body did not come within {_BODY_SECONDS:g} s.") from None

    async def _rest(self, message: Message) -> bytes:
        parts, size = [], 0
        while message["type"] == "http.request":
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > _MOST_BYTES:
                raise _too_large()
            if not message.get("more_body"):
                return parts[0] if len(parts) == 1 else b"".join(parts)
            message = await self._receive()
        raise Gone

    async def gone(self) -> None:
        """Returns when the client went away, or all was sent."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def start(self, status: int, *, stream: bool, headers: Headers) -> None:
        self.begun = True
        sent = [_STREAM if stream else _JSON, *_ALWAYS, *headers]
        await self._out({"type": "http.response.start", "status": status, "headers": sent})

    async def more(self, data: bytes) -> None:
        await self._out({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, data: bytes = b"") -> None:
        self.over = True
        await self._out({"type": "http.response.body", "body": data, "more_body": False})

    async def _out(self, message: Message) -> None:
        """Gone: what was sent before is not read."""
        try:
            async with asyncio.timeout(_UNREAD_SECONDS):
                await self._send(message)
        except TimeoutError:
            raise Gone from None

    async def whole(self, status: int, data: bytes, headers: Headers) -> None:
        length = (b"content-length", b"%d" % len(data))
        await self.start(status, stream=False, headers=[length, *headers])
        await self.end(data)


def _too_large() -> LionrockError:
    return TooLarge(
        f"The body is larger than {_MOST_BYTES:,} bytes. Send less text, or fewer or smaller images."
    )
