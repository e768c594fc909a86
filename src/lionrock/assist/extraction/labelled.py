"""Where a field's label stands on a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from lionrock.assist.extraction.labels import Token, Wording, same, tokens
from lionrock.assist.extraction.sheets import Piece, Sheet

_COLON: Final = re.compile(r"\s*[)）]?\s*[:：]\s*")
_IS: Final = re.compile(r"\s*(?:\bis\b|为|為|是|係)\s*")
_BETWEEN: Final = re.compile(r"[\s.*/&'’_()（）-]*")
"""What may stand between a label's words."""
_BRACKET: Final = re.compile(r"\s*[(（][^()（）]{0,30}[)）]")
_APART: Final = re.compile(r"[.()（）:：;；,，]|\s{2}")
_VALUE: Final = re.compile(
    r"\s{2}|\s*[(]?(?:[A-Z]{0,3}\s?[$€£¥]|(?:HKD|USD|RMB|CNY|RM|EUR|GBP|JPY)?\s?-?\d|港[幣币元]|人民)"
)
"""How a value begins that follows its label without a colon: a gap, a figure, a currency."""
_FILL: Final = frozenset({"no", "号", "码", "#"})
_MOST_BEFORE: Final = 6
"""Words of a label's translation in front of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A label on a sheet: in `piece`, what follows it there from `at` on, and whether a colon parts
    them. `last`: the piece that its words end in, which is under `piece` where they are broken."""

    sheet: Sheet
    piece: Piece
    last: Piece
    at: int
    colon: bool
    label: str
    rank: int
    alone: bool
    """Its piece begins with it, or with its number or translation: it is no part of a sentence."""

    @property
    def rest(self) -> str:
        return self.piece.text[self.at :]


@dataclass(frozen=True, slots=True)
class _Spot:
    """A token of a piece that a label can begin with."""

    sheet: Sheet
    piece: Piece
    found: Sequence[Token]
    first: int

    @property
    def alone(self) -> bool:
        before = self.found[: self.first]
        if all(token.word.isdigit() or len(token.word) == 1 for token in before):
            return len(before) < 3
        other = all(_han(t.word) != _han(self.found[self.first].word) for t in before)
        return other and len(before) <= _MOST_BEFORE * (2 if _han(before[0].word) else 1)


def places(worded: Wording, sheet: Sheet) -> Iterator[Place]:
    """Every place where one of the labels stands, not as a part of a longer label."""
    for piece in sheet.pieces():
        found = tokens(piece.text)
        for first in _starts(piece.text, found):
            place = _at(worded, _Spot(sheet, piece, found, first))
            if place is not None:
                yield place


def _starts(text: str, found: Sequence[Token]) -> Iterator[int]:
    """The tokens that a label can begin with: the first, one after a number, one of the other script."""
    if found:
        yield 0
    for i, (before, here) in enumerate(pairwise(found), 1):
        gap = text[before.end : here.start]
        other = before.word.isdigit() or _han(before.word) != _han(here.word)
        if other or _APART.search(gap) or (_han(here.word) and gap.isspace()):
            yield i


def _at(worded: Wording, spot: _Spot) -> Place | None:
    """The longest label that begins with that token, and ends where a label may end."""
    best: Place | None = None
    most = 0
    for rank, name in enumerate(worded.names):
        if len(name) > most and _matches(name, spot):
            place = _ended(worded, spot, len(name), rank)
            if place is not None:
                best, most = place, len(name)
    return best or _broken(worded, spot)


def _matches(name: Sequence[str], spot: _Spot) -> bool:
    inside = spot.found[spot.first : spot.first + len(name)]
    misread = spot.sheet.recognised
    if len(inside) < len(name) or not same(name[0], inside[0].word, misread=misread):
        return False
    if not all(same(w, t.word, misread=misread) for w, t in zip(name, inside, strict=True)):
        return False
    text = spot.piece.text
    return all(_BETWEEN.fullmatch(text[a.end : b.start]) for a, b in pairwise(inside))


def _ended(worded: Wording, spot: _Spot, length: int, rank: int) -> Place | None:
    """The label that so many tokens are, with the words that may stand with it; None where others
    follow that make it another label."""
    text, found = spot.piece.text, spot.found
    other = spot.first + length
    script, at = _han(found[other - 1].word), found[other - 1].end
    while other < len(found) and not _COLON.match(text, at) and not _IS.match(text, at):
        if bracket := _BRACKET.match(text, at):
            at = bracket.end()
            other = next((i for i in range(other, len(found)) if found[i].start >= at), len(found))
            continue
        word = found[other].word
        if not (_translates(word, script) or word in worded.also or word in _FILL):
            break
        at, other = found[other].end, other + 1
    label = text[found[spot.first].start : at]
    colon = _COLON.match(text, at)
    stop = colon or _IS.match(text, at)
    if (
        not stop
        and other < len(found)
        and found[other].word.isalpha()
        and not _VALUE.match(text, at)
    ):
        return None
    after = stop.end() if stop else at
    return Place(spot.sheet, spot.piece, spot.piece, after, bool(colon), label, rank, spot.alone)


def _translates(word: str, script: bool) -> bool:
    """Whether a word is of the other script than the label: its translation."""
    return word.isalpha() and _han(word) != script


def _broken(worded: Wording, spot: _Spot) -> Place | None:
    """A label that is broken at the end of its piece and goes on below it."""
    tail = tuple(token.word for token in spot.found[spot.first :])
    longer = [(r, n) for r, n in enumerate(worded.names) if n[: len(tail)] == tail and n != tail]
    below = spot.sheet.below(spot.piece) if longer and spot.alone else None
    if below is None or abs(below.box.x0 - spot.piece.box.x0) > 0.02:
        return None
    both = tail + tuple(token.word for token in tokens(below.text))
    for rank, name in longer:
        if both == name:
            start = spot.found[spot.first].start
            label = f"{spot.piece.text[start:]} {below.text}"
            end = len(spot.piece.text)
            return Place(spot.sheet, spot.piece, below, end, False, label, rank, True)
    return None


def _han(word: str) -> bool:
    return not word.isascii()
