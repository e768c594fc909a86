"""Chinese numerals of provisions as figures: 二十六 → 26, 一百零三 → 103, 甲 → 甲."""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {
    "零": 0, "兩": 2, "两": 2, "壹": 1, "貳": 2, "贰": 2, "參": 3, "叁": 3, "肆": 4, "伍": 5,
    "陸": 6, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
_UNITS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
HAN_NUMBER: Final = "".join((*_DIGITS, *_UNITS))
_NUMBER: Final = re.compile(f"[{HAN_NUMBER}]+")
_WIDE: Final = str.maketrans("０１２３４５６７８９（）", "0123456789()")


def figure(text: str) -> str:
    """`text` with full-width figures as plain ones, and as figures if it is a Chinese number."""
    text = text.strip().translate(_WIDE)
    return str(number(text)) if _NUMBER.fullmatch(text) else text


def number(text: str) -> int:
    """The value of a Chinese number of these characters; 二〇二六 is read digit by digit."""
    if not any(c in _UNITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, 0
    for c in text:
        if c in _UNITS:
            total += (digit or 1) * _UNITS[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return total + digit
