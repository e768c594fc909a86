"""A bare relay: bytes in, bytes out, no key, no check, no record. Run as `-m gateway.relay ENGINE_PORT`."""

from __future__ import annotations

import socket
import sys

import aiohttp
import uvicorn
from starlette.types import Message, Receive, Scope, Send


class Relay:
    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        message: Message = {"more_body": True}
        parts = []
        while message.get("more_body"):
            message = await receive()
            parts.append(message.get("body", b""))
        sent = {"content-type": "application/json"}
        async with self._session.post(
            self._engine + scope["path"], data=b"".join(parts), headers=sent
        ) as response:
            named = ("content-type", "content-length")
            heads = [(n.encode(), v.encode()) for n in named if (v := response.headers.get(n))]
            await send({"type": "http.response.start", "status": response.status, "headers": heads})
            async for data in response.content.iter_any():
                await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def main() -> None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    app = Relay(f"http://127.0.0.1:{sys.argv[1]}")
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
