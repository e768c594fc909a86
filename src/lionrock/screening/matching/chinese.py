"""Chinese names against Chinese names, whatever they are written in.

A name is a row of units: characters, or the syllables of Latin words, surname first. Rows are aligned in
order; the weight of a pair is that of one character's spellings (`names.syllables`). A Latin name may
carry its surname last, its given name in one word, and Western names anywhere: each reading is tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import islice
from math import log2
from typing import Final, Literal

from lionrock.screening.matching.alignment import Pairs, align
from lionrock.screening.names import syllables
from lionrock.screening.names.characters import fold, unfolded
from lionrock.screening.names.chinese_names import COMPOUND, surname_length
from lionrock.screening.names.forms import Form
from lionrock.screening.names.syllables import Role
from lionrock.screening.names.text import is_private, script
from lionrock.screening.names.words import is_given_name

Kind = Literal["character", "syllable", "initial", "western", "other"]

_GAP: Final = {"initial": -1.0, "western": -0.4, "other": -1.0}
_SURNAME_GAP, GIVEN_GAP, _GIVEN_GAP_WESTERN = -6.0, -6.0, -0.6
_MIXED, _OTHER_WESTERN = -3.0, -7.0
_GIVEN_GAP_ACROSS: Final = -6.5
"""Between scripts: names are written whole in both."""
_RARE_SURNAME: Final = 4.0
"""People keep to the usual spellings of a surname."""
_PART_GAP: Final = -9.0
"""A word is cut into syllables to explain all of it."""
_OTHER_CHARACTER: Final = -8.0
SAME_SYLLABLE: Final = {"surname": 4.5, "given": 6.5}
_MOST_READINGS: Final = 8


Systems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    text: str
    kind: Kind
    role: Role = "given"
    written: str = ""
    whole: bool = True
    """A word of its own, and not cut from one."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """`bits` of evidence; the rows as read, and their pairs."""

    bits: float
    a: tuple[Unit, ...]
    b: tuple[Unit, ...]
    pairs: Pairs


@lru_cache(maxsize=8192)
def characters(han: str) -> tuple[Unit, ...]:
    """The row of a name in Chinese characters."""
    family = surname_length(han)
    return tuple(
        Unit(c, "character", "surname" if at < family else "given", c) for at, c in enumerate(han)
    )


@lru_cache(maxsize=8192)
def readings(form: Form) -> tuple[tuple[Unit, ...], ...]:
    """The rows that a Latin name may stand for; none if it can't be a Chinese name."""
    found: list[tuple[Unit, ...]] = []
    for row in islice(_rows(form), _MOST_READINGS):
        if _is_plausible(row):
            found.extend(o for o in _orders(row, form) if o not in found)
    return tuple(found)


def _is_plausible(row: Sequence[Unit]) -> bool:
    """One to six syllables, and no more than one word that is neither Chinese nor Western.

    A word that is cut into syllables stands beside a surname of its own; beside a strange word, chance
    makes syllables of much.
    """
    whole = sum(u.kind == "syllable" and u.whole for u in row)
    spelt = sum(u.kind == "syllable" for u in row)
    strange = sum(u.kind == "other" for u in row)
    named = sum(u.kind in ("western", "initial") for u in row)
    if whole < 1 and (strange or named or len(row) != spelt or spelt < 3):
        return False
    if spelt > 6 or strange > (2 if whole >= 3 else 1) or named > 3:
        return False
    return strange == 0 or spelt == whole


def _rows(form: Form) -> Iterator[tuple[Unit, ...]]:
    """First each word as it is or in its likeliest cut, then one word read another way at a time."""
    ways = [_ways(word.text, word.written) for word in form.words]
    if not ways or len(ways) > 8 or any(script(c) == "hangul" for c in form.name):
        return
    yield tuple(u for way in ways for u in way[0])
    for at, choices in enumerate(ways):
        for other in choices[1:]:
            yield tuple(u for n, way in enumerate(ways) for u in (other if n == at else way[0]))


@cache
def compound_spellings() -> Mapping[str, tuple[str, str]]:
    """Compound surnames in one word: `szeto` for 司徒, `ouyang` for 歐陽."""
    found: dict[str, tuple[str, str]] = {}
    for compound in COMPOUND:
        for a, one in syllables.spellings(compound[0], "surname").items():
            for b, other in syllables.spellings(compound[1], "surname").items():
                if one.share > 0.02 and other.share > 0.02:
                    found[a + b] = (a, b)
    return {word: cut for word, cut in found.items() if not is_given_name(word)}


