"""A Lionrock server in this process: the house, the web server, and word of it for the command line."""

from __future__ import annotations

import asyncio
import gc
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from lionrock.api.app import create_app
from lionrock.app import House, open_house
from lionrock.cli.wire import BoundedProtocol
from lionrock.errors import Conflict
from lionrock.kernel import identity, tenants
from lionrock.kernel.home import publish
from lionrock.screening.matching.index import warm
from lionrock.settings import Settings
from lionrock.web.pages import add_pages

_UNREAD_MS = 120_000


@dataclass(frozen=True, slots=True)
class Server:
    house: House
    url: str
    facts: dict[str, str]


@asynccontextmanager
async def serving(settings: Settings, *, web: bool) -> AsyncIterator[Server]:
    """Serve on a private socket, and with `web` on the address of the settings too."""
    listener = _listen(settings) if web else None
    async with open_house(settings) as house:
        with tempfile.TemporaryDirectory(prefix="lionrock-api-") as folder:
            path = Path(folder) / "api.sock"
            private = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            private.bind(str(path))
            sockets = [private] + ([listener] if listener else [])
            port = listener.getsockname()[1] if listener else 0
            url = f"http://{settings.host}:{port}" if listener else ""
            app = create_app(house)
            add_pages(app)
            config = uvicorn.Config(
                app, log_config=None, log_level="warning", access_log=False, server_header=False,
                timeout_graceful_shutdown=3, http=BoundedProtocol, ws="none",
                proxy_headers=bool(settings.proxies), forwarded_allow_ips=settings.proxies,
            )  # fmt: skip
            server = QuietServer(config)
            task = asyncio.create_task(server.serve(sockets=sockets))
            await server.listening.wait()
            members = (
                (house.tenant_id, house.member_id),
                await tenants.ensure_platform(house.database),
            )
            key, operator_key = [
                await identity.issue_local_key(house.database, *member) for member in members
            ]
            facts = {"socket": str(path), "key": key, "operator_key": operator_key, "url": url}
            word = publish(settings.home, **facts)
            settled = asyncio.create_task(asyncio.to_thread(_settle))
            try:
                yield Server(house, url, facts)
            finally:
                await settled
                word.unlink(missing_ok=True)
                for (tenant_id, _), token in zip(members, (key, operator_key), strict=True):
                    await identity.retire(house.database, tenant_id, token)
                server.should_exit = True
                await task


def _settle() -> None:
    """Read the tables of names before the first query waits for them; and spare the collector what
    lasts as long as the process: looking through it all stops every request for a tenth of a second."""
    warm()
    gc.collect()
    gc.freeze()


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Named as TCP: only then does asyncio turn Nagle's algorithm off, which else costs 40 ms an answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it. A client that reads nothing, or is gone without a word, is hung up on.
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_MS)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise Conflict(
            f"Port {settings.port} of {settings.host} cannot be used ({error.strerror}). Set LIONROCK_PORT to "
            "another, or to 0 for any free one."
        ) from error
    return listener


class QuietServer(uvicorn.Server):
    """Leaves signals to the command that runs it, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()
