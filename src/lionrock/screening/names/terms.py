"""Words that companies share: legal forms, trades, places, in English and Chinese.

From general knowledge. Each line of `tables/terms.txt` is one meaning: its id, the other words for it, and its
Chinese forms in Traditional characters (Simplified ones are folded to them).
"""

from __future__ import annotations

from functools import cache
from typing import Final

from lionrock.screening.names.characters import fold, keyed, lines

LEGAL: Final = {word: kind.strip("-") for kind, words in keyed("legal_forms") for word in words}
"""Words of legal forms, by what form it is; empty for one that tells nothing."""
STOP: Final = frozenset(
    "the of and for de la el und et y e i von van der do da du des le les del a an in on at".split()
)

_NUMBERS: Final = {
    word: str(number)
    for number, words in enumerate(
        "zero|one i|two ii second 2nd|three iii third 3rd|four iv fourth 4th|five v fifth 5th|six vi sixth|seven vii|"
        "eight viii|nine ix|ten x|eleven xi|twelve xii|thirteen xiii|fourteen xiv|fifteen xv|sixteen xvi|"
        "seventeen xvii|eighteen xviii|nineteen xix|twenty xx".split("|")
    )
    for word in words.split()
    if word not in ("i", "v", "x")
}


@cache
def _english() -> dict[str, str]:
    return {word: term for term, words, _ in _terms() for word in (term, *words)}


@cache
def _terms() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    found = []
    for line in lines("terms"):
        term, words, han, *_ = (*line.split("|"), "", "")
        found.append((term, tuple(words.split()), tuple(_folded(h) for h in han.split())))
    return tuple(found)


def _folded(han: str) -> str:
    return "".join(fold(c) for c in han)


@cache
def chinese_terms() -> tuple[tuple[str, str], ...]:
    """Folded Chinese terms and their meaning's id, longest first; `legal` for a legal form."""
    found = [(han, term) for term, _, hans in _terms() for han in hans]
    found += [(_folded(han), "legal") for han in " ".join(lines("legal_forms_chinese")).split()]
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))


def term(word: str) -> str:
    """The id of what a word means in companies' names; empty for one of no list."""
    return _english().get(word, "")


def number(word: str) -> str:
    """A number written as digits, a word or a Roman numeral, as digits; empty for none."""
    return str(int(word)) if word.isdecimal() else _NUMBERS.get(word, "")
