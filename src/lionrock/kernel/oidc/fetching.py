"""HTTP to a provider: every request asks the egress list first, and no redirect is followed.

A provider's endpoints answer themselves (OpenID Connect Discovery 1.0, section 4). One that
redirects could lead to a host that nobody listed, so its answer is refused instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp
from yarl import URL

from lionrock.errors import EgressRefused, Unavailable
from lionrock.kernel.egress import Gate
from lionrock.kernel.egress.checked_resolver import CheckedResolver
from lionrock.kernel.oidc.addresses import checked

LARGEST = 256 * 1024
"""Bytes of an answer that are read; a longer one is refused."""
_SECONDS = 10.0


class Fetcher:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: str) -> dict[str, Any]:
        """The JSON object at `url`. `Unavailable` if there is none, `EgressRefused` if not allowed."""
        status, answer = await self._ask("GET", url, {}, None)
        if status != 200:
            raise Unavailable(f"The identity provider at {checked(url).host} answered {status}.")
        return answer

    async def post(
        self, url: str, headers: Mapping[str, str], body: str
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON object that answer a form (`application/x-www-form-urlencoded`)."""
        return await self._ask("POST", url, headers, body)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: str | None
    ) -> tuple[int, dict[str, Any]]:
        host = self._allowed(url)
        try:
            # `encoded`: what was checked is sent as it stands, not as a second parser rewrites it.
            async with self._client().request(
                method, URL(url, encoded=True), headers=headers, data=body, allow_redirects=False
            ) as response:
                if 300 <= response.status < 400:
                    raise Unavailable(
                        f"The identity provider at {host} answered with a redirect, which is not "
                        "followed: its configuration must name the final addresses."
                    )
                return response.status, _object(await _content(response, host), host)
        except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
            if isinstance(error.__cause__, EgressRefused):
                raise error.__cause__ from None
            kind = type(error).__name__
            raise Unavailable(
                f"The identity provider at {host} does not answer ({kind})."
            ) from None

    def _allowed(self, url: str) -> str:
        """The host of `url`, once the egress list has it."""
        try:
            parsed = checked(url)
        except ValueError as error:
            raise Unavailable(
                f"An address of the identity provider cannot be used: {error}"
            ) from None
        self._gate.check(str(parsed.host), parsed.port)
        return str(parsed.host)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    force_close=True, use_dns_cache=False, resolver=CheckedResolver(self._gate)
                ),
                timeout=aiohttp.ClientTimeout(total=_SECONDS, sock_connect=_SECONDS / 2),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept": "application/json", "Accept-Encoding": "identity"},
                trust_env=False,
            )
        return self._session


async def _content(response: aiohttp.ClientResponse, host: str) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        content += chunk
        if len(content) > LARGEST:
            raise Unavailable(
                f"The identity provider at {host} answered with more than {LARGEST} bytes."
            )
    return bytes(content)


def _object(content: bytes, host: str) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise Unavailable(f"The identity provider at {host} did not answer with a JSON object.")
    return answer
