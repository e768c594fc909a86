"""What every vector of one language has in common, taken out before vectors are compared.

A multilingual encoder puts texts of one language nearer to each other than to their translations: a
Chinese question finds Chinese sentences, whatever they say. Taking out most of each language's mean
(Libovický, Rosa and Fraser 2020, "On the Language Neutrality of Pre-trained Multilingual
Representations") lets it find English ones. The means belong to the encoder, not to anyone's
documents; `bench/language_means.py` computes them from the project's own samples.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

SHARE = 0.8
"""How much of the mean is taken out: all of it costs questions in the documents' own language."""


@dataclass(frozen=True, slots=True)
class Means:
    """Mean vectors of questions and of sentences, for (English, Chinese)."""

    questions: tuple[Vector, Vector]
    sentences: tuple[Vector, Vector]

    def question(self, vector: Vector, *, chinese: bool) -> Vector:
        """The question's vector with its language's share taken out."""
        return vector - np.float32(SHARE) * self.questions[chinese]

    def offset(self, centred: Vector, *, chinese: bool) -> float:
        """What each sentence of the language owes to its language alone, against `centred`."""
        return float(SHARE * (self.sentences[chinese] @ centred))


@cache
def _measured() -> dict[str, Any]:
    known: dict[str, Any] = json.loads(
        (files("lionrock.search") / "language_means.json").read_text("utf-8")
    )
    return known


def measured(embedder: str) -> bool:
    """Whether the means of the encoder of that name are known."""
    return embedder in _measured()


@cache
def means_of(embedder: str, dimension: int) -> Means:
    """The means of the encoder of that name; zeros for one that was not measured."""
    known = _measured().get(embedder)
    zero = np.zeros(dimension, np.float32)
    if known is None:
        return Means((zero, zero), (zero, zero))
    q, s = (
        [np.array(known[k][n], np.float32) for n in ("en", "zh")]
        for k in ("questions", "sentences")
    )
    return Means((q[0], q[1]), (s[0], s[1]))
