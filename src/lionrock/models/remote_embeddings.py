"""Embeddings from any server with OpenAI's `POST {base_url}/embeddings`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import aiohttp
import numpy as np

from lionrock.errors import Unavailable
from lionrock.kernel.egress import Egress, Gate, parse_url
from lionrock.kernel.egress.checked_resolver import CheckedResolver
from lionrock.models.e5 import Floats

_E5_PREFIXES = ("query: ", "passage: ")
_TEXTS_A_REQUEST = 32
_REQUEST_SECONDS = 120.0


class RemoteEmbedder:
    """Made with `connect`. The server cuts or refuses texts longer than its model takes."""

    def __init__(
        self, server: _Server, model: str, dimension: int, prefixes: tuple[str, str]
    ) -> None:
        self.name, self.dimension = model, dimension
        self._server, self._prefixes = server, prefixes

    @classmethod
    async def connect(
        cls,
        base_url: str,
        *,
        key: str | None = None,
        model: str | None = None,
        prefixes: tuple[str, str] | None = None,
        egress: Gate | None = None,
    ) -> Self:
        """Ask the server for its dimension, and for its first model if `model` is None.

        `prefixes` go before queries and before passages; left None, they are e5's ("query: ",
        "passage: ") for a model whose name contains "e5", else empty. `egress` is asked before
        each request; without one, loopback is all there is. Unavailable if the server does not
        answer with vectors.
        """
        server = _Server(base_url, key, egress or Egress())
        try:
            model = model or await server.first_model()
            dimension = len((await server.vectors(model, ["1"]))[0])
        except BaseException:
            await server.close()
            raise
        default = _E5_PREFIXES if "e5" in model.lower() else ("", "")
        return cls(server, model, dimension, default if prefixes is None else prefixes)

    async def queries(self, texts: Sequence[str]) -> Floats:
        return await self._embed(self._prefixes[0], texts)

    async def passages(self, texts: Sequence[str], *, urgent: bool = False) -> Floats:
        return await self._embed(self._prefixes[1], texts)

    async def close(self) -> None:
        await self._server.close()

    async def _embed(self, prefix: str, texts: Sequence[str]) -> Floats:
        result = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _TEXTS_A_REQUEST):
            batch = [prefix + text for text in texts[start : start + _TEXTS_A_REQUEST]]
            vectors = await self._server.vectors(self.name, batch)
            if vectors.shape[1] != self.dimension:
                raise self._server.unusable(
                    f"has dimension {vectors.shape[1]}, {self.dimension} before"
                )
            result[start : start + len(batch)] = vectors
        return result


class _Server:
    """The HTTP side: one session, no proxy from the environment, no redirects followed."""

    def __init__(self, base_url: str, key: str | None, egress: Gate) -> None:
        self._url = base_url.rstrip("/")
        where = parse_url(base_url)
        self._host, self._port = str(where.host), where.port
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._egress = egress
        self._session: aiohttp.ClientSession | None = None

    async def first_model(self) -> str:
        answer = await self._ask("GET", "models")
        try:
            return str(answer["data"][0]["id"])
        except (KeyError, IndexError, TypeError):
            raise self.unusable("names no model; give one by name") from None

    async def vectors(self, model: str, texts: list[str]) -> Floats:
        """float32 (len(texts), dimension), each row of length 1."""
        body = {"model": model, "input": texts, "encoding_format": "float"}
        answer = await self._ask("POST", "embeddings", body)
        try:
            rows = sorted(answer["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise self.unusable(f"is not a list of embeddings ({type(error).__name__})") from None
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise self.unusable(f"has shape {vectors.shape} for {len(texts)} texts")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(lengths) & (lengths > 0)).all():
            raise self.unusable("holds a vector without a direction")
        return np.asarray(vectors / lengths, np.float32)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def unusable(self, why: str) -> Unavailable:
        return Unavailable(f"The answer of the embedding server at {self._host} {why}.")

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        self._egress.check(self._host, self._port)
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=_REQUEST_SECONDS, sock_connect=10)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=CheckedResolver(self._egress)),
                headers=self._headers,
                timeout=timeout,
                trust_env=False,
            )
        url = f"{self._url}/{path}"
        try:
            async with self._session.request(
                method, url, json=body, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise self.unusable(f"to {path} has status {response.status}")
                return await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Unavailable(
                f"The embedding server at {self._host} did not answer: {type(error).__name__}."
            ) from None
