"""A text as numbers: hashed n-grams of characters, words and opinions, and what its opinion words say.

Hashed (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009), so that a
trained classifier holds weights and no words. Numpy alone: what reads thousands of texts loads no more.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.assist.sentiment import polarity
from lionrock.assist.sentiment.polarity import Reading
from lionrock.assist.sentiment.words import Match, Unit, folded, units
from lionrock.documents.sentences import sentences

Floats = NDArray[np.float32]
Places = NDArray[np.int64]

BITS: Final = 32
VERSION: Final = 1
"""Of what the numbers mean: weights of another version cannot be used."""
LONGEST: Final = 5000
"""Characters that are looked at: of a longer text its beginning and its end, half each."""
_CHARACTERS: Final = (1, 2, 3, 4)
_SPACE: Final = re.compile(r"\s+")
_PRIME: Final = np.uint64(0x100000001B3)
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(64 - BITS)
_PARTS: Final = 3
"""Whole, first sentence and last: a review says at either end what it thinks."""


@dataclass(frozen=True, slots=True)
class Features:
    """`places` in the hashed space, by block, with how often each stands; `dense`: see `_said`."""

    blocks: tuple[tuple[Places, Floats], ...]
    dense: Floats


def features(text: str) -> Features:
    text = bounded(text)
    found = units(text)
    matched = polarity.matches(found)
    parts = [(0, len(text)), *_ends(text)]
    readings = [polarity.read(found, _within(matched, *part)) for part in parts]
    blocks = (
        _counted(_characters(text)),
        _counted(_words(found)),
        _counted(_opinions(found, readings)),
    )
    dense = np.array(
        [n for r in readings for n in _said(r)] + _manner(text, found), dtype=np.float32
    )
    return Features(blocks, dense)


def bounded(text: str) -> str:
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]}\n{text[-half:]}"


def _ends(text: str) -> list[tuple[int, int]]:
    ranges = sentences(text) or [(0, len(text))]
    return [ranges[0], ranges[-1]]


def _within(matched: Sequence[Match], start: int, end: int) -> list[Match]:
    return [m for m in matched if start <= m.start and m.end <= end]


def _said(reading: Reading) -> list[float]:
    sums = (reading.good, reading.bad, reading.fair, reading.turned, reading.but)
    rise = max(min(reading.rising, 3.0), -3.0)
    return [reading.score, rise, *(float(np.log1p(n)) for n in sums)]


def _manner(text: str, found: Sequence[Unit]) -> list[float]:
    marks = (text.count("!") + text.count("！"), text.count("?") + text.count("？"))
    digits = sum(u.text[0].isdigit() for u in found)
    return [float(np.log1p(n)) for n in (*marks, digits, len(found))]


def _characters(text: str) -> Places:
    plain = _SPACE.sub(" ", f" {folded(text)} ")
    codes = np.frombuffer(plain.encode("utf-32-le", "replace"), "<u4").astype(np.uint64)
    found, rolling = [], np.zeros(len(codes), np.uint64)
    with np.errstate(over="ignore"):
        for length in range(1, max(_CHARACTERS) + 1):
            if length > len(codes):
                break
            rolling = rolling[: len(codes) - length + 1] * _PRIME + codes[length - 1 :]
            if length in _CHARACTERS:
                found.append(((rolling + np.uint64(length)) * _SPREAD) >> _SHIFT)
    return np.concatenate(found).astype(np.int64)


def _words(found: Sequence[Unit]) -> Places:
    """Latin words and numbers, alone and in pairs; a number is a number, whichever."""
    words = ["#" if u.text[0].isdigit() else u.text for u in found if u.text[0].isascii()]
    pairs = [f"{a} {b}" for a, b in pairwise(words)]
    return _hashed("w", [*words, *pairs])


def _opinions(found: Sequence[Unit], readings: Sequence[Reading]) -> Places:
    """Each opinion word with its sign in the text, and once more where it opens or ends the text."""
    return _hashed("o", [
        f"{part} {'+' if value > 0 else '-'} {' '.join(u.text for u in found[m.first:m.last])}"
        for part, reading in enumerate(readings) for m, value in reading.opinions
    ])  # fmt: skip


def _hashed(block: str, names: Sequence[str]) -> Places:
    mask = (1 << BITS) - 1
    made = [zlib.crc32(f"{block} {name}".encode("utf-8", "replace")) & mask for name in names]
    return np.array(made, dtype=np.int64)


def _counted(places: Places) -> tuple[Places, Floats]:
    unique, counts = np.unique(places, return_counts=True)
    return unique, (1.0 + np.log(counts)).astype(np.float32)
