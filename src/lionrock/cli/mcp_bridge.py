"""Passes what a local client of the Model Context Protocol asks on to the server's own door, over the
private socket. What the client may see and do is decided there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from threading import Thread
from typing import Any, Final, cast

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp.shared.inbound import (
    MCP_METHOD_HEADER,
    MCP_NAME_HEADER,
    MCP_PROTOCOL_VERSION_HEADER,
    NAME_BEARING_METHODS,
    encode_header_value,
)
from mcp_types import (
    CLIENT_CAPABILITIES_META_KEY,
    CLIENT_INFO_META_KEY,
    INTERNAL_ERROR,
    PROTOCOL_VERSION_META_KEY,
    RequestParams,
)
from mcp_types.version import LATEST_MODERN_VERSION

from lionrock import __version__
from lionrock.cli.client import Client
from lionrock.errors import LionrockError

_PATH: Final = "/mcp"
_PASSED_ON: Final = (
    "resources/list", "resources/read", "resources/templates/list", "tools/call", "tools/list",
)  # fmt: skip
_ENVELOPE: Final = {
    PROTOCOL_VERSION_META_KEY: LATEST_MODERN_VERSION,
    CLIENT_INFO_META_KEY: {"name": "lionrock mcp", "version": __version__},
    CLIENT_CAPABILITIES_META_KEY: {},
}
"""What a request tells of its client, where no session remembers it."""

Tell = Callable[[float, float | None, str | None], Awaitable[None]]


async def serve(client: Client) -> None:
    """Until standard input ends. `LionrockError` where the server does not take this client."""
    server = await server_of(client)
    async with stdio_server(stdin=cast(Any, _lines())) as (asked, answered):
        await server.run(asked, answered, server.create_initialization_options())


async def _lines() -> AsyncIterator[str]:
    """Standard input, read by a thread that nobody waits for: one that did would keep a command that is
    told to end until its client says something more."""
    loop, read = asyncio.get_running_loop(), asyncio.Queue[bytes]()

    def look() -> None:
        with suppress(RuntimeError), open(0, "rb", closefd=False) as given:  # the loop is over
            for line in given:
                loop.call_soon_threadsafe(read.put_nowait, line)
            loop.call_soon_threadsafe(read.put_nowait, b"")

    Thread(target=look, daemon=True).start()
    while line := await read.get():
        yield line.decode("utf-8", "replace")


async def server_of(client: Client) -> Server[Any]:
    """A server that tells of itself what the one behind `client` does."""
    bridge = Bridge(client)
    try:
        told = await bridge.ask("server/discover", {})
    except MCPError as error:
        raise LionrockError(error.message) from None
    server: Server[Any] = Server(
        "lionrock", version=__version__, instructions=told.get("instructions")
    )
    for method in _PASSED_ON:
        server.add_request_handler(method, RequestParams, bridge.forward)
    server.middleware.clear()
    return server


class Bridge:
    """Each request goes on as one message that needs no session. Who cancels closes its connection,
    and that stops the run."""

    def __init__(self, client: Client) -> None:
        self._client, self._asked = client, 0

    async def forward(self, context: ServerRequestContext[Any, Any], _: object) -> dict[str, Any]:
        params = dict(context.params or {})
        return await self.ask(context.method, params, context.session.report_progress)

    async def ask(
        self, method: str, params: dict[str, Any], tell: Tell | None = None
    ) -> dict[str, Any]:
        """The result. `MCPError`, in the server's words, where there is none."""
        try:
            async with aclosing(self._messages(method, params)) as messages:
                async for message in messages:
                    if "result" in message:
                        found: dict[str, Any] = message["result"]
                        return found
                    if error := message.get("error"):
                        raise MCPError(error["code"], error["message"], error.get("data"))
                    if tell and message.get("method") == "notifications/progress":
                        said = message["params"]
                        await tell(said["progress"], said.get("total"), said.get("message"))
        except LionrockError as error:
            raise MCPError(INTERNAL_ERROR, error.detail) from None
        raise MCPError(INTERNAL_ERROR, "The server ended the call without an answer.")

    def _messages(self, method: str, params: dict[str, Any]) -> AsyncGenerator[Any]:
        self._asked += 1
        token = (params.get("_meta") or {}).get("progressToken")
        meta = _ENVELOPE if token is None else {**_ENVELOPE, "progressToken": token}
        body = {
            "jsonrpc": "2.0", "id": self._asked, "method": method,
            "params": {**params, "_meta": meta},
        }  # fmt: skip
        return self._client.messages(_PATH, body, _headers(method, params))


def _headers(method: str, params: dict[str, Any]) -> dict[str, str]:
    """They repeat the method and the name, for whoever stands between; the server compares."""
    headers = {
        "Accept": "application/json, text/event-stream",
        MCP_PROTOCOL_VERSION_HEADER: LATEST_MODERN_VERSION,
        MCP_METHOD_HEADER: method,
    }
    name = params.get(NAME_BEARING_METHODS.get(method, ""))
    if isinstance(name, str):
        headers[MCP_NAME_HEADER] = encode_header_value(name)
    return headers
