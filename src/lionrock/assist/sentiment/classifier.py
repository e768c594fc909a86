"""A trained classifier: weights as arrays, and what it makes of texts. Numpy alone.

Two heads share the n-grams: one reads meaning too, from embeddings, the other does without ("quick").
Each is a multinomial logistic regression, its temperature fitted on held-out folds (Guo et al., "On
Calibration of Modern Neural Networks", ICML 2017).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

import numpy as np

from lionrock.assist.sentiment.features import VERSION, Features, Floats, Places
from lionrock.errors import Conflict

LABELS: Final = ("negative", "neutral", "positive")
DENSE_WEIGHT: Final = 0.2
"""Of what opinion words say beside the n-grams, which have length 1 a block."""


@dataclass(frozen=True, slots=True)
class Head:
    """`blocks`: weights (n-grams x labels) of each block; `threshold`: least confidence that decides."""

    blocks: tuple[Floats, ...]
    dense: Floats
    meaning: Floats
    """(dimension x labels); (0 x labels) in the head that does without."""
    bias: Floats
    temperature: float
    threshold: float


@dataclass(frozen=True)
class Classifier:
    """`keys`: hashed n-grams of each block, sorted; `idf` beside them. `embedder`: whose vectors it reads."""

    keys: tuple[Places, ...]
    idf: tuple[Floats, ...]
    mean: Floats
    spread: Floats
    centre: Floats
    length: float
    heads: dict[str, Head]
    embedder: str = ""
    version: int = field(default=VERSION)

    def probabilities(
        self, texts: Sequence[Features], vectors: Floats | None = None
    ) -> tuple[Floats, float]:
        """(texts x labels), calibrated, and the least confidence that decides. With `vectors` the head
        that reads meaning, where there is one."""
        name = "meaning" if vectors is not None and "meaning" in self.heads else "quick"
        head = self.heads[name]
        logits = np.stack([self._logits(head, one) for one in texts])
        if name == "meaning" and vectors is not None:
            logits += self.centred(vectors) @ head.meaning
        return softmax((logits + head.bias) / head.temperature), head.threshold

    def centred(self, vectors: Floats) -> Floats:
        made: Floats = (vectors - self.centre) / np.float32(self.length)
        return made

    def dense(self, dense: Floats) -> Floats:
        made: Floats = (dense - self.mean) / self.spread * np.float32(DENSE_WEIGHT)
        return made

    def _logits(self, head: Head, text: Features) -> Floats:
        total = self.dense(text.dense) @ head.dense
        for weights, (at, values) in zip(head.blocks, self.weighed(text), strict=True):
            total = total + values @ weights[at]
        return total

    def weighed(self, text: Features) -> list[tuple[Places, Floats]]:
        """Rows of each block's weights that the text touches, and with how much."""
        return [
            _weighed(keys, idf, *block)
            for keys, idf, block in zip(self.keys, self.idf, text.blocks, strict=True)
        ]

    @property
    def reads_meaning(self) -> bool:
        return "meaning" in self.heads

    def packed(self) -> bytes:
        """As NumPy's npz, which holds arrays and runs nothing."""
        arrays: dict[str, Any] = {
            "version": np.int64(self.version), "embedder": np.str_(self.embedder),
            "mean": self.mean, "spread": self.spread, "centre": self.centre,
            "length": np.float32(self.length), "blocks": np.int64(len(self.keys)),
        }  # fmt: skip
        for n, (keys, idf) in enumerate(zip(self.keys, self.idf, strict=True)):
            arrays |= {f"keys{n}": keys.astype(np.uint32), f"idf{n}": idf}
        for name, head in self.heads.items():
            parts = {"dense": head.dense, "meaning": head.meaning, "bias": head.bias}
            parts["decides"] = np.array([head.temperature, head.threshold], np.float32)
            parts |= {f"block{n}": weights for n, weights in enumerate(head.blocks)}
            arrays |= {f"{name}.{part}": array for part, array in parts.items()}
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)
        return file.getvalue()

    @classmethod
    def unpacked(cls, data: bytes) -> Self:
        """`Conflict` for weights of another version, or that are none."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            if int(arrays["version"]) != VERSION:
                raise Conflict("This classifier was trained by another release. Train it again.")
            return cls._of(arrays)
        except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
            raise Conflict("The classifier's weights cannot be read. Train it again.") from error

    @classmethod
    def _of(cls, arrays: dict[str, Any]) -> Self:
        blocks = range(int(arrays["blocks"]))
        heads = {
            name: Head(
                tuple(arrays[f"{name}.block{n}"] for n in blocks), arrays[f"{name}.dense"],
                arrays[f"{name}.meaning"], arrays[f"{name}.bias"],
                *(float(n) for n in arrays[f"{name}.decides"]),
            )
            for name in ("quick", "meaning") if f"{name}.bias" in arrays
        }  # fmt: skip
        return cls(
            tuple(arrays[f"keys{n}"].astype(np.int64) for n in blocks),
            tuple(arrays[f"idf{n}"] for n in blocks),
            arrays["mean"], arrays["spread"], arrays["centre"], float(arrays["length"]), heads,
            str(arrays["embedder"]),
        )  # fmt: skip


def _weighed(keys: Places, idf: Floats, places: Places, values: Floats) -> tuple[Places, Floats]:
    if not len(keys):
        return np.empty(0, np.int64), np.empty(0, np.float32)
    at = np.minimum(np.searchsorted(keys, places), len(keys) - 1)
    known = keys[at] == places
    at = at[known]
    weighed = values[known] * idf[at]
    length = float(np.sqrt(weighed @ weighed)) or 1.0
    return at, weighed / np.float32(length)


def softmax(logits: Floats) -> Floats:
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    made: Floats = exponents / exponents.sum(axis=1, keepdims=True)
    return made
