"""The memory's pairs of one direction, ready for looking up: the same words, or nearly.

Time of a fuzzy look: linear in the pairs (rapidfuzz: some 50 ms in 100,000 sentences). Pairs serve both
ways, and either script of Chinese serves the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rapidfuzz import fuzz, process

from lionrock.assist.translate.memory.schemas import Pair
from lionrock.assist.translate.schemas import Match
from lionrock.assist.translate.script import in_script
from lionrock.documents.language import HAN, Language
from lionrock.search.glossary.expansion import folded

SHOWN: Final = 0.7
"""Likeness from which the memory's nearest is shown."""


class Lookup:
    """`pairs`: oldest first; of the same words the latest counts."""

    def __init__(self, pairs: Iterable[Pair], language: Language, into: Language) -> None:
        self._into = into
        self._pairs: dict[str, tuple[str, str]] = {}
        for pair in pairs:
            sides = ((pair.source_language, pair.source), (pair.into, pair.target))
            for (one, source), (other, target) in (sides, sides[::-1]):
                if serves(one, language) and serves(other, into):
                    self._pairs[key(source)] = source, target
        self._keys = list(self._pairs)

    def find(self, source: str) -> Match | None:
        """The same words (score 1), or the nearest from `SHOWN` on; their translation in the script
        asked for."""
        wanted = key(source)
        if wanted in self._pairs:
            return self._match(wanted, 1.0)
        best = process.extractOne(wanted, self._keys, scorer=fuzz.ratio, score_cutoff=100 * SHOWN)
        # Nearly all is not all: other words, however few, are never the same ones.
        return self._match(best[0], min(best[1] / 100, 0.99)) if best else None

    def _match(self, found: str, score: float) -> Match:
        source, target = self._pairs[found]
        return Match(source=source, target=in_script(target, self._into), score=round(score, 2))


def serves(kept: Language, wanted: Language) -> bool:
    """Cantonese is not written Chinese; the scripts of that are one."""
    return kept == wanted or {kept, wanted} == {"zh-Hant", "zh-Hans"}


def key(text: str) -> str:
    """By which segments are the same: white space, width, and for Chinese script aside. Case counts."""
    return folded(text) if HAN.search(text) else " ".join(text.split())
