"""The script and language that were asked for, outside of quotes.

Repair and measure go together: what `in_script` has written holds no character of the other script
outside a quote that the source has too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from lionrock.documents.language import HAN, Language, detect, to_simplified, to_traditional

_QUOTED: Final = re.compile('「[^「」]*」|『[^『』]*』|“[^“”]*”|"[^"]*"|《[^《》]*》')
# Characters that OpenCC maps away from the one script and that the other writes too, by their own right:
# 皇后, 公里, 台灣, 干預. Big5, the set of characters that Hong Kong's Traditional text was written in, has
# nearly all of them; these of Big5 are taken for Simplified all the same.
_STILL_SIMPLIFIED: Final = frozenset(
    "万与丰么价优体儿党厂吨听圣坏复宁岭并庄异怀惊愿扑扰据机极构柜气洁确离种筑网胜范荐虫触赶适苹忏怜"
)
# Of those that both scripts write, what small models leave in Traditional text; not the surname 于, nor 皇后.
_COMMON: Final = (
    (re.compile("(?<=[高低大小多少等位由基對關至屬處鑒用始終過善利急在當限源助出介次優])于"), "於"),
    (re.compile("(?<=[之以其今前最隨事背先此年月日])后|后(?=[來果者續期])"), "後"),
)
_BOTH: Final = frozenset("恒")
"""Printed in Hong Kong's Traditional text though Big5 has it not: 恒生."""
_WORDS: Final = re.compile(r"\b[a-z]{2,}(?:[ -][a-z]{2,}){2,}\b")
_LONG_ENOUGH: Final = 12


def in_script(text: str, language: Language, source: str = "") -> str:
    """`text` with its Chinese in the script of `language`; quotes that `source` has stay as they are."""
    if language == "en":
        return text
    change = to_simplified if language == "zh-Hans" else _traditional
    return _outside(text, source, change)


def foreign(text: str, language: Language, source: str = "") -> list[str]:
    """What is not in the language and script asked for: characters of the other script, Chinese left in
    English, runs of English words left in Chinese; Cantonese that is not."""
    bare = _outside(text, source, lambda part: part, quote=" ")
    if language == "en":
        return list(dict.fromkeys(re.findall(f"{HAN.pattern}+", bare)))
    wrong = traditional_only if language == "zh-Hans" else simplified_only
    found = [c for c in dict.fromkeys(bare) if HAN.match(c) and wrong(c)]
    found += [
        words for words in _WORDS.findall(bare) if words not in source or detect(source) == "en"
    ]
    spoken = detect(text) == "yue"
    if language != "yue" and spoken:
        found.append(text[:_LONG_ENOUGH])
    return found


@cache
def simplified_only(character: str) -> bool:
    """Is it a character that Traditional text does not have?"""
    if character in _BOTH or _traditional_of(character) == character:
        return False
    return character in _STILL_SIMPLIFIED or not _in_big5(character)


@cache
def traditional_only(character: str) -> bool:
    return to_simplified(character) != character


@cache
def _traditional_of(character: str) -> str:
    # Read as the one character of a Simplified text; 们 in front makes it one for certain.
    return to_traditional(f"们{character}")[1:]


def _in_big5(character: str) -> bool:
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        return False
    return True


def _traditional(text: str) -> str:
    """Whole where the text is Simplified, so that words decide; else character by character."""
    whole = to_traditional(text)
    plain = "".join(_traditional_of(c) if simplified_only(c) else c for c in whole)
    for pattern, character in _COMMON:
        plain = pattern.sub(character, plain)
    return plain


def _outside(text: str, source: str, change: Callable[[str], str], quote: str = "") -> str:
    """`text` changed outside the quotes that stand in `source` as well; those, or `quote` for them."""
    parts, at = [], 0
    for match in _QUOTED.finditer(text):
        if match.group()[1:-1] in source and match.group()[1:-1]:
            parts += [change(text[at : match.start()]), quote or match.group()]
            at = match.end()
    return "".join([*parts, change(text[at:])])
