"""Simplified characters that the reader put into Traditional text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from lionrock.documents.language import HAN, script_counts, to_simplified, to_traditional
from lionrock.documents.ocr.lines import Line

_MAINLY = 4
"""So many times as many Traditional characters as Simplified ones make the page Traditional."""


def put_into_traditional(lines: Sequence[Line], text: str) -> None:
    """On a page in Traditional Chinese, each character that is Simplified only becomes the
    Traditional one the reader held next likely, or the only one there is. The two differ by a few
    strokes, which small print loses; a page that mixes them is hardly ever meant."""
    hant, hans = script_counts(text)
    if hant < 10 or hant < _MAINLY * hans:
        return
    for line in lines:
        for i, letter in enumerate(line.text):
            if HAN.match(letter) and _simplified_only(letter):
                choice = _traditional(letter, line.letters[i].choices)
                if choice:
                    line.corrected(i, choice[0], min(line.sure[i] + choice[1], 1.0))


@cache
def _simplified_only(letter: str) -> bool:
    """Not in Big5, the set of Traditional text, and with a Traditional counterpart."""
    try:
        letter.encode("big5")
    except UnicodeEncodeError:
        return _counterpart(letter) != letter
    return False


def _traditional(letter: str, choices: Sequence[tuple[str, float]]) -> tuple[str, float] | None:
    for other, chance in choices[1:]:
        if to_simplified(other) == letter and other != letter:
            return other, chance
    other = _counterpart(letter)
    return (other, 0.0) if other != letter else None


def _counterpart(letter: str) -> str:
    # Hong Kong's standard form of 稅 is the one that Simplified has.
    return "稅" if letter == "税" else to_traditional(letter)
