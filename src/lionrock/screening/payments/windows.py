"""Every stretch of a free text that could be a name, by rules alone.

Complete and slow: some six windows a token, each a query. An index that knows its names finds the few
that matter (`MentionFinder`); this is what its finder is measured against, and the way without one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Protocol

from lionrock.screening.names.characters import fold
from lionrock.screening.names.chinese_names import COMPOUND, surname_share

_HAN: Final = "\u3005-\u3007\u3400-\u9fff\ue000-\ufaff\U00020000-\U0010fffd"
_RUN: Final = re.compile(f"[{_HAN}]+")
_TOKEN: Final = re.compile(rf"[^\W_{_HAN}]+(?:['’.&-][^\W_{_HAN}]+)*")
_LETTER: Final = re.compile(r"[^\W\d_]")
_TOKENS: Final = 6
"""Words in the longest window."""
_ALONE: Final = 5
"""Letters of a word that can be a whole name."""
_NAME: Final = (2, 3, 4)
"""Characters of a Chinese person's name."""


class MentionFinder(Protocol):
    def mentions(self, text: str) -> Sequence[tuple[int, int]]:
        """Ranges of `text` that could be a listed name: any window of up to six words (or two to four
        Chinese characters, or a whole run of them) that screens at the threshold is among them, or
        one that brings the same entry is."""
        ...


class AllWindows:
    """The `MentionFinder` that knows no names."""

    def mentions(self, text: str) -> list[tuple[int, int]]:
        return windows(text)


def windows(text: str) -> list[tuple[int, int]]:
    """Ranges of one to six words, not all of figures, one word only if it is long; of two to four
    Chinese characters that begin with a surname; and of whole runs of Chinese characters."""
    found: list[tuple[int, int]] = []
    tokens = [m.span() for m in _TOKEN.finditer(text)]
    for first, (start, end) in enumerate(tokens):
        if end - start >= _ALONE and _LETTER.search(text, start, end):
            found.append((start, end))
        for _, end in tokens[first + 1 : first + _TOKENS]:
            if _LETTER.search(text, start, end):
                found.append((start, end))
    for run in _RUN.finditer(text):
        found += _chinese(text, run.start(), run.end())
    return found


def _chinese(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found = [(start, end)] if end - start > 1 else []
    for at in range(start, end):
        if is_surname(text[at]) or text[at : at + 2] in COMPOUND:
            found += [(at, at + n) for n in _NAME if at + n <= end]
    return list(dict.fromkeys(found))


def is_surname(character: str) -> bool:
    return fold(character) in surname_share()
