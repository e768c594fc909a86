"""How a vector is made small: a bit a dimension to look through all, a byte a dimension to choose.

Bits: on which side of its language's mean each number lies. Against them a question has weights of
two strengths, so that what is looked through costs two population counts a word (compare Gao and
Long 2024, "RaBitQ": quantise the question finer than the data). Bytes: the distance from the mean,
scaled; wrong by less than the vectors of two neighbours differ. Neither is ever shown: what they bring up is
compared again with the vectors in the database.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lionrock.search.centring import Vector

Words = NDArray[np.uint64]
Bytes = NDArray[np.int8]
DIMENSION = 384
WORDS = DIMENSION // 64
_STRONG = 0.8
"""A number of a question weighs three times if it is larger than so much of their mean."""
_WIDTH = 6.0
"""Standard deviations that a byte spans to either side."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for one language's sentences: its signs, which numbers are strong, its weights."""

    signs: Words
    strong: Words
    weights: Vector


@dataclass(frozen=True)
class Frame:
    """Means (2, 384) of the sentences that are English and of the others; what one step of a byte is."""

    means: Vector
    step: float

    @classmethod
    def of(cls, vectors: Vector, chinese: NDArray[np.bool_]) -> Frame:
        """Measured on a sample: `vectors` (n, 384), and which of them are not English."""
        whole = vectors.mean(axis=0)
        parts = [vectors[chinese == side] for side in (False, True)]
        means = np.stack([p.mean(axis=0) if len(p) >= DIMENSION else whole for p in parts])
        spread = float((vectors - means[chinese.astype(int)]).std())
        return cls(means.astype(np.float32), max(_WIDTH * spread / 127, 1e-6))

    @classmethod
    def read(cls, data: bytes) -> Frame:
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            return cls(kept["means"], float(kept["step"]))

    @cached_property
    def data(self) -> bytes:
        """As it is kept."""
        file = io.BytesIO()
        np.savez(file, means=self.means, step=np.float64(self.step))
        return file.getvalue()

    @cached_property
    def id(self) -> bytes:
        """16 bytes that name it: what was made in another frame is of no use in this one."""
        numbers = self.means.tobytes() + np.float64(self.step).tobytes()
        return hashlib.sha256(numbers).digest()[:16]

    def small(self, vectors: Vector, chinese: NDArray[np.bool_]) -> tuple[Words, Bytes]:
        """Bits (6, n) as words and bytes (n, 384) of `vectors` (n, 384)."""
        apart = vectors - self.means[chinese.astype(int)]
        steps = np.clip(np.rint(apart / np.float32(self.step)), -127, 127).astype(np.int8)
        return np.ascontiguousarray(_packed(apart > 0).T), steps

    def asked(self, question: Vector, *, chinese: bool) -> Asked:
        """`question` centred, as it is compared in the database. Along the mean itself sentences
        do not differ: what a question has there says nothing of their signs."""
        mean = self.means[int(chinese)]
        apart = question - mean * (question @ mean / max(float(mean @ mean), 1e-9))
        size = np.abs(apart)
        strong = size > _STRONG * size.mean()
        return Asked(_packed(apart > 0), _packed(strong), question * np.float32(self.step))


def _packed(bits: NDArray[np.bool_]) -> Words:
    return np.packbits(bits, axis=-1).view(np.uint64)
