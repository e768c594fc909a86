"""Two names of companies, bodies or vessels: what is their own, what they share with others."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from lionrock.screening.matching.alignment import align
from lionrock.screening.matching.chinese import Unit, pair_weight
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
from lionrock.screening.names import syllables
from lionrock.screening.names.organisations import Organisation, Part, organisation
from lionrock.screening.names.terms import LEGAL
from lionrock.screening.names.words import likeness

_TERM_BITS, _NUMBER_BITS, _LEGAL_BITS = 2.5, 2.0, 0.5
HAN: Final = 6.5
_CONTRADICTION, ALONE = 2.0, 0.5
_OTHER_NUMBER, _NUMBER_ALONE, _OTHER_LEGAL = -7.0, -4.0, -2.0
COMPLETE, _OTHER_WORD = 5.0, 4.0
WHOLE_NAME: Final = 14.0
"""The same name is the same, however common its words: China Telecom Corporation."""
_COMPLETE_LIKE: Final = 2.0
"""One word only like the one listed: timber is not TROBER S.A."""
_AS_LISTED: Final = ("same", "variant", "spelt")
_ACRONYM_BITS: Final = 9.0
_SLIP: Final = 3.0


@lru_cache(maxsize=16384)
def compare(a: str, b: str) -> Worded:
    """The evidence of two names as written."""
    x, y = organisation(a), organisation(b)
    found = [_by_parts(x, y)]
    if x.han == y.han:
        found += [one for one in (_as_one(x, y), _acronym(x, y), _acronym(y, x)) if one]
    return max(found, key=lambda one: one.bits)


def information(part: Part) -> float:
    """Bits that an agreement on this part is worth."""
    if part.kind == "term":
        return _TERM_BITS
    if part.kind == "number":
        return _NUMBER_BITS
    if part.kind == "legal":
        return _LEGAL_BITS
    if part.han:
        return HAN
    return of_core(part.text)


def of_core(word: str) -> float:
    """Bits of a company's own word, by its length."""
    return min(11.0, 2.0 + 1.7 * len(word))


def _by_parts(x: Organisation, y: Organisation) -> Worded:
    mine, others = (
        [p for p in x.parts if p.kind != "legal"],
        [p for p in y.parts if p.kind != "legal"],
    )
    neighbours = adjacent(mine, others)
    pairs = likest(mine, others, _like)
    if any(p.han for p in mine) != any(p.han for p in others):
        pairs += _spelt(mine, others)
    else:
        pairs += joined(mine, others, _together, neighbours)
    bits = agreed(pairs) + _numbers(mine, others) + _legal(x, y)
    left_a, left_b = (
        sum(information(p) for p in side if p.kind != "number") for side in (mine, others)
    )
    if not mine and not others:
        bits = _complete(bits, pairs)
    against = min(left_a, left_b)
    bits -= (
        _CONTRADICTION * against + (_OTHER_WORD if against else 0.0) + ALONE * abs(left_a - left_b)
    )
    return Worded(bits, tuple(pairs), written(mine), written(others))


def _like(x: Part, y: Part) -> tuple[float, str]:
    if x.text == y.text:
        how = "same" if x.written.lower() == y.written.lower() else "variant"
        return (information(x), how) if x.kind == y.kind else (2.0, how)
    if x.han or y.han or "number" in (x.kind, y.kind) or "term" in (x.kind, y.kind):
        return 0.0, ""
    bits, how = likeness(x.text, y.text)
    if how == "initial":
        return 0.0, ""
    known = min(information(x), information(y))
    return (min(bits, known), how) if how else (0.0, "")


def _together(x: Part, first: Part, second: Part) -> float | None:
    together = first.written.lower() + second.written.lower()
    if x.han or abs(len(together) - len(x.text)) > 1:
        return None
    distance = OSA.distance(x.text, together, score_cutoff=1)
    return information(x) - 1.0 - _SLIP * distance if distance <= 1 else None


