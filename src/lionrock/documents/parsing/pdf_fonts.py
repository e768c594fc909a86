"""Which of a PDF's fonts are bold: names say so in most files, weights only against each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

_NAMED_BOLD = re.compile(rb"bold|black|heavy|demi|[-_]W[789]\b", re.IGNORECASE)
_HEAVIER = 150
"""Weights are guessed from stem widths, and producers write odd ones: 3912 for a regular face. So a
font is bold if it is heavier than the body's by this much."""


class Fonts:
    """The fonts met in one document, by name."""

    def __init__(self) -> None:
        self.weights: dict[bytes, int] = {}
        self._letters: Counter[bytes] = Counter()

    def count(self, name: bytes, letters: int) -> None:
        """Note that a line of so many letters is set in this font."""
        self._letters[name] += letters

    def seen(self) -> dict[bytes, tuple[int, int]]:
        """Weight and letters of each font, by name."""
        return {name: (weight, self._letters[name]) for name, weight in self.weights.items()}

    def add(self, seen: Mapping[bytes, tuple[int, int]]) -> None:
        """Take in the fonts of a page; the first weight told of a font stays."""
        for name, (weight, letters) in seen.items():
            self.weights.setdefault(name, weight)
            if letters:
                self._letters[name] += letters

    def bold(self) -> frozenset[bytes]:
        """The names of the bold fonts."""
        named = {name for name in self.weights if _NAMED_BOLD.search(name)}
        if named or not self._letters:
            return frozenset(named)
        body = self.weights[self._letters.most_common(1)[0][0]]
        return frozenset(name for name, weight in self.weights.items() if weight - body >= _HEAVIER)
