"""Stand-ins behind the product's own protocols, for speed and for faults."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Callable, Sequence

import numpy as np

from lionrock.errors import LionrockError
from lionrock.models.engines import ChatRequest, Delta, Finished
from lionrock.search.dense import DIMENSION, Vector
from lionrock.search.tokens import terms


class WordEmbedder:
    """Texts that share terms are near: a hashed bag of terms, length 1, lifted into e5's range."""

    dimension = DIMENSION
    name = "words"

    async def queries(self, texts: Sequence[str]) -> Vector:
        return np.stack([_vector(t) for t in texts])

    async def passages(self, texts: Sequence[str], *, urgent: bool = False) -> Vector:
        return await self.queries(texts) if texts else np.empty((0, DIMENSION), np.float32)

    async def close(self) -> None: ...


def _vector(text: str) -> Vector:
    vector = np.zeros(DIMENSION, np.float32)
    for term in terms(text):
        vector[1 + zlib.crc32(term.encode()) % (DIMENSION - 1)] += 1
    length = float(np.linalg.norm(vector)) or 1.0
    vector /= length
    # Unrelated texts of e5 are at about 0.75: a shared first coordinate does the same.
    vector *= 0.5
    vector[0] = 0.866
    return vector / np.float32(np.linalg.norm(vector))


class ScriptedEngine:
    """Says what it is told to, word by word; `error` is raised after the first word.

    `odds` gives the log-odds of "yes" for a prompt, where log-probabilities are asked for.
    """

    context = 4096

    def __init__(
        self,
        say: str | Callable[[ChatRequest], str],
        error: LionrockError | None = None,
        *,
        name: str = "scripted",
        odds: Callable[[str], float] | None = None,
    ) -> None:
        self._say, self._error = say, error
        self.model_name = name
        self._odds = odds
        self.requests: list[ChatRequest] = []
        self.cancelled = 0

    async def chat(self, request: ChatRequest) -> AsyncIterator[Delta | Finished]:
        self.requests.append(request)
        text = self._say(request) if callable(self._say) else self._say
        try:
            for place, word in enumerate(text.split(" ")):
                if self._error and place == 1:
                    raise self._error
                yield Delta(word if place == 0 else f" {word}")
            yield Finished("stop", 10, len(text.split(" ")), self._first_token(request))
        except GeneratorExit:
            self.cancelled += 1
            raise

    def _first_token(self, request: ChatRequest) -> dict[str, float]:
        if self._odds is None or not request.likely_tokens:
            return {}
        return {"yes": self._odds(request.said()), "no": 0.0}

    async def healthy(self) -> bool:
        return True

    async def count_tokens(self, text: str) -> int:
        return len(text.split())

    async def close(self) -> None: ...
