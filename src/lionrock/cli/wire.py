"""HTTP as it comes: uvicorn's parser, with bounds that it has not.

httptools reads a head of any length, for as long as it takes, and adds the trailers of a body to its
head: a client without a key could fill the memory, and one behind a proxy send what the proxy would
have taken out (RFC 9110, 6.5.1: trailers are not merged).
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES: Final = 65_536
"""Of a request line and its headers; and of what is no body after them: trailers, chunk extensions."""
HEAD_SECONDS: Final = 30.0
"""In which they have to come, from the beginning of a connection or of their first byte."""
_TOO_LARGE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedProtocol(HttpToolsProtocol):
    """`_head`: bytes of a head that is not complete; None while none is being read."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._head: int | None = 0
        self._begun = False
        self._rest, self._moved = 0, False
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._begun = self._moved = False
        super().data_received(data)
        # httptools holds back a trailer until it ends, which it need not.
        self._rest = 0 if self._moved else self._rest + len(data)
        if self._head is None and self._rest > HEAD_BYTES:
            self.transport.abort()
            return
        # Of the piece in which it begins a part may be of the request before.
        if self._head is not None and not self._begun and not self.transport.is_closing():
            self._head += len(data)
            if self._head > HEAD_BYTES:
                self.transport.write(_TOO_LARGE)
                self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begun = True
        if self._late is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        self._moved = True
        self._head_came()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._moved = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._moved = True
        super().on_message_complete()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head is not None:  # else it is a trailer
            super().on_header(name, value)

    def _await_head(self) -> None:
        self._head = 0
        self._late = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _head_came(self) -> None:
        self._head = None
        if self._late is not None:
            self._late.cancel()
            self._late = None
