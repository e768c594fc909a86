"""Where the terms of a question stand in a text: what a reader sees marked.

The same folding as the index: width, case and script do not count, and English words are stemmed. Figures
are found however they are written.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache

from lionrock.documents.language import HAN, to_simplified
from lionrock.search.figures import MARK, figures_in, found_by
from lionrock.search.tokens import TOKEN, terms


def marks(text: str, words: Collection[str]) -> list[tuple[int, int]]:
    """Stretches [start, end) of `text` that are terms among `words`, joined where they touch; terms of
    figures as the index has them, "=2024-01-01"."""
    wanted = frozenset(words)
    if not wanted:
        return []
    found: list[tuple[int, int]] = []
    for start, end in sorted(_places(text, wanted)):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _places(text: str, wanted: frozenset[str]) -> Iterator[tuple[int, int]]:
    folded, origins = _folded(text)
    origins = [*origins, len(text)]
    if any(word.startswith(MARK) for word in wanted):
        for told in figures_in(folded):
            if not wanted.isdisjoint(MARK + name for name in found_by(told.name)):
                yield origins[told.start], origins[told.end - 1] + 1
    for match in TOKEN.finditer(folded):
        token, at = match.group(), match.start()
        if HAN.match(token):
            for i in range(len(token)):
                for length in (1, 2) if len(token) == 1 else (2,):
                    if len(token) >= i + length and token[i : i + length] in wanted:
                        yield origins[at + i], origins[at + i + length - 1] + 1
        elif wanted & _terms(token):
            yield from _parts(token, at, origins, wanted)


def _parts(
    token: str, at: int, origins: list[int], wanted: frozenset[str]
) -> Iterator[tuple[int, int]]:
    """Of "cross-border" the part that is asked for; all of it if it is, or stands together."""
    begun, found = 0, False
    for end in [i for i, c in enumerate(token) if not c.isalnum()] + [len(token)]:
        if begun < end and wanted & _terms(token[begun:end]):
            found = True
            yield origins[at + begun], origins[at + end - 1] + 1
        begun = end + 1
    if not found:
        yield origins[at], origins[at + len(token) - 1] + 1


@lru_cache(maxsize=50_000)
def _terms(token: str) -> frozenset[str]:
    return frozenset(terms(token))


def _folded(text: str) -> tuple[str, list[int]]:
    """`text` as the index reads it, and for each of its characters where it came from."""
    made: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        # The mark of a footnote is no part of its word, see `tokens.terms`.
        mark = character in "²³¹" or "⁰" <= character <= "⁹"
        plain = " " if mark else unicodedata.normalize("NFKC", character).lower()
        made.append(plain)
        origins.extend([place] * len(plain))
    simplified = to_simplified("".join(made))
    return (simplified, origins) if len(simplified) == len(origins) else ("".join(made), origins)
