"""Words of Latin-letter names: how much one says, and how like two are."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from math import log2
from typing import Final

from rapidfuzz.distance import OSA

from lionrock.screening.names.characters import keyed, lines, table_text
from lionrock.screening.names.syllables import is_syllable, syllable_share

PARTICLES: Final = frozenset(
    "al el ul as ad ar bin ibn ben bint abu abou umm van von der den de del della da di du dos das la le las los "
    "y e o san st mac mc ter ten zu zum zur af av bar bat ould wa w".split()
)
TITLES: Final = frozenset(
    "mr mrs ms miss mx dr prof professor sir dame lord lady honourable honorable rev reverend fr father "
    "sheikh shaykh shaikh sheik sayyid sayed hajji haji hajj mullah mawlawi maulvi maulavi qari ustad "
    "general gen colonel col major maj captain capt lieutenant lt brigadier brig commander cmdr admiral "
    "eng engineer ing dipl president minister senator jr sr junior senior ii iii iv esq phd md jp "
    "sbs gbs bbs gbm".split()
)
_SOUNDS: Final = (
    ("tsch", "c"), ("sch", "s"), ("tch", "c"), ("dzh", "j"), ("shch", "s"), ("ph", "f"), ("ck", "k"), ("kh", "h"),
    ("gh", "g"), ("dh", "d"), ("th", "t"), ("zh", "j"), ("dj", "j"), ("sh", "s"), ("ch", "c"), ("cz", "c"), ("sz", "s"),
    ("ts", "s"), ("tz", "s"), ("ks", "x"), ("q", "k"), ("w", "v"), ("z", "s"), ("g", "k"),
)  # fmt: skip
_DIGITS_FOR_LETTERS: Final = str.maketrans("01258", "olzsb")


@cache
def _groups() -> dict[str, int]:
    """Words that are forms of one name have one number."""
    groups = enumerate(lines("word_variants"))
    return {word: number for number, group in groups for word in group.split()}


@cache
def _often() -> dict[str, float]:
    """Words that name many people the world over, with their bits."""
    return {word: float(bits) for bits, words in keyed("word_shares") for word in words}


@cache
def _chosen() -> frozenset[str]:
    return frozenset(" ".join(lines("chosen_names")).split())


@cache
def _census() -> dict[str, tuple[frozenset[str], float]]:
    """Each name of the census: whether given or family, and its greatest share in per mille."""
    found: dict[str, tuple[frozenset[str], float]] = {}
    for line in table_text("western").splitlines():
        name, kind, share = line.split("\t")
        kinds, most = found.get(name, (frozenset(), 0.0))
        found[name] = (kinds | {kind}, max(most, float(share)))
    return found


@lru_cache(maxsize=65536)
def is_given_name(word: str) -> bool:
    """A Western given name, as people in Hong Kong take beside their Chinese one."""
    kinds, share = _census().get(word, (frozenset(), 0.0))
    return word in _chosen() or bool(kinds & {"f", "m"} and share > 0.05)


@lru_cache(maxsize=32768)
def information(word: str) -> float:
    """Bits that an agreement on this word is worth: −log2 of its share of names, bounded."""
    often = _often().get(word)
    if often is not None:
        return often
    if word in PARTICLES:
        return 0.7
    group = _groups().get(word)
    base = 8.0 if group is not None else 11.5
    kinds, share = _census().get(word, (frozenset(), 0.0))
    if kinds:
        base = min(base, max(-log2(share / 1000), 6.0))
    if is_syllable(word):
        base = min(
            base,
            max(-log2(max(syllable_share(word, "given"), syllable_share(word, "surname"))), 4.5),
        )
    return min(base, 3.0 + 1.9 * len(word))


@lru_cache(maxsize=32768)
def doubled(word: str) -> str:
    """A word with each doubled letter once: Husein for Hussein."""
    return re.sub(r"(.)\1+", r"\1", word)


@lru_cache(maxsize=32768)
def without_vowels(word: str) -> str:
    """First and last letter kept, as people shorten: Mhmmd."""
    return word[:1] + re.sub("[aeiou]", "", word[1:-1]) + word[-1:] if len(word) > 3 else word


@lru_cache(maxsize=32768)
def sound(word: str) -> str:
    """A rough key of how a word sounds across transliterations: consonants' classes, first vowel kept as one."""
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    word = re.sub("c(?=[eiy])", "s", word[:1] + word[1:].replace("y", "i"))
    head = "a" if word[:1] in "aeiou" else word[:1]
    rest = re.sub("[aeiouh]", "", word[1:])
    return re.sub(r"(.)\1+", r"\1", head + rest)


