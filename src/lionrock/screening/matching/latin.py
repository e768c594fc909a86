"""Personal names in Latin letters, word by word, in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from lionrock.screening.names.forms import Form, Word
from lionrock.screening.names.syllables import is_syllable
from lionrock.screening.names.words import PARTICLES, information, likeness

_ENOUGH: Final = 22.0
"""Beyond so many bits of agreement, more of it counts a fifth: names of one family agree in much."""
_CONTRADICTION: Final = 2.8
"""What one bit of contradiction takes away: a name that differs in a telling word is another's."""
LISTED_ALONE, QUERY_ALONE, MOST_ALONE = 0.22, 1.0, 13.0
"""A list gives more of a name than a customer does; a customer's telling word that no list has is another's."""
_PATRONYMIC: Final = re.compile(
    "(?:ovich|evich|ovych|evych|yevich|ovna|evna|ivna|avich|oglu|kyzy|qizi)$"
)
_COMPLETE: Final = 1.5
"""Nothing is left on either side."""
_ABD: Final = frozenset("abd abdul abdel abdal abdoul abdur abdus".split())
_ARTICLES: Final = frozenset("al el ul ur ar".split())
_REORDERED: Final = -14.0
_FIELD: Final = 18
"""Characters of the narrowest field that cuts names off."""
_MOST_WORDS: Final = 12


@dataclass(frozen=True, slots=True)
class Pair:
    a: str
    b: str
    bits: float
    how: str
    """As `words.likeness` says; `joined` where words were put together."""


@dataclass(frozen=True, slots=True)
class Words:
    """`bits` of evidence, the words found alike, and those of each side left alone."""

    bits: float
    pairs: tuple[Pair, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]


@lru_cache(maxsize=65536)
def words(form: Form) -> tuple[Word, ...]:
    """Without Arabic "abd" apart from what it belongs to: Abd al-Rahman, Abdul Rahman, Abdulrahman."""
    found: list[Word] = []
    given = form.words[:_MOST_WORDS]
    at = 0
    while at < len(given):
        word = given[at]
        if word.text in _ABD and at + 1 < len(given):
            step = 2 if given[at + 1].text in _ARTICLES and at + 2 < len(given) else 1
            rest = given[at + step]
            joined = " ".join(w.written for w in given[at : at + step + 1])
            found.append(Word("abdul" + rest.text, joined))
            at += step + 1
        else:
            found.append(word)
            at += 1
    return tuple(found)


def compare(a: Form, b: Form) -> Words:
    """The evidence of two names' words; 0 bits and less for what speaks against."""
    mine, others = list(words(a)), list(words(b))
    pairs = _paired(mine, others)
    pairs += _merged(mine, others, swap=False) + _merged(others, mine, swap=True)
    pairs = _with_servant(pairs, mine, others)
    whole = _as_one(a, b)
    found = _weighed(pairs, mine, others)
    if _is_reordered(a, b, pairs):
        found = replace(found, bits=found.bits + _REORDERED)
    return whole if whole and whole.bits > found.bits else found


def _paired(mine: list[Word], others: list[Word]) -> list[Pair]:
    """Pairs each word with the likest left on the other side; takes them out of both lists."""
    scored = [
        (bits, -abs(i - j), i, j, how)
        for i, x in enumerate(mine)
        for j, y in enumerate(others)
        for bits, how in (likeness(x.text, y.text),)
        if how
    ]
    scored.sort(reverse=True)
    pairs, used_a, used_b = [], set(), set()
    for bits, _, i, j, how in scored:
        if i not in used_a and j not in used_b:
            used_a.add(i)
            used_b.add(j)
            pairs.append(Pair(mine[i].written, others[j].written, bits, how))
    if max(_length(mine), _length(others)) >= _FIELD:
        _cut_last(mine, others, used_a, used_b, pairs)
    mine[:] = [w for i, w in enumerate(mine) if i not in used_a]
    others[:] = [w for j, w in enumerate(others) if j not in used_b]
    return pairs


def _is_reordered(a: Form, b: Form, pairs: list[Pair]) -> bool:
    """Chinese and Korean names keep their order but for the surname; Man Ki is not Ki Man."""
    orders = [[w.written for w in form.words] for form in (a, b)]
    if len(pairs) < 3 or not all(is_syllable(w.text) for form in (a, b) for w in form.words):
        return False
    try:
        places = [orders[1].index(p.b) for p in sorted(pairs, key=lambda p: orders[0].index(p.a))]
    except ValueError:
        return False
    turned = [places[-1:] + places[:-1], places[1:] + places[:1], places]
    return not any(one == sorted(one) for one in turned)