def _spelt(mine: list[Part], others: list[Part]) -> list[Pair]:
    """The characters of one name's core against the Latin words of the other's."""
    han, latin = (mine, others) if any(p.han for p in mine) else (others, mine)
    characters = [p for p in han if p.kind == "core"]
    words = [p for p in latin if p.kind == "core"]
    spelling = [(u, word) for word in words for u in units(word)]
    if not characters or not spelling:
        return []
    rows = [Unit(p.written, "character", "given", p.written) for p in characters]
    weights = [[pair_weight(row, unit) for unit, _ in spelling] for row in rows]
    _, found = align(weights, [-4.0] * len(rows), [-4.0] * len(spelling))
    pairs = []
    spelt: set[int] = set()
    for i, j in found:
        if i is not None and j is not None and weights[i][j] > 0:
            ends = (characters[i].written, spelling[j][0].text)
            pairs.append(Pair(*(ends if han is mine else ends[::-1]), weights[i][j], "spelt"))
            spelt.add(id(spelling[j][1]))
            han.remove(characters[i])
    latin[:] = [p for p in latin if id(p) not in spelt]
    return pairs


def units(word: Part) -> list[Unit]:
    """The syllables that a word of the core may be."""
    if syllables.is_syllable(word.text):
        return [Unit(word.text, "syllable", "given", word.written)]
    cuts = syllables.segments(word.text)
    return [Unit(s, "syllable", "given", s) for s in cuts[0]] if cuts else []


def _complete(bits: float, pairs: list[Pair]) -> float:
    """Nothing of either name is left: the bits with what that says."""
    if _as_listed(pairs):
        return max(bits + COMPLETE, WHOLE_NAME)
    return bits + (COMPLETE if len(pairs) > 1 else _COMPLETE_LIKE)


def _as_listed(pairs: list[Pair]) -> bool:
    """Something is there beside a legal form, and nothing of it is only like what is listed."""
    return bool(pairs) and all(p.how in _AS_LISTED or _unbroken(p) for p in pairs)


def _unbroken(pair: Pair) -> bool:
    """The same but for blanks."""
    return pair.a.replace(" ", "").lower() == pair.b.replace(" ", "").lower()


def _numbers(mine: list[Part], others: list[Part]) -> float:
    a, b = (any(p.kind == "number" for p in side) for side in (mine, others))
    return _OTHER_NUMBER if a and b else _NUMBER_ALONE if a or b else 0.0


def _legal(x: Organisation, y: Organisation) -> float:
    a, b = ({LEGAL.get(p.text, "") for p in one.of("legal")} - {""} for one in (x, y))
    if not a or not b:
        return 0.0
    return _LEGAL_BITS if a & b else _OTHER_LEGAL


def _as_one(x: Organisation, y: Organisation) -> Worded | None:
    """The names without blanks, a slip apart at most."""
    a, b = ("".join(p.written.lower() for p in one.parts if p.kind != "legal") for one in (x, y))
    if min(len(a), len(b)) < 6 or len(x.parts) == len(y.parts) or a == b:
        return None
    distance = OSA.distance(a, b, score_cutoff=1)
    if distance > 1 or any(c.isdigit() for c in a + b):
        return None
    known = sum(information(p) for p in min(x.parts, y.parts, key=len) if p.kind != "legal")
    bits = min(known, ENOUGH) - 1.0 - _SLIP * distance
    return Worded(bits, (Pair(x.name, y.name, bits, "joined"),))


def acronyms(name: Organisation) -> set[str]:
    """First letters of a name's words, three at least, with its legal form's and without."""
    some = (name.parts, [p for p in name.parts if p.kind != "legal"])
    found = {"".join(p.written[0].lower() for p in parts) for parts in some}
    return {letters for letters in found if len(letters) >= 3}


def _acronym(x: Organisation, y: Organisation) -> Worded | None:
    """One name is the other's first letters."""
    own = x.of("core", "term")
    letters = own[0].written.lower() if len(own) == 1 else ""
    if not 3 <= len(letters) <= 8 or letters not in acronyms(y):
        return None
    bits = _ACRONYM_BITS + 0.5 * len(letters)
    return Worded(bits, (Pair(x.name, y.name, bits, "acronym"),))