@lru_cache(maxsize=32768)
def scanned(word: str) -> str:
    """A word with what optical recognition confuses made one: rn and m, cl and d, 0 and o."""
    letters = word.translate(_DIGITS_FOR_LETTERS) if not word.isdigit() else word
    return letters.replace("rn", "m").replace("cl", "d").replace("l", "i")


def likeness(a: str, b: str) -> tuple[float, str]:
    """Bits for two words being one name's, and how: 0 and empty if they are not alike.

    The ways: `same`, `variant` (known forms of one name), `sound`, `misspelt`, `scan`, `initial`, `cut`.
    """
    if a == b:
        return information(a), "same"
    return _likeness(a, b) if (len(b), a) < (len(a), b) else _likeness(b, a)


@lru_cache(maxsize=32768)
def _likeness(a: str, b: str) -> tuple[float, str]:
    if len(a) == 1 or len(b) == 1:
        return (2.5, "initial") if a[0] == b[0] else (0.0, "")
    known = min(information(a), information(b))
    group = _groups().get(a)
    other = _groups().get(b)
    if group is not None and other is not None:
        return (known - 0.5, "variant") if group == other else (0.0, "")
    if doubled(a) == doubled(b):
        return known - 0.7, "sound"
    if without_vowels(a) == b or without_vowels(b) == a:
        return known - 1.8, "sound"
    if a.startswith("abdul") and len(a) > 7 and not b.startswith("abdul"):
        bits, how = likeness(a[5:], b)
        return (
            (max(bits - 2.0, 0.0), "variant") if how in ("same", "variant", "sound") else (0.0, "")
        )
    if a.isdigit() or b.isdigit():
        return 0.0, ""
    if is_syllable(a) and is_syllable(b) and max(len(a), len(b)) < 7:
        return 0.0, ""  # another syllable, not a slip
    found = max(_by_sound(a, b, known), _by_letters(a, b, known), _by_scan(a, b, known))
    return found if found[0] > 0 else (0.0, "")


def _by_sound(a: str, b: str, known: float) -> tuple[float, str]:
    key = sound(a)
    if key != sound(b) or len(key) < 2:
        return 0.0, ""
    return known - (1.5 if len(key) > 2 else 4.0) - 0.5 * abs(len(a) - len(b)), "sound"


def _by_letters(a: str, b: str, known: float) -> tuple[float, str]:
    short = min(len(a), len(b))
    allowed = 0 if short < 3 else 1 if short < 6 else 2 if short < 10 else 3
    distance = OSA.distance(a, b, score_cutoff=allowed)
    if distance > allowed:
        return 0.0, ""
    cost = 2.0 + 1.6 * (distance - 1) + (3.0 if short < 4 else 1.0 if short < 5 else 0.0)
    if a[0] != b[0]:
        cost += 1.0
    return known - cost, "misspelt"


def _by_scan(a: str, b: str, known: float) -> tuple[float, str]:
    return (known - 2.5, "scan") if scanned(a) == scanned(b) else (0.0, "")


def variant(word: str) -> int | None:
    """The number of the group of forms that a word belongs to."""
    return _groups().get(word)
