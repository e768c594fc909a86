"""A text's words and Chinese characters, and what each may be of a listed name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from lionrock.screening.matching import bounds, organisations
from lionrock.screening.matching.chinese import GIVEN_GAP, SAME_SYLLABLE, compound_spellings
from lionrock.screening.matching.keys import Term
from lionrock.screening.matching.latin import ABD, QUERY_ALONE, worth
from lionrock.screening.names import syllables
from lionrock.screening.names.characters import fold
from lionrock.screening.names.organisations import organisation
from lionrock.screening.names.terms import LEGAL, STOP, chinese_terms
from lionrock.screening.names.text import plain, script, visible
from lionrock.screening.names.words import PARTICLES, information

_LONGEST_TOGETHER: Final = {2: 18, 3: 14}
"""Letters of neighbours that may be one word of a listed name."""
_APOSTROPHES: Final = "'’ʼ`‘ʿʾ´"


Whose = Literal["person", "other", "any"]
"""Of what kind the name is that a reading is worth something to."""


@dataclass(frozen=True, slots=True)
class Token:
    """Characters [start, end) of the text; `text` plain, or the folded Chinese character."""

    start: int
    end: int
    text: str
    han: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What tokens first … first + length − 1 may be: terms that add up to a listed name's."""

    first: int
    length: int
    terms: tuple[Term, ...]
    whose: Whose = "any"


def sequences(text: str) -> list[list[Token]]:
    """Tokens that one name may be of: words one after another, Chinese characters with blanks between."""
    found: list[list[Token]] = []
    for token in _tokens(text):
        last = found[-1][-1] if found else None
        apart = last is None or last.han != token.han
        if apart or (
            token.han
            and last
            and not text[last.end : token.start].isspace()
            and token.start > last.end
        ):
            found.append([])
        found[-1].append(token)
    return found


def _tokens(text: str) -> Iterator[Token]:
    start, kind = 0, ""
    for at in range(len(text) + 1):
        now = _kind(text, at) if at < len(text) else ""
        if now == "inside" and kind:
            continue
        if kind == "word" and now == "word":
            continue
        if kind:
            yield from _token(text, start, at, kind)
        start, kind = at, "" if now == "inside" else now


def _kind(text: str, at: int) -> str:
    character = text[at]
    what = script(character)
    if what in ("han", "hangul"):
        return what
    if what:
        return "word"
    if character in _APOSTROPHES or (
        unicodedata.category(character) in ("Cf", "Cc") and not character.isspace()
    ):
        return "inside" if 0 < at < len(text) - 1 and text[at + 1].isalnum() else ""
    return ""


def _token(text: str, start: int, end: int, kind: str) -> Iterator[Token]:
    if kind == "han":
        yield Token(start, end, fold(text[start]), True)
        return
    written = "".join(c for c in visible(text[start:end]) if c not in _APOSTROPHES)
    word = plain(written, True)
    if word:
        yield Token(start, end, word)


def parts(tokens: Sequence[Token]) -> Iterator[Part]:
    """Every way to read each token, and neighbours put together."""
    if tokens[0].han:
        yield from _han(tokens)
        return
    words = [t.text for t in tokens]
    for at, word in enumerate(words):
        for terms, whose in _readings(word):
            yield Part(at, 1, terms, whose)
        for length in (2, 3):
            together = words[at : at + length]
            if len(together) == length and len("".join(together)) <= _LONGEST_TOGETHER[length]:
                for term in _together(together):
                    yield Part(at, length, (term,))


@lru_cache(maxsize=8192)
def _readings(word: str) -> tuple[tuple[tuple[Term, ...], Whose], ...]:
    found: list[tuple[tuple[Term, ...], Whose]] = []
    if len(word) > 1 and word not in PARTICLES:
        found.append((((f"w:{word}", information(word)),), "person"))
    for part in organisation(word).parts:
        if part.kind != "legal":
            found.append((((f"w:{part.text}", organisations.information(part)),), "other"))
    whole = syllables.is_syllable(word)
    cuts: list[tuple[str, ...]] = [(word,)] if whole else [*syllables.segments(word)[:2]]
    compound = compound_spellings().get(word)
    for cut in [*cuts, compound] if compound else cuts:
        given = tuple((f"s:{s}", SAME_SYLLABLE["given"]) for s in cut)
        surnamed = (f"S:{cut[0]}", SAME_SYLLABLE["surname"]), *given[1:]
        found += [(given, "person"), (surnamed, "person")]
        found.append((tuple((f"c:{s}", 0.0) for s in cut), "other"))
        if cut == compound:
            found.append((tuple((f"S:{s}", SAME_SYLLABLE["surname"]) for s in cut), "person"))
    return tuple(found)


def _together(words: Sequence[str]) -> Iterator[Term]:
    joined = "".join(words)
    yield f"j:{joined}", min(information(joined), bounds.WHOLE)
    if words[0] in ABD:
        yield f"w:abdul{words[-1]}", information(f"abdul{words[-1]}")
    if joined in ("hongkong", "realestate"):
        yield f"w:{joined}", bounds.TERM


def _han(tokens: Sequence[Token]) -> Iterator[Part]:
    whole = "".join(t.text for t in tokens)
    for at, token in enumerate(tokens):
        yield Part(at, 1, ((f"H:{token.text}", bounds.CHARACTER),))
        yield Part(at, 1, ((f"h:{token.text}", bounds.CHARACTER),))
        for han, meaning in chinese_terms():
            if meaning != "legal" and whole.startswith(han, at):
                yield Part(at, len(han), ((f"w:{meaning}", bounds.TERM),))


def alone(tokens: Sequence[Token]) -> list[float]:
    """What it costs at least that a token has no counterpart."""
    if tokens[0].han:
        legal = _legal_places("".join(t.text for t in tokens))
        return [
            0.0 if at in legal else organisations.ALONE * organisations.HAN
            for at in range(len(tokens))
        ]
    return [_alone(t.text) for t in tokens]


@lru_cache(maxsize=8192)
def _alone(word: str) -> float:
    if len(word) == 1 or word in LEGAL or word in STOP or word in PARTICLES:
        return 0.0
    costs = [QUERY_ALONE * worth(word)]
    costs += [
        organisations.ALONE * organisations.information(p)
        for p in organisation(word).parts
        if p.kind != "number"
    ]
    if syllables.is_syllable(word):
        costs.append(-GIVEN_GAP)
    return min(costs)


def _legal_places(han: str) -> set[int]:
    found: set[int] = set()
    for form, meaning in chinese_terms():
        at = han.find(form) if meaning == "legal" and len(form) > 1 else -1
        while at >= 0:
            found.update(range(at, at + len(form)))
            at = han.find(form, at + 1)
    return found


def pieces(token: Token) -> int:
    """How many parts of a listed name a token may be at most: TAIMAN is two."""
    return 1 if token.han else max(2, *(len(terms) for terms, _ in _readings(token.text)), 0)


def initial(token: Token) -> float:
    """What one letter may be worth to any name."""
    return bounds.INITIAL if len(token.text) == 1 and not token.han else 0.0


def is_legal(tokens: Sequence[Token]) -> list[bool]:
    """Which tokens are of a legal form."""
    if tokens[0].han:
        places = _legal_places("".join(t.text for t in tokens))
        return [at in places for at in range(len(tokens))]
    return [t.text in LEGAL for t in tokens]
