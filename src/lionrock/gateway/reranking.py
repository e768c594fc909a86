"""The client of a reranker: a server that scores passages for a question with `POST /v1/rerank`.

The form is Jina's and Cohere's; vLLM and llama.cpp's server (`--reranking`) answer it too. Connections
are the engines' own: egress list, no proxies, no redirects. What is sent is not metered: like embeddings,
it is the product's own work on a machine of the institution.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from typing import Any, Final

import aiohttp
import orjson
from pydantic import BaseModel, StrictFloat, StrictInt, ValidationError

from lionrock.errors import EngineUnavailable
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.pool.circuit import Circuit, Outcome
from lionrock.gateway.pool.connections import Connection
from lionrock.gateway.pool.engines import Engine, Trust
from lionrock.kernel.egress import Gate, parse_url

_MOST_BYTES: Final = 2**20
"""Of an answer: some 30 numbers, where a server does not send the texts back."""


class _Result(BaseModel):
    index: StrictInt
    relevance_score: StrictFloat | StrictInt


class _Answer(BaseModel):
    results: list[_Result]


class RemoteReranker:
    """`close` at the end. A server that fails three times in a row is left alone for a while (`Circuit`)."""

    def __init__(
        self, url: str, *, egress: Gate, model: str | None = None, key: str | None = None,
        seconds: float = 5.0,
    ) -> None:  # fmt: skip
        """`url` with or without its `/v1`. `model` None names none, for a server that has one. A
        request takes `seconds` at most. InvalidInput for an address that cannot be read;
        EgressRefused for a host that the egress list does not name."""
        key = key.strip() if key else None
        engine = Engine("reranker", EngineKind.OPENAI, url, Trust.INSIDE, (), key)
        if not url.startswith("unix:"):
            where = parse_url(url)
            egress.check(str(where.host), where.port)
        self._connection = Connection(engine, egress)
        self._model, self._seconds = model, seconds
        self._circuit = Circuit()

    async def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question, on the model's own scale.

        EngineUnavailable: no answer in time, or one that is not a score for each text; its words
        hold nothing of what was asked. EgressRefused, see `Connection.post`.
        """
        if not self._circuit.lets(time.monotonic()):
            raise EngineUnavailable("The reranker did not answer of late; it will be tried again.")
        self._circuit.begin(time.monotonic())
        outcome = Outcome.NEITHER
        try:
            async with asyncio.timeout(self._seconds):
                content = await self._content(self._body(question, texts))
            found, outcome = read(content, len(texts)), Outcome.GOOD
            return found
        except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
            outcome = Outcome.BAD
            raise EngineUnavailable(
                f"The reranker did not answer: {type(error).__name__}."
            ) from None
        except EngineUnavailable:
            outcome = Outcome.BAD
            raise
        finally:
            self._circuit.end(outcome, time.monotonic())

    async def close(self) -> None:
        await self._connection.close()

    def _body(self, question: str, texts: Sequence[str]) -> bytes:
        body: dict[str, Any] = {"query": question, "documents": list(texts), "top_n": len(texts)}
        if self._model:
            body["model"] = self._model
        return orjson.dumps(body)

    async def _content(self, body: bytes) -> bytes:
        async with self._connection.post("rerank", body, silence=self._seconds) as response:
            if response.status != 200:
                raise EngineUnavailable(f"The reranker answered with status {response.status}.")
            content = bytearray()
            async for chunk in response.content.iter_any():
                content += chunk
                if len(content) > _MOST_BYTES:
                    raise EngineUnavailable("The reranker's answer has no end.")
            return bytes(content)


def read(content: bytes, count: int) -> list[float]:
    """The scores in the order of the texts: one for each of `count`, or EngineUnavailable."""
    try:
        results = _Answer.model_validate_json(content).results
    except ValidationError:
        raise EngineUnavailable("The reranker's answer is not a list of scores.") from None
    by_index = {one.index: float(one.relevance_score) for one in results}
    if len(results) != count or set(by_index) != set(range(count)):
        raise EngineUnavailable(
            f"The reranker's answer does not have one score for each of {count} texts."
        )
    if not all(map(math.isfinite, by_index.values())):
        raise EngineUnavailable("The reranker's answer holds a score that is no number.")
    return [by_index[place] for place in range(count)]
