"""HTTP to the engine under check: whole answers, streamed ones, and ones that are given up."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from lionrock.errors import EngineUnavailable, InvalidInput
from lionrock.gateway.conformance.verdicts import Fault
from lionrock.kernel.egress import Egress, Gate, parse_url
from lionrock.kernel.egress.connectors import connector
from lionrock.models.engines import CONNECT_SECONDS

Json = dict[str, Any]
_MAX_BODY_BYTES = 8 * 2**20
_SOCKET = "unix:"


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    content_type: str
    body: bytes

    @property
    def ok(self) -> bool:
        return self.status == 200

    def json(self) -> Json:
        """The body as an object; Fault if it is none."""
        try:
            told = json.loads(self.body)
        except (ValueError, RecursionError):
            raise Fault(f"answered {self.status} with a body that is not JSON") from None
        if not isinstance(told, dict):
            raise Fault(f"answered {self.status} with JSON that is no object")
        return told


class Wire:
    """One engine. `url`: http(s)://host:port with or without /v1, or unix:/path/of/a.sock.

    `egress` is asked before each connection; without one, loopback is all there is. Connections are
    not kept: closing one is what tells an engine to stop.
    """

    def __init__(
        self, url: str, *, key: str | None = None, egress: Gate | None = None, silence: float
    ) -> None:
        self._socket: Path | None = None
        if url.startswith(_SOCKET):
            self._socket, url = Path(url.removeprefix(_SOCKET)), "http://engine"
        else:
            parse_url(url)
        self._root = URL(re.sub(r"/v1/?$", "", url).rstrip("/"))
        self._key, self._egress, self._silence = key, egress or Egress(), silence
        self._session: aiohttp.ClientSession | None = None

    @property
    def keyed(self) -> bool:
        return bool(self._key)

    async def call(
        self, method: str, path: str, body: Json | bytes | None = None, *, key: str | None = ""
    ) -> Reply:
        """`key`: in place of the engine's own; None sends no key. Fault if it breaks off."""
        async with self.open(method, path, body, key=key) as response:
            content = bytearray()
            async for chunk in response.content.iter_any():
                content += chunk
                if len(content) > _MAX_BODY_BYTES:
                    raise Fault(f"sent more than {_MAX_BODY_BYTES >> 20} MiB")
            return Reply(response.status, response.content_type, bytes(content))

    @asynccontextmanager
    async def open(
        self, method: str, path: str, body: Json | bytes | None = None, *, key: str | None = ""
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One exchange; its connection is closed at the end, read to the end or not."""
        if self._socket is None:
            self._egress.check(self._root.host or "", self._root.port)
        sent = json.dumps(body, ensure_ascii=False).encode() if isinstance(body, dict) else body
        # A reader, as aiohttp warns of large bodies that are sent as bytes.
        data = None if sent is None else BytesIO(sent)
        try:
            response = await self._client().request(
                method, self._root.join(URL(self._root.path.rstrip("/") + path)), data=data,
                headers=self._headers(key, sent is not None), allow_redirects=False,
            )  # fmt: skip
            try:
                yield response
            finally:
                response.close()
        except aiohttp.ClientConnectorError:
            raise EngineUnavailable(
                "The engine cannot be reached. See that it runs and that the address is right."
            ) from None
        except TimeoutError:
            raise Fault(f"sent nothing for {self._silence:g} s") from None
        except (aiohttp.ClientError, OSError):
            raise Fault("broke the connection off") from None

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()
            await asyncio.sleep(0)

    def _headers(self, key: str | None, body: bool) -> dict[str, str]:
        shown = self._key if key == "" else key
        headers = {"Content-Type": "application/json"} if body else {}
        return headers | ({"Authorization": f"Bearer {shown}"} if shown else {})

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=connector(self._socket, self._egress, keep=None),
                headers={"Accept-Encoding": "identity"},
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=CONNECT_SECONDS, sock_read=self._silence
                ),
                trust_env=False,
            )
        return self._session


def key_in(file: Path) -> str:
    """The first line of a key file. InvalidInput: not readable, or empty."""
    try:
        found = file.read_text("utf-8").strip().splitlines()
    except (OSError, UnicodeDecodeError):
        raise InvalidInput(f"{file} cannot be read. Name a file that holds the key.") from None
    if not found:
        raise InvalidInput(f"{file} is empty. Name a file that holds the key.")
    return found[0]