def _ways(text: str, written: str) -> list[tuple[Unit, ...]]:
    if len(text) == 1:
        return [(Unit(text, "initial", "given", written),)]
    compound = compound_spellings().get(text)
    if compound:
        return [tuple(Unit(s, "syllable", "given", s) for s in compound)]
    western = is_given_name(text)
    cuts = [
        tuple(Unit(s, "syllable", "given", s, False) for s in cut)
        for cut in syllables.segments(text)
    ]
    whole = (Unit(text, "syllable", "given", written),)
    if syllables.is_syllable(text):
        return [whole, (Unit(text, "western", "given", written),)] if western else [whole]
    alone = (Unit(text, "western" if western else "other", "given", written),)
    return [alone, *cuts[:2]] if western or not cuts else [*cuts[:2], alone]


def _orders(row: tuple[Unit, ...], form: Form) -> Iterator[tuple[Unit, ...]]:
    """Surname first, last, or after Western names (`Steven HO Chun-yin`); where a comma or capitals tell,

    only there.
    """
    chinese = [at for at, u in enumerate(row) if u.kind in ("syllable", "initial")]
    told = _told(row, form, chinese)
    for at in told or dict.fromkeys((chinese[0], chinese[-1])):
        rest = row[:at] + row[at + 1 :]
        yield (replace(row[at], role="surname"), *rest)
    if len(chinese) >= 3 and (
        not told or told[0] == chinese[0]
    ):  # compound, or a married woman's two
        first = [replace(row[at], role="surname") for at in chinese[:2]]
        yield (*first, *(u for at, u in enumerate(row) if at not in chinese[:2]))


def _told(row: Sequence[Unit], form: Form, chinese: Sequence[int]) -> list[int]:
    """Where the surname stands, if the writing tells."""
    if form.before_comma:
        return [chinese[0]]
    capitals = [
        at
        for at in chinese
        if row[at].whole and len(row[at].written) > 1 and row[at].written.isupper()
    ]
    small = any(not w.written.isupper() for w in form.words)
    return capitals if len(capitals) == 1 and small else []


def compare(a: Form, b: Form) -> Alignment | None:
    """The best alignment of two names; None if one of them can't be Chinese."""
    rows_a = (characters(a.han),) if a.han else readings(a)
    rows_b = (characters(b.han),) if b.han else readings(b)
    found = [_aligned(x, y) for x in rows_a for y in rows_b if a.han or b.han or _are_whole(x, y)]
    return max(found, key=lambda one: one.bits, default=None)


def _are_whole(x: Sequence[Unit], y: Sequence[Unit]) -> bool:
    """Chinese names for certain: with characters on neither side, chance makes syllables of much."""
    kinds = [[u.kind for u in row] for row in (x, y)]
    if any(u.role == "surname" and not u.whole for u in (*x, *y)):
        return False
    spelt = sorted(k.count("syllable") for k in kinds)
    if spelt[0] < 1 or spelt[1] < 2 or spelt[1] > 4:
        return False
    foreign = sorted(k.count("western") + k.count("other") for k in kinds)
    strange = min(k.count("other") for k in kinds)
    return strange == 0 and foreign[1] <= 2


def _aligned(a: tuple[Unit, ...], b: tuple[Unit, ...]) -> Alignment:
    weights = [[pair_weight(x, y) for y in b] for x in a]
    bits, pairs = align(weights, _gaps(a, b), _gaps(b, a))
    return Alignment(bits + _mixed(a, b, pairs) + _contrary(a, b, pairs), a, b, pairs)


def _mixed(a: Sequence[Unit], b: Sequence[Unit], pairs: Pairs) -> float:
    """Few people spell one name in two systems."""
    both = [systems(a[i], b[j]) for i, j in pairs if i is not None and j is not None]
    return _MIXED * sum(_strays([one[side] for one in both]) for side in (0, 1))


def _strays(used: Sequence[Systems]) -> int:
    """Syllables outside the system that most of a name's are spelt in."""
    told = [s for s in used if s]
    if len(told) < 2:
        return 0
    return len(told) - max(sum(one in s for s in told) for one in syllables.SYSTEMS)


def systems(a: Unit, b: Unit) -> tuple[Systems, Systems]:
    """The systems that spell the character of two units as they are spelt; none for a character."""
    if "syllable" not in (a.kind, b.kind) or a.text == b.text:
        return (), ()
    if a.kind == b.kind:
        role: Role = "surname" if a.role == b.role == "surname" else "given"
        shared = syllables.shared(a.text, b.text, role)
        return (_spelling(a, shared, role), _spelling(b, shared, role)) if shared else ((), ())
    if a.kind == "character":
        return (), _spelling(b, a.text, a.role)
    return (_spelling(a, b.text, b.role), ()) if b.kind == "character" else ((), ())


