"""Text folded for matching: width, case and script made one, with the way back to the original.

NFKC, case folding and Traditional to Simplified, character by character, so that a match can be
marked where it stands. Nearly every character folds to one: then the text is translated by a table
and places stay the same. The few that fold to several, or to nothing, take the slow way.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import opencc

_NOTHING: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f")
"""Soft hyphen, zero-width and direction marks: seen by no reader, and not to hide a name behind."""


@dataclass(frozen=True, slots=True)
class Folded:
    text: str
    places: Sequence[int] | None
    """For each folded character the original's place, and one more for the end. None: the same."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original text behind folded [start, end), which is not empty."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


class _Table(dict[int, str]):
    """Each character's folding, found out once."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _folded(chr(code))
        return found


_TABLE: Final = _Table()


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=50_000)
def _folded(character: str) -> str:
    if character in _NOTHING:
        return ""
    plain = unicodedata.normalize("NFKC", character).casefold()
    if len(plain) > 1 and not any(map(str.isalnum, plain)):
        return character  # "…" and its like: part of no name or number
    return str(_converter().convert(plain)) if ord(character) >= 0x2E80 else plain


def fold(text: str) -> Folded:
    """Growth: linear in the text, some 50 ns a character."""
    folded = text.translate(_TABLE)
    if len(folded) == len(text) and all(len(_TABLE[ord(c)]) == 1 for c in set(text)):
        return Folded(folded, None)
    parts, places = [], []
    for place, character in enumerate(text):
        part = _TABLE[ord(character)]
        parts.append(part)
        places.extend([place] * len(part))
    return Folded("".join(parts), [*places, len(text)])
