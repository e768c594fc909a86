"""A name's characters made plain: what looks the same is the same, what can't be seen is gone."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from anyascii import anyascii

_LOOKALIKE = str.maketrans(
    "аеорсхуіјѕһԁԛԝкмтнвАВЕКМНОРСТХУІЈЅЗαοερτυνκιΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcxyijshdqwkmthbABEKMHOPCTXYIJSZaoeptuvkiABEZHIKMNOPTYX",
)
"""Cyrillic and Greek letters that a reader takes for Latin ones (Unicode UTS 39, confusables)."""

_EXPANDED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th",
                           "ł": "l", "ı": "i", "ħ": "h", "ŋ": "ng"})  # fmt: skip


def visible(text: str) -> str:
    """NFKC, without what has no width: joiners, marks of direction, soft hyphens, controls."""
    shown = (" " if c.isspace() else c for c in unicodedata.normalize("NFKC", text))
    return "".join(c for c in shown if unicodedata.category(c) not in ("Cf", "Cc"))


@lru_cache(maxsize=16384)
def script(character: str) -> str:
    """`han`, `latin`, `kana`, `hangul`, `cyrillic`, `other` for a letter; `digit`, or empty."""
    point = ord(character)
    if point < 0x250:
        return "latin" if character.isalpha() else "digit" if character.isdigit() else ""
    if _is_han(point):
        return "han"
    category = unicodedata.category(character)
    if category.startswith("N"):
        return "digit"
    if not category.startswith("L"):
        return "mark" if category.startswith("M") else ""
    name = unicodedata.name(character, "")
    for word in ("LATIN", "CYRILLIC", "GREEK", "HANGUL", "ARABIC", "HEBREW"):
        if name.startswith(word):
            return word.lower()
    return "kana" if name.startswith(("KATAKANA", "HIRAGANA")) else "other"


def _is_han(point: int) -> bool:
    return (
        0x3400 <= point <= 0x9FFF
        or 0xF900 <= point <= 0xFAFF
        or 0x20000 <= point <= 0x323AF
        or point in (0x3005, 0x3007)
        or is_private(point)
    )


def is_private(point: int) -> bool:
    """Where HKSCS and in-house fonts put characters that had no code of their own."""
    return 0xE000 <= point <= 0xF8FF or 0xF0000 <= point <= 0x10FFFD


@lru_cache(maxsize=16384)
def plain(word: str, mixed: bool = False) -> str:
    """A word in lower-case ASCII. `mixed`: the name has Latin letters too, so lookalikes are meant so."""
    if word.isascii():
        return word.lower()
    if mixed:
        swapped = word.translate(_LOOKALIKE)
        if all(script(c) in ("latin", "digit", "mark", "") for c in swapped):
            word = swapped
    bare = unicodedata.normalize("NFKD", word.casefold().translate(_EXPANDED))
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    if bare.isascii():
        return bare
    return "".join(c for c in anyascii(bare).lower() if c.isalnum())
