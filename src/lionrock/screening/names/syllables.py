"""How likely a Latin syllable stands for a Chinese character, and two syllables for the same one.

A character is read in Cantonese or Mandarin, a reading is spelt in one of the systems, and both steps
have shares; so P(spelling | character) is a sum over them, and the weight of evidence is its
log-ratio to the spelling's share of all names (Fellegi and Sunter, 1969). Surnames and given names have
shares of their own: "Chan" in front says less than "Tsz" behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from math import log2
from typing import Final, Literal, NamedTuple

from lionrock.screening.names import cantonese, mandarin, southern
from lionrock.screening.names.characters import character, fold, table, unfolded
from lionrock.screening.names.chinese_names import (
    SURNAME_CANTONESE,
    SURNAME_MANDARIN,
    given_share,
    surname_share,
)

Role = Literal["surname", "given"]
Shares = Mapping[str, float]

SYSTEMS: Final = {
    "Hong Kong": 0.5,
    "pinyin": 0.38,
    "Taiwan": 0.05,
    "Macau": 0.03,
    "Malaysia and Singapore": 0.04,
}
"""Systems and their share of the names an institution in Hong Kong meets; ours, rounded."""
_READING_SHARES: Final = (0.86, 0.09, 0.03, 0.02)
_SURNAME_SHARES: Final = (0.985, 0.01, 0.003, 0.002)
"""Of a character's readings: a surname is seldom read in another than its first."""
_COMMON: Final = 1.2e-4
"""Characters below this share say nothing of what a spelling usually stands for."""
_RARE: Final = 1e-6
"""Share of a spelling or character that no table has."""
LOWEST: Final = -9.0


class Spelling(NamedTuple):
    """One way to write a character: the likeliest reading, and every system that spells it so."""

    reading: str
    systems: tuple[str, ...]
    share: float


@lru_cache(maxsize=32768)
def spellings(written: str, role: Role) -> Mapping[str, Spelling]:
    """Every spelling of a character that the systems give it, with its summed share of 1."""
    found: dict[str, Spelling] = {}
    for spelt, spelling in _ways(written, role):
        known = found.get(spelt)
        if known is None:
            found[spelt] = spelling
            continue
        first, second = sorted((known, spelling), key=lambda one: -one.share)
        systems = tuple(dict.fromkeys(first.systems + second.systems))
        found[spelt] = Spelling(first.reading, systems, known.share + spelling.share)
    return found


def _ways(written: str, role: Role) -> Iterator[tuple[str, Spelling]]:
    known = character(written)
    sounds = _first(SURNAME_CANTONESE.get(written), known.cantonese, role)
    yield from _spelt(sounds, cantonese.hong_kong, "Hong Kong", role)
    yield from _spelt(sounds, cantonese.macau, "Macau", role)
    sounds = _first(SURNAME_MANDARIN.get(written), known.mandarin, role)
    yield from _spelt(sounds, mandarin.pinyin, "pinyin", role)
    yield from _spelt(sounds, mandarin.taiwan, "Taiwan", role)
    southern_forms = _southern(role).get(fold(written), ())
    for place, spelt in enumerate(southern_forms):
        share = SYSTEMS["Malaysia and Singapore"] / (2 + place)
        yield spelt, Spelling(spelt, ("Malaysia and Singapore",), share)


def _first(surname: str | None, readings: tuple[str, ...], role: Role) -> tuple[str, ...]:
    if surname and role == "surname":
        return (surname, *(r for r in readings if r != surname))
    return readings


def _spelt(
    readings: tuple[str, ...], spell: Callable[[str], Shares], system: str, role: Role
) -> Iterator[tuple[str, Spelling]]:
    shares = (_SURNAME_SHARES if role == "surname" else _READING_SHARES)[: len(readings)]
    whole = sum(shares)
    for reading, likely in zip(readings, shares, strict=False):
        for spelt, share in spell(reading).items():
            yield spelt, Spelling(reading, (system,), SYSTEMS[system] * likely / whole * share)


@cache
def _southern(role: Role) -> Mapping[str, tuple[str, ...]]:
    surnames, given = southern.spellings()
    return {fold(c): forms for c, forms in (surnames if role == "surname" else given).items()}


def character_share(written: str, role: Role) -> float:
    return _shares(role).get(fold(written), _RARE)


def is_common(folded: str, role: Role) -> bool:
    """Whether `characters_spelt` knows a character."""
    return _shares(role).get(folded, 0.0) >= _COMMON


def _shares(role: Role) -> Shares:
    return surname_share() if role == "surname" else given_share()


