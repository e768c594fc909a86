"""Personal names in Latin letters, word by word, in any order."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from lionrock.screening.matching.pairing import (
    ENOUGH,
    Pair,
    Worded,
    adjacent,
    agreed,
    joined,
    likest,
    written,
)
from lionrock.screening.names.forms import Form, Word
from lionrock.screening.names.syllables import is_syllable
from lionrock.screening.names.words import PARTICLES, information, likeness

_CONTRADICTION: Final = 2.8
"""What one bit of contradiction takes away: a name that differs in a telling word is another's."""
LISTED_ALONE, QUERY_ALONE, MOST_ALONE = 0.22, 1.0, 13.0
"""A list gives more of a name than a customer does; a customer's telling word that no list has is another's."""
_PATRONYMIC: Final = re.compile(
    "(?:ovich|evich|ovych|evych|yevich|ovna|evna|ivna|avich|oglu|kyzy|qizi)$"
)
COMPLETE: Final = 1.5
"""Nothing is left on either side."""
ABD: Final = frozenset("abd abdul abdel abdal abdoul abdur abdus".split())
_ARTICLES: Final = frozenset("al el ul ur ar".split())
_REORDERED: Final = -14.0
_FIELD: Final = 18
"""Characters of the narrowest field that cuts names off."""
_MOST_WORDS: Final = 12


@lru_cache(maxsize=8192)
def words(form: Form) -> tuple[Word, ...]:
    """Without Arabic "abd" apart from what it belongs to: Abd al-Rahman, Abdul Rahman, Abdulrahman."""
    found: list[Word] = []
    given = form.words[:_MOST_WORDS]
    at = 0
    while at < len(given):
        word = given[at]
        if word.text in ABD and at + 1 < len(given):
            step = 2 if given[at + 1].text in _ARTICLES and at + 2 < len(given) else 1
            rest = given[at + step]
            name = " ".join(w.written for w in given[at : at + step + 1])
            found.append(Word("abdul" + rest.text, name))
            at += step + 1
        else:
            found.append(word)
            at += 1
    return tuple(found)


def compare(a: Form, b: Form) -> Worded:
    """The evidence of two names' words; 0 bits and less for what speaks against."""
    mine, others = list(words(a)), list(words(b))
    narrow = max(_length(mine), _length(others)) >= _FIELD
    last = (mine[-1:], others[-1:])
    neighbours = adjacent(mine, others)
    pairs = likest(mine, others, lambda x, y: likeness(x.text, y.text))
    if narrow:
        pairs += _cut_last(mine, others, last)
    pairs += joined(mine, others, _together, neighbours)
    pairs = _with_servant(pairs, mine, others)
    whole = _as_one(a, b)
    found = _weighed(pairs, mine, others)
    if _is_reordered(a, b, pairs):
        found = replace(found, bits=found.bits + _REORDERED)
    return whole if whole and whole.bits > found.bits else found


def _together(x: Word, first: Word, second: Word) -> float | None:
    together = first.text + second.text
    if abs(len(together) - len(x.text)) > 1:
        return None
    bits, how = likeness(x.text, together)
    near = OSA.distance(x.text, together) <= (len(x.text) > 6)
    return bits - 1.0 if how and near else None


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
    mine: list[Word], others: list[Word], last: tuple[list[Word], list[Word]]
) -> list[Pair]:
    """A last word that a narrow field cut off: at least two letters of one left on the other side."""
    for side, xs, ys in ((0, mine, others), (1, others, mine)):
        if not xs or xs[-1:] != last[side] or len(xs[-1].text) < 2 or xs[-1].text in ABD:
            continue
        cut = xs[-1]
        whole = next((y for y in ys if y.text.startswith(cut.text)), None)
        if whole:
            xs.remove(cut)
            ys.remove(whole)
            ends = (cut.written, whole.written) if side == 0 else (whole.written, cut.written)
            return [Pair(*ends, information(cut.text) - 3.0, "cut")]
    return []


def _with_servant(pairs: list[Pair], mine: list[Word], others: list[Word]) -> list[Pair]:
    """Abdul set apart from its word, as in a name turned round: Rehman Abdur for Abdur Rehman."""
    for at, pair in enumerate(pairs):
        for name, left in ((pair.a, others), (pair.b, mine)):
            apart = next((w for w in left if w.text in ABD), None)
            both = name.split()
            if apart and len(both) > 1 and both[0].lower() in ABD and pair.how == "variant":
                left.remove(apart)
                whole = replace(pair, bits=servant("abdul" + both[-1].lower(), both[-1].lower()))
                return [*pairs[:at], whole, *pairs[at + 1 :]]
    return pairs


def servant(a: str, b: str) -> float:
    """Bits of a word with Abdul before it against it without, where Abdul stands apart; 0 for others."""
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    if not longer.startswith("abdul") or shorter.startswith("abdul"):
        return 0.0
    return information(longer) - 1.0


def _as_one(a: Form, b: Form) -> Worded | None:
    """Both names without their spaces, a slip apart at most: a break in the wrong place."""
    x, y = ("".join(w.text for w in f.words) for f in (a, b))
    if min(len(x), len(y)) < 7 or (x != y and len(a.words) == len(b.words)):
        return None
    allowed = 1 if len(x) < 14 else 2
    distance = OSA.distance(x, y, score_cutoff=allowed)
    if distance > allowed:
        return None
    known = sum(information(w.text) for w in min(a.words, b.words, key=len))
    bits = min(known, ENOUGH) - 2.0 - 3.0 * distance
    return Worded(bits, (Pair(a.name, b.name, bits, "joined"),))


def _weighed(pairs: list[Pair], only_a: list[Word], only_b: list[Word]) -> Worded:
    bits = agreed(pairs)
    left_a, left_b = _told(only_a), _told(only_b)
    against = min(left_a, left_b)
    bits += COMPLETE if left_a + left_b < 1.0 else 0.0
    bits -= _CONTRADICTION * against
    bits -= LISTED_ALONE * (left_b - against) + QUERY_ALONE * min(left_a - against, MOST_ALONE)
    return Worded(bits, tuple(pairs), written(only_a), written(only_b))


def _told(left: list[Word]) -> float:
    """Bits that words without a counterpart would have been worth; a particle next to none."""
    return sum(worth(w.text) for w in left)


def worth(word: str) -> float:
    """Bits that a word without a counterpart would have been worth."""
    if word in PARTICLES or word in ABD:
        return 0.2
    if len(word) == 1:
        return 2.0
    return information(word) * (0.6 if _PATRONYMIC.search(word) else 1.0)
