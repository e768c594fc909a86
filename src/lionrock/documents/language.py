"""Which language and script a text is in: en, zh-Hant, zh-Hans or yue. Rules, no model, microseconds.

Written Cantonese is told by its own characters and words (Lau, Tsang et al., "CantoFilter", use the
same idea); Traditional from Simplified by the characters that OpenCC maps in only one direction.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

import opencc

Language = Literal["en", "zh-Hant", "zh-Hans", "yue"]

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_CANTONESE = re.compile(
    "[嘅咗喺啲哋嚟冇唔嗰咁乜嘢佢噉喎啩㗎咩揾攞瞓睇啱嘥諗畀俾]|邊個|點樣|點解|幾耐|幾時|而家|係咪|有冇|"
    "邊度|幾多|几多|几耐|几时|边个|点样|点解|系咪|係唔係"
)
_WRITTEN = re.compile("[的是了們们這这那沒没]")


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def to_simplified(text: str) -> str:
    """Folded to Simplified, for matching only."""
    return str(_converter("t2s").convert(text))


# OpenCC's s2hk follows the dictionary standard; these follow Hong Kong's printed usage.
_PRINTED = str.maketrans(
    {"户": "戶", "裏": "裡", "衞": "衛", "羣": "群", "峯": "峰", "麪": "麵", "説": "說"}
)


def to_traditional(text: str) -> str:
    """Simplified characters written as Hong Kong prints them; Traditional text is left as it is."""
    if not is_simplified(text):
        return text
    return str(_converter("s2hk").convert(text)).translate(_PRINTED)


def script_counts(text: str) -> tuple[int, int]:
    """How many characters of `text` are Traditional only and how many Simplified only."""
    simplified = to_simplified(text)
    traditional = str(_converter("s2t").convert(text))
    hant = sum(a != b for a, b in zip(text, simplified, strict=False))
    hans = sum(a != b for a, b in zip(text, traditional, strict=False))
    return hant, hans


def is_simplified(text: str) -> bool:
    hant, hans = script_counts(text)
    return hans > hant


def detect(text: str) -> Language:
    """The main language of `text`; English when there is almost no Chinese in it."""
    han = len(HAN.findall(text))
    latin = sum(c.isascii() and c.isalpha() for c in text)
    # A Chinese word is about two characters, an English one about five letters.
    if han * 2.5 < latin or not han:
        return "en"
    cantonese = len(_CANTONESE.findall(text))
    if cantonese and cantonese * 25 >= han and cantonese >= len(_WRITTEN.findall(text)) * 0.5:
        return "yue"
    return "zh-Hans" if is_simplified(text) else "zh-Hant"