def _spelling(unit: Unit, character: str, role: Role) -> Systems:
    found: set[str] = set()
    for written in unfolded(fold(character)):
        spelling = syllables.spellings(written, role).get(unit.text)
        found.update(spelling.systems if spelling else ())
    return tuple(found)


def _contrary(a: Sequence[Unit], b: Sequence[Unit], pairs: Pairs) -> float:
    """Two Western names that differ are two people's."""
    alone_a = any(
        j is None and i is not None and a[i].kind in ("western", "other") for i, j in pairs
    )
    alone_b = any(
        i is None and j is not None and b[j].kind in ("western", "other") for i, j in pairs
    )
    if alone_a and alone_b:
        return _OTHER_WESTERN
    lone_a = [a[i] for i, j in pairs if j is None and i is not None]
    lone_b = [b[j] for i, j in pairs if i is None and j is not None]
    either = any(map(_is_both, lone_a)) and any(u.kind in ("character", "syllable") for u in lone_b)
    other = any(map(_is_both, lone_b)) and any(u.kind in ("character", "syllable") for u in lone_a)
    return -4.0 if either or other else 0.0


def _is_both(unit: Unit) -> bool:
    """A Western name that is a Chinese syllable too: Wing, May, Ken."""
    return unit.kind == "western" and syllables.is_syllable(unit.text)


def _gaps(row: Sequence[Unit], other: Sequence[Unit]) -> list[float]:
    """What it costs that a unit has no counterpart; less where a Western name may stand for it."""
    kinds = [u.kind for u in other]
    replaced = kinds.count("syllable") <= 1 and bool({"western", "other", "initial"} & set(kinds))
    across = {u.kind == "character" for u in (*row, *other)} == {True, False}
    given = _GIVEN_GAP_WESTERN if replaced else _GIVEN_GAP_ACROSS if across else GIVEN_GAP
    return [_gap(u, given) for u in row]


def _gap(unit: Unit, given: float) -> float:
    if unit.role == "surname":
        return _SURNAME_GAP
    if _is_both(unit):
        return -1.5
    if unit.kind == "syllable" and not unit.whole:
        return _PART_GAP
    return given if unit.kind in ("character", "syllable") else _GAP[unit.kind]


def pair_weight(a: Unit, b: Unit) -> float:
    """Bits for two units being the same character, against chance."""
    if a.role != b.role and "western" not in (a.kind, b.kind):
        return syllables.LOWEST
    if a.kind == "character":
        return _same(a, b) if b.kind == "character" else _spelt(b, a)
    if b.kind == "character":
        return _spelt(a, b)
    if a.kind == "initial" or b.kind == "initial":
        return 2.0 if a.text[0] == b.text[0] else syllables.LOWEST
    if a.kind == b.kind == "syllable":
        role: Role = "surname" if a.role == b.role == "surname" else "given"
        if a.text == b.text:
            return min(-log2(syllables.syllable_share(a.text, role)), SAME_SYLLABLE[role])
        bits = syllables.bridge(a.text, b.text, role) - 0.5
        return bits - _RARE_SURNAME if role == "surname" and bits < 2.5 else bits
    return 6.0 if a.text == b.text else syllables.LOWEST


def _same(a: Unit, b: Unit) -> float:
    if fold(a.text) != fold(b.text):
        return 0.0 if _unreadable(a.text) or _unreadable(b.text) else _OTHER_CHARACTER
    if _unreadable(fold(a.text)):
        return 0.0
    bits = -log2(syllables.character_share(fold(a.text), a.role))
    return bits if a.text == b.text else bits - 0.3


def _unreadable(character: str) -> bool:
    """In private use, where a house may have put its own, or left out by a code that no table has: it
    tells nothing against a name."""
    return is_private(ord(character)) or character == "〓"


def _spelt(latin: Unit, han: Unit) -> float:
    if _unreadable(han.text):
        known = fold(han.text)
        return 0.0 if _unreadable(known) else max(0.0, _spelt(latin, replace(han, text=known)))
    if latin.kind == "syllable":
        return syllables.weight(latin.text, han.text, han.role)
    if latin.kind == "initial":
        starts = any(s.startswith(latin.text) for s in syllables.spellings(han.text, han.role))
        return 2.0 if starts else syllables.LOWEST
    return syllables.LOWEST
