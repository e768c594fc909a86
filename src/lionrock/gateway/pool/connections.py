"""One engine's connections: aiohttp, kept for a moment, to nowhere the egress list does not name."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

import aiohttp
from aiohttp.client import _RequestContextManager
from yarl import URL

from lionrock.errors import EgressRefused, EngineUnavailable
from lionrock.gateway.pool.addresses import Address
from lionrock.gateway.pool.engines import Engine
from lionrock.kernel.egress import Gate
from lionrock.kernel.egress.connectors import connector
from lionrock.models.engines import CONNECT_SECONDS

_KEPT_SECONDS = 3.0
"""Less than the 5 s after which llama.cpp and uvicorn (vLLM, SGLang) close an idle connection: a
request must not go into one that is being closed."""
_PROBE_SECONDS = 3.0
_JSON = "application/json"
_AT_ONCE_BYTES = 2**20


class Connection:
    """A client of one engine. No proxies, no redirects, no cookies; `close` at the end."""

    def __init__(self, engine: Engine, egress: Gate) -> None:
        self._engine, self._egress = engine, egress
        self._address = Address.read(engine.url)
        self._limits = _limits(engine.silence)
        self._urls: dict[str, URL] = {}
        self._session: aiohttp.ClientSession | None = None

    def post(
        self,
        path: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        silence: float | None = None,
    ) -> _RequestContextManager:
        """POST JSON to `path` under the API's root ("chat/completions"): `async with … as response`.

        EgressRefused before anything is sent. Leave the block early and the engine is hung up on,
        which is what stops its work. `silence`: seconds, if not the engine's own; an answer that is
        not streamed comes after a silence as long as all its work.
        """
        self._check()
        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = self._address.api / path
        sent = {"Content-Type": _JSON, **headers} if headers else {"Content-Type": _JSON}
        limits = self._limits if silence is None else _limits(silence)
        # What is large is written in pieces: other requests have their turn in between.
        data = body if len(body) <= _AT_ONCE_BYTES else BytesIO(body)
        return self._client().post(
            url, data=data, headers=sent, timeout=limits, allow_redirects=False
        )

    async def probe(self, path: str) -> None:
        """GET `path` under the server's root; EngineUnavailable, in words, unless it is a 200."""
        brief = aiohttp.ClientTimeout(total=_PROBE_SECONDS)
        label = f"The engine {self._engine.name}"
        try:
            self._check()
            url = self._address.root.joinpath(path.lstrip("/"))
            async with self._client().get(url, timeout=brief, allow_redirects=False) as response:
                status = response.status
        except EgressRefused as error:
            raise EngineUnavailable(error.detail) from None
        except TimeoutError:
            raise EngineUnavailable(
                f"{label} did not answer its health check within {_PROBE_SECONDS:g} s."
            ) from None
        except (aiohttp.ClientError, OSError):
            raise EngineUnavailable(
                f"{label} cannot be reached; see that it runs and that its address is right."
            ) from None
        if status in (401, 403):
            raise EngineUnavailable(f"{label} does not take the key (status {status}).")
        if status != 200:
            raise EngineUnavailable(f"{label} says that it is not well (status {status}).")

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _check(self) -> None:
        if self._address.socket is None:
            self._egress.check(self._address.host, self._address.port)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {"Accept-Encoding": "identity"}
            if self._engine.key:
                headers["Authorization"] = f"Bearer {self._engine.key}"
            self._session = aiohttp.ClientSession(
                connector=connector(self._address.socket, self._egress, keep=_KEPT_SECONDS),
                headers=headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                # Nothing compressed is asked for; what comes so all the same is no answer, and no bomb.
                auto_decompress=False,
            )
        return self._session


def _limits(silence: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=silence)
