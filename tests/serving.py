"""Serve an ASGI application on a free loopback port for the length of a test."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from lionrock.cli.server import QuietServer
from lionrock.cli.wire import BoundedProtocol


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = QuietServer(
            uvicorn.Config(
                app,
                log_level="warning",
                proxy_headers=False,
                timeout_graceful_shutdown=1,
                http=BoundedProtocol,
                ws="none",
            )
        )
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await server.listening.wait()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
