"""Pairs of terms mined from aligned texts: phrases that stand in the same places.

For every English phrase and every Chinese string of characters that occurs often enough, the places
where each stands are counted, and those where both do. A pair is kept when each is the other's best by
Dice's coefficient (Smadja, McKeown and Hatzivassiloglou 1996, "Translating Collocations for Bilingual
Lexicons") and the association is no accident (log-likelihood ratio, Dunning 1993). Time: the product of
phrases kept on both sides, times the places.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FLOOR: Final = 3
"""Places in which a term must stand at least."""
LEAST: Final = 0.6
"""Dice's coefficient at least: 1 where neither stands without the other."""
_LEAST_RATIO: Final = 6.63
"""Chance alone gives more once in a hundred."""
_LONGEST_EN, _LONGEST_ZH = 6, 10
_MOST_PHRASES: Final = 12_000
_MOST_MARKS: Final = 60_000_000
"""Phrases times places, of either side: 4 bytes each."""
_AT_ONCE: Final = 512
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9/&’'.-]*[A-Za-z0-9]|[A-Za-z]")
_BREAK = re.compile(r"[^\w\s/&’'.-]|\.\s|\.$|\n")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_WEAK_EN = frozenset(
    "a an and are as at be been being by can could do does for from had has have if in into is it its"
    " may more most must no not of on or other our shall should so some such than that the their them"
    " then there these they this those through to under up was we were what when where which while who"
    " will with within without would also any all both each between during after before over about"
    " against per via including include includes included new one two three first second year years".split()
)
_WEAK_ZH = frozenset(
    "的及和之於在為與或以等是有而亦並該其由從向對將已會可就至自所使令讓但如若則因此們了不每各"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """An English and a Chinese term, how well they go together (0 to 1), in how many places."""

    english: str
    chinese: str
    score: float
    places: int


def mine(
    texts: Sequence[tuple[str, str]], *, floor: int = FLOOR, least: float = LEAST
) -> list[Pair]:
    """Pairs found in (English, Chinese) texts that translate each other, best first."""
    most = min(_MOST_PHRASES, _MOST_MARKS // max(len(texts), 1))
    english = _kept(((n, t) for n, (t, _) in enumerate(texts)), _english, floor, most)
    chinese = _kept(((n, t) for n, (_, t) in enumerate(texts)), _chinese, floor, most)
    if not english or not chinese:
        return []
    pairs = _mutual(english, chinese, len(texts), floor, least)
    return sorted(pairs, key=lambda p: (-p.score * np.log2(1 + p.places), p.english))


Places = dict[str, frozenset[int]]


def _kept(
    texts: Iterable[tuple[int, str]], phrases: Callable[[str], set[str]], floor: int, most: int
) -> Places:
    """The `most` frequent phrases that stand in `floor` places at least, none a mere part of a longer one."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    surface: dict[str, str] = {}
    for place, text in texts:
        for phrase in phrases(text):
            found[phrase.casefold()].add(place)
            surface.setdefault(phrase.casefold(), phrase)
    often = {p: places for p, places in found.items() if len(places) >= floor}
    for phrase in sorted(often, key=len, reverse=True):
        for part in _parts(phrase):
            # A shorter one that hardly ever stands alone says no more than the longer.
            if part in often and len(often[phrase]) >= 0.9 * len(often[part]):
                found[part] = set()
    whole = {p: frozenset(found[p]) for p in often if found[p]}
    best = sorted(whole, key=lambda p: (-len(whole[p]), p))[:most]
    return {surface[p]: whole[p] for p in best}


def _parts(phrase: str) -> list[str]:
    words = phrase.split(" ")
    if len(words) > 1:
        return [" ".join(words[1:]), " ".join(words[:-1])]
    return [phrase[1:], phrase[:-1]] if _HAN_RUN.match(phrase) else []


def _english(text: str) -> set[str]:
    found: set[str] = set()
    for stretch in _BREAK.split(text):
        words = _WORD.findall(stretch)
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + _LONGEST_EN) + 1):
                phrase = words[start:end]
                if phrase[0].casefold() in _WEAK_EN or phrase[-1].casefold() in _WEAK_EN:
                    continue
                if len(phrase) > 1 or len(phrase[0]) > 2:
                    found.add(" ".join(phrase))
    return found


def _chinese(text: str) -> set[str]:
    found: set[str] = set()
    for run in _HAN_RUN.findall(text):
        for start in range(len(run)):
            if run[start] in _WEAK_ZH:
                continue
            for end in range(start + 2, min(len(run), start + _LONGEST_ZH) + 1):
                if run[end - 1] not in _WEAK_ZH:
                    found.add(run[start:end])
    return found


def _matrix(phrases: Mapping[str, frozenset[int]], places: int) -> NDArray[np.float32]:
    rows = np.zeros((len(phrases), places), np.float32)
    for row, stands in enumerate(phrases.values()):
        rows[row, list(stands)] = 1.0
    return rows


def _mutual(english: Places, chinese: Places, places: int, floor: int, least: float) -> list[Pair]:
    e, z = _matrix(english, places), _matrix(chinese, places)
    counts_e, counts_z = e.sum(axis=1), z.sum(axis=1)
    length_z = np.array([len(p) for p in chinese], np.float32)
    best_of_z = np.zeros(len(z), np.float32)
    rows: list[tuple[int, int, float, int]] = []
    for at in range(0, len(e), _AT_ONCE):
        both = e[at : at + _AT_ONCE] @ z.T
        dice = 2 * both / (counts_e[at : at + _AT_ONCE, None] + counts_z[None, :])
        np.maximum(best_of_z, dice.max(axis=0), out=best_of_z)
        # Of equally good ones the longer says more.
        best = np.argmax(dice + 1e-4 * length_z, axis=1)
        for row, column in enumerate(best.tolist()):
            rows.append((at + row, column, float(dice[row, column]), int(both[row, column])))
    names_e, names_z = list(english), list(chinese)
    return [
        Pair(names_e[i], names_z[j], round(score, 3), both)
        for i, j, score, both in rows
        if score >= max(least, float(best_of_z[j]) - 1e-6)
        and both >= floor
        and _ratio(both, int(counts_e[i]), int(counts_z[j]), places) >= _LEAST_RATIO
    ]


def _ratio(both: int, one: int, other: int, places: int) -> float:
    """Dunning's log-likelihood ratio of standing together against by chance."""
    table = ((both, one - both), (other - both, places - one - other + both))
    total = 0.0
    for row in range(2):
        for column in range(2):
            seen = table[row][column]
            expected = sum(table[row]) * (table[0][column] + table[1][column]) / places
            if seen > 0 and expected > 0:
                total += seen * np.log(seen / expected)
    return 2.0 * float(total)
