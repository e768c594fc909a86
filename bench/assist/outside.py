"""Figures and names of a text, read without the product: what its own checks pass is held against these."""

from __future__ import annotations

import re

_ARABIC = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_HAN_NUMBER = re.compile("[〇零一二兩两三四五六七八九十百千萬万億亿]{2,}")
_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_WORD_NUMBER = re.compile(rf"\b(?:{'|'.join(_WORDS[2:] + _TENS)})\b", re.IGNORECASE)
_MONTH = re.compile(rf"\b(?:{'|'.join(m.capitalize() for m in _MONTHS)})\b")
_NAME = re.compile(r"\b[A-Z][A-Za-z]*[A-Z][A-Za-z]*\b|(?<=[a-z,;] )[A-Z][a-z]{2,}\b")
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "兩": 2, "两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8}


def numbers(text: str) -> set[str]:
    """Every number of `text` as plain digits, without units or scales: 1,200 and 一千二百 are "1200"."""
    found = {_plain(m) for m in _ARABIC.findall(text)}
    found |= {_han(m) for m in _HAN_NUMBER.findall(text)}
    found |= {_word(m) for m in _WORD_NUMBER.findall(text)}
    return found | {str(_MONTHS.index(m.lower()) + 1) for m in _MONTH.findall(text)}


def all_numbers(text: str) -> set[str]:
    """The same with single Chinese digits: for the side that may say more."""
    alone = {str(_DIGITS[c]) for c in text if c in _DIGITS} | ({"10"} if "十" in text else set())
    years = re.findall(r"民國\s*(\d{2,3})", text)
    return numbers(text) | alone | {str(int(y) + 1911) for y in years}


def names(text: str) -> set[str]:
    return {name.casefold() for name in _NAME.findall(text)}


def _plain(number: str) -> str:
    whole, _, part = number.replace(",", "").partition(".")
    part = part.rstrip("0")
    return f"{int(whole)}.{part}" if part else str(int(whole))


def _word(word: str) -> str:
    low = word.lower()
    return str(_WORDS.index(low) if low in _WORDS else 10 * (_TENS.index(low) + 2))


def _han(text: str) -> str:
    if not any(c in _SCALES or c in _MYRIADS for c in text):
        return str(int("".join(str(_DIGITS[c]) for c in text)))
    total = part = digit = 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _SCALES:
            part, digit = part + max(digit, 1) * _SCALES[c], 0
        else:
            total, part, digit = total + (part + digit) * _MYRIADS[c], 0, 0
    return str(total + part + digit)