def _length(side: list[Word]) -> int:
    return sum(len(w.written) + 1 for w in side)


def _cut_last(
    mine: list[Word], others: list[Word], used_a: set[int], used_b: set[int], pairs: list[Pair]
) -> None:
    """A last word that a narrow field cut off: at least two letters of one left on the other side."""
    for xs, ys, used_x, used_y, swap in (
        (mine, others, used_a, used_b, False),
        (others, mine, used_b, used_a, True),
    ):
        last = len(xs) - 1
        if last < 1 or last in used_x or len(xs[last].text) < 2 or xs[last].text in _ABD:
            continue
        for j, y in enumerate(ys):
            if j not in used_y and y.text.startswith(xs[last].text):
                used_x.add(last)
                used_y.add(j)
                x, bits = xs[last].written, information(xs[last].text) - 3.0
                pairs.append(
                    Pair(y.written, x, bits, "cut") if swap else Pair(x, y.written, bits, "cut")
                )
                return


def _merged(mine: list[Word], others: list[Word], *, swap: bool) -> list[Pair]:
    """A word against two neighbours put together: van derbilt, vander bilt."""
    pairs = []
    for x in list(mine):
        for j in range(len(others) - 1):
            together = others[j].text + others[j + 1].text
            if abs(len(together) - len(x.text)) > 1:
                continue
            bits, how = likeness(x.text, together)
            if how and OSA.distance(x.text, together) <= (len(x.text) > 6):
                written = f"{others[j].written} {others[j + 1].written}"
                ends = (written, x.written) if swap else (x.written, written)
                pairs.append(Pair(*ends, bits - 1.0, "joined"))
                mine.remove(x)
                del others[j : j + 2]
                break
    return pairs


def _with_servant(pairs: list[Pair], mine: list[Word], others: list[Word]) -> list[Pair]:
    """Abdul set apart from its word, as in a name turned round: Rehman Abdur for Abdur Rehman."""
    for at, pair in enumerate(pairs):
        for written, left in ((pair.a, others), (pair.b, mine)):
            apart = next((w for w in left if w.text in _ABD), None)
            joined = written.split()
            if apart and len(joined) > 1 and joined[0].lower() in _ABD and pair.how == "variant":
                left.remove(apart)
                whole = information("abdul" + joined[-1].lower()) - 1.0
                return [*pairs[:at], replace(pair, bits=whole), *pairs[at + 1 :]]
    return pairs


def _as_one(a: Form, b: Form) -> Words | None:
    """Both names without their spaces, a slip apart at most: a break in the wrong place."""
    x, y = ("".join(w.text for w in f.words) for f in (a, b))
    if min(len(x), len(y)) < 7 or (x != y and len(a.words) == len(b.words)):
        return None
    allowed = 1 if len(x) < 14 else 2
    distance = OSA.distance(x, y, score_cutoff=allowed)
    if distance > allowed:
        return None
    known = sum(information(w.text) for w in min(a.words, b.words, key=len))
    bits = min(known, _ENOUGH) - 2.0 - 3.0 * distance
    return Words(bits, (Pair(a.name, b.name, bits, "joined"),), (), ())


def _weighed(pairs: list[Pair], only_a: list[Word], only_b: list[Word]) -> Words:
    agreed = sum(p.bits for p in pairs)
    bits = min(agreed, _ENOUGH) + 0.2 * max(agreed - _ENOUGH, 0.0)
    left_a, left_b = _told(only_a), _told(only_b)
    against = min(left_a, left_b)
    bits += _COMPLETE if left_a + left_b < 1.0 else 0.0
    bits -= _CONTRADICTION * against
    bits -= LISTED_ALONE * (left_b - against) + QUERY_ALONE * min(left_a - against, MOST_ALONE)
    return Words(bits, tuple(pairs), _written(only_a), _written(only_b))


def _told(left: list[Word]) -> float:
    """Bits that words without a counterpart would have been worth; a particle next to none."""
    return sum(worth(w.text) for w in left)


def worth(word: str) -> float:
    """Bits that a word without a counterpart would have been worth."""
    if word in PARTICLES or word in _ABD:
        return 0.2
    if len(word) == 1:
        return 2.0
    return information(word) * (0.6 if _PATRONYMIC.search(word) else 1.0)


def _written(left: list[Word]) -> tuple[str, ...]:
    return tuple(w.written for w in left)