@cache
def characters_spelt(role: Role) -> Mapping[str, tuple[tuple[str, float], ...]]:
    """For each spelling, the folded characters it may stand for and P(character and spelling)."""
    found: dict[str, list[tuple[str, float]]] = {}
    for folded, share in _shares(role).items():
        if share < _COMMON:
            continue
        merged: dict[str, float] = {}
        for written in unfolded(folded):
            for spelt, spelling in spellings(written, role).items():
                merged[spelt] = max(merged.get(spelt, 0.0), spelling.share)
        for spelt, likely in merged.items():
            if likely > 1e-4:
                found.setdefault(spelt, []).append((folded, share * likely))
    return {s: tuple(sorted(cs, key=lambda c: -c[1])[:60]) for s, cs in found.items()}


@lru_cache(maxsize=65536)
def syllable_share(spelt: str, role: Role) -> float:
    """P(spelling) over all names."""
    return max(sum(p for _, p in characters_spelt(role).get(spelt, ())), 2e-5)


@lru_cache(maxsize=32768)
def weight(spelt: str, written: str, role: Role) -> float:
    """Bits for `spelt` being how `written` was spelt, against chance. At least `LOWEST`."""
    likely = _likely(spelt, written, role)
    return max(log2(likely / max(syllable_share(spelt, role), 1e-4) + 1e-9), LOWEST)


def _likely(spelt: str, written: str, role: Role) -> float:
    ways = spellings(written, role)
    exact = ways[spelt].share if spelt in ways else 0.0
    if role == "surname" or exact > 1e-3:
        other: Role = "given" if role == "surname" else "surname"
        more = spellings(written, other).get(spelt)
        return max(exact, 0.1 * more.share if more else 0.0, _misspelt(spelt, ways))
    return max(exact, _misspelt(spelt, ways))


def _misspelt(spelt: str, ways: Mapping[str, Spelling]) -> float:
    """A typing error or a spelling of one's own: one letter off, one time in some hundreds."""
    if len(spelt) < 3:
        return 0.0
    near = sum(s.share for form, s in ways.items() if _one_off(spelt, form))
    return 5e-4 * near


def _one_off(a: str, b: str) -> bool:
    if a == b or abs(len(a) - len(b)) > 1 or a[0] != b[0]:
        return False
    if len(a) == len(b):
        differing = [i for i in range(len(a)) if a[i] != b[i]]
        return len(differing) == 1
    long, short = (a, b) if len(a) > len(b) else (b, a)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


@lru_cache(maxsize=32768)
def bridge(a: str, b: str, role: Role) -> float:
    """Bits for two spellings being of the same character, against chance. At least `LOWEST`."""
    share_a, share_b = syllable_share(a, role), syllable_share(b, role)
    ways_b = dict(characters_spelt(role).get(b, ()))
    shares = _shares(role)
    both = sum(
        p * ways_b[c] / shares[c] for c, p in characters_spelt(role).get(a, ()) if c in ways_b
    )
    return max(log2(both / (share_a * share_b) + 1e-9), LOWEST)


@lru_cache(maxsize=65536)
def shared(a: str, b: str, role: Role) -> str:
    """The likeliest folded character that two syllables both spell; empty for none."""
    ways = dict(characters_spelt(role).get(b, ()))
    both = [
        (p * ways[c] / _shares(role)[c], c)
        for c, p in characters_spelt(role).get(a, ())
        if c in ways
    ]
    return max(both)[1] if both else ""


@cache
def is_syllable(spelt: str) -> bool:
    return (
        spelt in characters_spelt("surname")
        or spelt in characters_spelt("given")
        or spelt in _pinyin()
    )


@cache
def _pinyin() -> frozenset[str]:
    """Every toneless syllable of Mandarin."""
    return frozenset(r for known in table().values() if known.code for r in known.mandarin)


@lru_cache(maxsize=65536)
def segments(token: str) -> tuple[tuple[str, ...], ...]:
    """The ways to cut a word into two or three syllables, likeliest first: `dawen` → da wen."""
    if len(token) < 4 or len(token) > 16 or not token.isascii():
        return ()
    found = [w for w in _cut(token, 3) if len(w) > 1]
    return tuple(sorted(found, key=_cut_weight, reverse=True)[:3])


def _cut(token: str, most: int) -> Iterator[tuple[str, ...]]:
    if is_syllable(token):
        yield (token,)
    if most > 1:
        for at in range(1, len(token)):
            if is_syllable(token[:at]):
                for rest in _cut(token[at:], most - 1):
                    yield (token[:at], *rest)


def _cut_weight(cut: tuple[str, ...]) -> float:
    return sum(log2(syllable_share(s, "given")) for s in cut)
