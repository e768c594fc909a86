"""Figures in a text, in one form for both languages: "five years" and 五年 are (5, year).

Values are exact (`Fraction`). Units are folded to a few families; an unknown unit is "".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final, NamedTuple


class Figure(NamedTuple):
    value: Fraction
    unit: str


class Placed(NamedTuple):
    """A figure, where it stands (`text[start:end]`), and its unit as it is written there."""

    figure: Figure
    start: int
    end: int
    word: str = ""
    marked: bool = False
    """Written as large numbers are: in thousands (1,200,000) or with a scale (120 萬)."""


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
_SHORT_SCALES = {"k": 1000, "m": 10**6, "mn": 10**6, "bn": 10**9}
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_CHINESE_SCALES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
MONTHS: Final = {
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
    "percent": "% ％ percent 百分點 百分点 巴仙",
    "money": "dollars dollar yuan hkd usd rmb cny 元 港元 港币 港幣 美元 人民币 人民幣 蚊 块 塊",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_UNIT_OF |= dict.fromkeys(("per cent", "percentage point", "percentage points"), "percent")
_UNIT = rf"(?:{'|'.join(sorted(map(re.escape, _UNIT_OF), key=len, reverse=True))})(?![a-z])"
_FIRST_WORD = "|".join([*_SMALL, *_TENS])
_NUMBER_WORD = "|".join([*_SMALL, *_TENS, *_SCALES])
_GAP = r"(?:[\s-]*(?:calendar|business|working|full|consecutive|[个個](?!月))?[\s-]*)"
_LONGEST = 30
"""Characters of a number that is meant as one."""

_NUMBER = r"\d(?:[\d,]*\d)?(?:\.\d+)?"
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_BEFORE = re.compile(
    r"(?P<money>hk\$|us\$|nt\$|hkd|usd|rmb|cny|\$|¥|€|£|港[幣币]|人民[幣币])\s?$|百分之\s?$"
)
# Patterns begin with what few characters are: where one can start is then found quickly.
_ARABIC = re.compile(
    rf"(?P<number>{_NUMBER})(?:(?P<by>[万萬亿億])(?P<below>{_NUMBER})(?=[十百千万萬]))?"
    rf"\s*(?P<scale>million|billion|thousand|[十百千]?[万萬亿億]|[百千]|(?:k|mn?|bn)\b)?"
    rf"{_GAP}(?P<unit>{_UNIT})?"
)
_ENGLISH = re.compile(
    rf"(?P<number>(?:{_FIRST_WORD})\b(?:(?:[\s-]+and)?[\s-]+(?:{_NUMBER_WORD})\b)*)"
    rf"(?:\s*\(\d+\))?{_GAP}(?P<unit>{_UNIT})?"
)
_CHINESE = re.compile(
    rf"(?P<number>[零〇一二三四五六七八九十百千万萬亿億两兩]+)(?:[个個](?!月))?(?P<unit>{_UNIT})?"
)
_DECIMALS = re.compile("[點点]([零〇一二三四五六七八九]+)")
_MONTH_NAME = re.compile(
    rf"\b(?P<month>{'|'.join(MONTHS)})\b\.?(?=\s*\d)|(?<=\d )\b(?P<after>{'|'.join(MONTHS)})\b"
)


def figures(text: str) -> set[Figure]:
    """Every figure of `text`. "one" and 一 count only with a unit: alone they are mostly articles."""
    low = text.lower()
    found = {p.figure for p in placed(low)}
    for match in _MONTH_NAME.finditer(low):
        found.add(Figure(Fraction(MONTHS[match["month"] or match["after"]]), "month"))
    return found


def placed(text: str) -> Iterator[Placed]:
    """The same with their places, but for months that are named. `text`: in lower case."""
    for match in _ARABIC.finditer(text):
        if len(match["number"] + (match["below"] or "")) <= _LONGEST:
            yield _arabic(text, match)
    for match in _ENGLISH.finditer(text):
        value = _english(match["number"])
        if (match["unit"] or value > 1) and not _last(text, match.start()).isalnum():
            large = any(scale in match["number"] for scale in _SCALES)
            yield _made(match, value, match.start(), large=large)
    for match in _CHINESE.finditer(text):
        if len(match["number"]) <= _LONGEST:
            yield from _of_chinese(text, match)


def _arabic(text: str, match: re.Match[str]) -> Placed:
    before = _BEFORE.search(text, max(0, match.start() - 5), match.start())
    money, scale = bool(before and before["money"]), match["scale"] or ""
    if scale in _SHORT_SCALES and not money:  # 100 m are metres
        scale = ""
    value = _plain(match["below"] or match["number"]) * _scale(scale)
    if match["by"]:
        value += _plain(match["number"]) * _scale(match["by"])
    start = before.start() if before else match.start()
    unit = "money" if money else "percent" if before else ""
    return _made(
        match, value, start, unit, large=bool(scale or _THOUSANDS.fullmatch(match["number"]))
    )


def _of_chinese(text: str, match: re.Match[str]) -> Iterator[Placed]:
    number, start = match["number"], match.start()
    if text[max(0, start - 3) : start] == "百分之":
        more = _DECIMALS.match(text, match.end("number"))
        tail = Fraction(_digits(more[1]), 10 ** len(more[1])) if more else Fraction()
        end = more.end() if more else match.end("number")
        yield Placed(Figure(_chinese(number) + tail, "percent"), start - 3, end)
    elif _last(text, start).isdigit() or all(c in _MYRIADS for c in number):
        return
    elif match["unit"] or len(number) > 1:
        large = any(c in _MYRIADS for c in number)
        yield _made(match, _chinese(number), start, large=large)


def _last(text: str, end: int) -> str:
    return text[max(0, end - 1) : end]


def _made(
    match: re.Match[str], value: Fraction, start: int, unit: str = "", *, large: bool
) -> Placed:
    word = match["unit"] or ""
    return Placed(Figure(value, unit or _UNIT_OF.get(word, "")), start, match.end(), word, large)


def _plain(number: str) -> Fraction:
    plain = number.replace(",", "")
    return Fraction(plain) if "." in plain else Fraction(int(plain))


def _scale(word: str) -> int:
    value = 1
    for part in (word,) if word.isascii() else word:
        value *= (_SCALES | _SHORT_SCALES | _CHINESE_SCALES | _MYRIADS).get(part, 1)
    return value


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
        return Fraction(_digits(word))
    total = section = digit = last = 0
    for char in word:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _CHINESE_SCALES:
            section += max(digit, 1) * _CHINESE_SCALES[char]
            digit = 0
        else:
            scale = _MYRIADS[char]
            if scale > last:  # 一萬億
                total, last = (total + section + digit) * scale, scale
            else:  # 三億二千萬
                total += (section + digit) * scale
            section = digit = 0
    return Fraction(total + section + digit)


def _digits(word: str) -> int:
    return int("".join(str(_DIGITS[c]) for c in word))
