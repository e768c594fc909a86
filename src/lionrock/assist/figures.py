"""Figures in a text, in one form for both languages: "five years" and 五年 are (5, year).

Values are exact (`Fraction`). Units are folded to a few families; an unknown unit is "".
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple


class Figure(NamedTuple):
    value: Fraction
    unit: str


_SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_CHINESE_SCALES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,"
        "september sep sept,october oct,november nov,december dec".split(","), 1
    )
    for name in names.split()
}  # fmt: skip

_UNITS = {
    "year": "years year yrs 周年 周岁 年 岁 歲 週年",
    "month": "months month 个月 個月 月份 月",
    "week": "weeks week 星期 礼拜 禮拜 周 週",
    "day": "days day 工作日 曆日 历日 日 天 号 號",
    "hour": "hours hour 小时 小時 钟头 鐘頭",
    "minute": "minutes minute 分钟 分鐘",
    "percent": "% ％ percent per\u0020cent",
    "money": "dollars dollar yuan 元 港元 港币 港幣 美元 人民币 人民幣 蚊 块 塊",
}
_UNIT_OF = {
    word: unit
    for unit, words in _UNITS.items()
    for word in words.replace("per\u0020cent", "").split()
}
_UNIT_OF["per cent"] = "percent"
_UNIT = "|".join(sorted(map(re.escape, _UNIT_OF), key=len, reverse=True))
_FIRST_WORD = "|".join([*_SMALL, *_TENS])
_NUMBER_WORD = "|".join([*_SMALL, *_TENS, *_SCALES])
_GAP = r"(?:[\s-]*(?:calendar|business|working|full|consecutive|[个個])?[\s-]*)"

_ARABIC = re.compile(
    rf"(?P<money>HK\$|US\$|HKD|USD|RMB|CNY|\$|¥|€|£)?\s?(?P<number>\d[\d,]*(?:\.\d+)?)"
    rf"\s*(?P<scale>million|billion|thousand|[万萬亿億])?{_GAP}(?P<unit>(?i:{_UNIT}))?"
)
_ENGLISH = re.compile(
    rf"\b(?P<number>(?:{_FIRST_WORD})(?:(?:[\s-]+and)?[\s-]+(?:{_NUMBER_WORD}))*)\b"
    rf"(?:\s*\(\d+\))?{_GAP}(?P<unit>(?:{_UNIT})\b)?",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    rf"(?P<percent>百分之)?(?P<number>[零〇一二三四五六七八九十百千万萬亿億两兩]+)"
    rf"(?:[个個](?!月))?(?P<unit>{_UNIT})?"
)
_MONTH_NAME = re.compile(
    rf"\b(?P<month>{'|'.join(_MONTHS)})\b\.?(?=\s*\d)|(?<=\d )\b(?P<after>{'|'.join(_MONTHS)})\b",
    re.I,
)


def figures(text: str) -> set[Figure]:
    """Every figure of `text`. "one" and 一 count only with a unit: alone they are mostly articles."""
    found: set[Figure] = set()
    for match in _ARABIC.finditer(text):
        value = Fraction(match["number"].replace(",", "")) * _scale(match["scale"])
        found.add(Figure(value, "money" if match["money"] else _unit(match["unit"])))
    for match in _ENGLISH.finditer(text):
        unit = _unit(match["unit"])
        value = _english(match["number"].lower())
        if unit or value > 1:
            found.add(Figure(value, unit))
    for match in _CHINESE.finditer(text):
        _add_chinese(found, match)
    for match in _MONTH_NAME.finditer(text):
        found.add(Figure(Fraction(_MONTHS[(match["month"] or match["after"]).lower()]), "month"))
    return found


def _add_chinese(found: set[Figure], match: re.Match[str]) -> None:
    number, unit = match["number"], _unit(match["unit"])
    if match["percent"]:
        unit = "percent"
    if all(c in _MYRIADS for c in number) or (not unit and len(number) < 2):
        return
    if number in ("一", "千", "百", "十") and not unit:
        return
    found.add(Figure(_chinese(number), unit))


def _scale(word: str | None) -> int:
    if not word:
        return 1
    return _SCALES.get(word) or _MYRIADS[word]


def _unit(word: str | None) -> str:
    return _UNIT_OF.get(word.lower(), "") if word else ""


def _english(words: str) -> Fraction:
    total = current = 0
    for word in re.split(r"[\s-]+", words):
        if word in _SMALL:
            current += _SMALL[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in _SCALES:
            total, current = total + max(current, 1) * _SCALES[word], 0
    return Fraction(total + current)


def _chinese(word: str) -> Fraction:
    if not any(c in _CHINESE_SCALES or c in _MYRIADS for c in word):
        return Fraction(int("".join(str(_DIGITS[c]) for c in word)))
    total = section = digit = 0
    for char in word:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _CHINESE_SCALES:
            section += max(digit, 1) * _CHINESE_SCALES[char]
            digit = 0
        else:
            total = (total + section + digit) * _MYRIADS[char]
            section = digit = 0
    return Fraction(total + section + digit)


def unsupported(claim: str, sources: str) -> set[Figure]:
    """Figures of `claim` that `sources` do not hold: the value is not there, or only with another unit."""
    have = figures(sources)
    values: dict[Fraction, set[str]] = {}
    for value, unit in have:
        values.setdefault(value, set()).add(unit)
    wrong = set()
    for figure in figures(claim):
        units = values.get(figure.value)
        if units is None or (
            figure.unit and units and figure.unit not in units and "" not in units
        ):
            wrong.add(figure)
    return wrong
