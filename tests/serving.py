"""Serve an ASGI application for the length of a test, on a free loopback port or a private socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn

from lionrock.cli.server import QuietServer
from lionrock.cli.wire import BoundedProtocol


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        async with _at(listener, app):
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@asynccontextmanager
async def served_privately(app: Any, path: Path) -> AsyncIterator[None]:
    """On a UNIX socket, as the command line asks it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        async with _at(listener, app):
            yield


@asynccontextmanager
async def _at(listener: socket.socket, app: Any) -> AsyncIterator[None]:
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
        yield
    finally:
        server.should_exit = True
        await task
