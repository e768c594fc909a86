"""Sends spans to the collector of the settings: OTLP over HTTP, batched, bounded, by way of the egress list.

A collector that is down, slow or wrong costs the spans, and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import aiohttp

from lionrock.errors import EgressRefused, LionrockError, Unavailable
from lionrock.kernel.egress import Gate, parse_url
from lionrock.kernel.egress.checked_resolver import CheckedResolver
from lionrock.kernel.tasks import stop
from lionrock.kernel.telemetry.spans import Traces

log = logging.getLogger(__name__)
_PATH: Final = "/v1/traces"
_BATCH: Final = 512
_EVERY_SECONDS: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
_SECONDS: Final = 10.0
"""For one request."""
_LAST_SECONDS: Final = 1.0
"""At the end, for what is left."""
_LATER: Final = frozenset({429, 502, 503, 504})
"""OTLP 1.x, "Retryable Response Codes"; what answers otherwise would answer so again."""


class Collector:
    """`close` at the end. InvalidInput for an address that cannot be read, EgressRefused for one that
    is not on the list. No proxies, no redirects, no cookies."""

    def __init__(self, url: str, key: str | None, egress: Gate) -> None:
        self._url = url.rstrip("/").removesuffix(_PATH) + _PATH
        self._place, self._egress = parse_url(url), egress
        self._headers = {"Content-Type": "application/x-protobuf"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._session: aiohttp.ClientSession | None = None
        self._check()

    async def send(self, body: bytes) -> bool:
        """Was it taken? Unavailable where the same may be taken later."""
        try:
            self._check()
            async with self._client().post(
                self._url, data=body, headers=self._headers, allow_redirects=False
            ) as response:
                if response.status in _LATER:
                    raise Unavailable(f"it answers with status {response.status}")
                return response.status // 100 == 2
        except (
            aiohttp.ClientError,
            EgressRefused,
            OSError,
        ) as error:  # a TimeoutError is an OSError
            raise Unavailable(type(error).__name__) from None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _check(self) -> None:
        self._egress.check(str(self._place.host), self._place.port)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=1, resolver=CheckedResolver(self._egress)),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=_SECONDS),
                trust_env=False,
            )
        return self._session


@asynccontextmanager
async def sending(
    traces: Traces, collector: Collector, every: float = _EVERY_SECONDS
) -> AsyncIterator[None]:
    """For as long as the block lasts, and once more at its end. `every`: seconds."""
    task = asyncio.create_task(_send(traces, collector, every), name="traces")
    try:
        yield
    finally:
        await stop(task)
        with suppress(LionrockError, TimeoutError):
            async with asyncio.timeout(_LAST_SECONDS):
                await _batches(traces, collector)
        await collector.close()


async def _send(traces: Traces, collector: Collector, every: float) -> None:
    pause = every
    while True:
        await asyncio.sleep(pause)
        try:
            await _batches(traces, collector)
        except Unavailable as error:
            if pause <= every:
                log.warning("traces are not sent: %s", error.detail)
            pause = min(max(_LONGEST_PAUSE, every), pause * 2)
        except Exception as error:  # whatever it is, it is tried again
            log.error("traces are not sent: %s", type(error).__name__)
            pause = _LONGEST_PAUSE
        else:
            pause = every


async def _batches(traces: Traces, collector: Collector) -> None:
    # Here, for who names no collector does not pay for protobuf.
    from lionrock.kernel.telemetry.encoding import encoded

    while batch := traces.take(_BATCH):
        try:
            taken = await collector.send(await asyncio.to_thread(encoded, batch))
        except BaseException:
            traces.give_back(batch)
            raise
        if taken:
            traces.sent += len(batch)
        else:
            traces.dropped += len(batch)
