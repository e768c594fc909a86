"""The marks in a segment's text, which a rewording must bring back: ⟦1⟧ for a thing, ⟦2⟧…⟦/2⟧ for a span.

Numbers are the segment's own. In `Segment.text` stand the marks of things that may not be lost (a
field, a note's reference in mid-sentence, a hyperlink); `Segment.marked` has the spans of another
format besides, which need not come back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

_MARK = re.compile(r"⟦\s*(/?)\s*(\d{1,6})\s*⟧")

Sign = Literal["words", "thing", "open", "close"]


@dataclass(frozen=True, slots=True)
class Token:
    sign: Sign
    text: str = ""
    number: int = 0


def mark(number: int) -> str:
    return f"⟦{number}⟧"


def span(number: int, text: str) -> str:
    return f"⟦{number}⟧{text}⟦/{number}⟧"


def bare(text: str) -> str:
    """The text without its marks, as a reader sees it."""
    return _MARK.sub("", text)


def tokens(text: str, things: Collection[int], spans: Collection[int]) -> list[Token]:
    """The text cut at its marks: each number once, spans properly nested; any other mark is dropped."""
    read = list(_read(text))
    whole = _nested(read, set(spans))
    found: list[Token] = []
    placed: set[int] = set()
    for at, token in enumerate(read):
        if token.sign == "words":
            found.append(token)
        elif at in whole:
            found.append(Token(whole[at], "", token.number))
        elif token.sign == "open" and token.number in things and token.number not in placed:
            placed.add(token.number)
            found.append(Token("thing", "", token.number))
    return found


def _read(text: str) -> Iterator[Token]:
    at = 0
    for found in _MARK.finditer(text):
        if at < found.start():
            yield Token("words", text[at : found.start()])
        yield Token("close" if found[1] else "open", "", int(found[2]))
        at = found.end()
    if at < len(text):
        yield Token("words", text[at:])


def _nested(read: Sequence[Token], spans: set[int]) -> dict[int, Sign]:
    """Places of the marks of whole spans; one that crosses another, or comes again, is none."""
    whole: dict[int, Sign] = {}
    opened: list[tuple[int, int]] = []
    for at, token in enumerate(read):
        if token.number not in spans or token.sign == "words":
            continue
        if token.sign == "open":
            opened.append((at, token.number))
            continue
        place = next(
            (i for i, (_, n) in reversed(list(enumerate(opened))) if n == token.number), None
        )
        if place is not None:
            whole |= {opened[place][0]: "open", at: "close"}
            del opened[place:]
            spans = spans - {token.number}
    return whole


def lost_marks(text: str, obligatory: str) -> list[str]:
    """The marks of `obligatory` (a segment's `text`) that `text` has not brought back, as they stand."""
    numbers = [token.number for token in _read(obligatory) if token.sign == "open"]
    spans = {token.number for token in _read(obligatory) if token.sign == "close"}
    kept = {t.number for t in tokens(text, set(numbers) - spans, spans) if t.sign != "words"}
    return [mark(number) for number in numbers if number not in kept]


def marked_by_words(text: str, spans: Mapping[int, str]) -> str:
    """Spans of another format marked where their own words stand in `text` once: a figure, a name."""
    found: list[tuple[int, int, int]] = []
    masked = _MARK.sub(lambda m: "\0" * len(m[0]), text)
    for number, words in spans.items():
        places = [m.span() for m in _alone(words.strip()).finditer(masked)]
        if len(words.strip()) > 1 and len(places) == 1:
            start, end = places[0]
            if all(end <= other[0] or other[1] <= start for other in found):
                found.append((start, end, number))
    for start, end, number in sorted(found, reverse=True):
        text = text[:start] + span(number, text[start:end]) + text[end:]
    return text


def _alone(words: str) -> re.Pattern[str]:
    """The words, and not as part of a longer Latin word or number."""
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(words)}(?![A-Za-z0-9])")
