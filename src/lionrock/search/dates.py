"""Dates in a text, in one form for all ways of writing them: 1 January 2024, 1.1.2024, 2024年1月1日.

A date is told as ISO 8601 has it: 2024-01-01; a month as 2024-01; a day of each year as --04-01.
With figures alone the day comes first, as Hong Kong writes it, unless that makes no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from lionrock.documents.figures import MONTHS

_NAMES: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DAY: Final = r"(?P<day>[12]\d|3[01]|0[1-9]|[1-9])(?:st|nd|rd|th)?"
_YEAR: Final = r"(?P<year>(?:1[89]|20)\d\d)(?!\d)"
_HAN: Final = "[〇零一二三四五六七八九十廿卅]{1,4}"
_WITH_NAMES: Final = (
    re.compile(rf"{_DAY}(?:\s+day)?(?:\s+of)?[\s.-]*(?P<month>{_NAMES})\b\.?(?:[\s,-]*{_YEAR})?"),
    re.compile(rf"(?P<month>{_NAMES})\b\.?(?:\s*{_DAY}(?![\d,.]*\d))?(?:[\s,-]*{_YEAR})?"),
)
_FIGURES: Final = re.compile(
    r"(?P<a>\d{1,4})(?P<s>[./-])(?P<month>\d\d?)(?P=s)(?P<b>\d{1,4})(?![./-]?\d)"
)
_IN_CHINESE: Final = re.compile(
    rf"(?:(?P<era>民[國国]\s*)?(?P<year>\d{{2,4}}|{_HAN})\s*年\s*)?"
    rf"(?P<month>\d\d?|{_HAN})\s*月份?(?:\s*(?P<day>\d\d?|{_HAN})\s*[日號号])?"
)
_DIGITS: Final = re.compile(r"\d")
_DIGIT: Final = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0}
_TENS: Final = {"十": 1, "廿": 2, "卅": 3}


class Dated(NamedTuple):
    """A date as `name` tells it, and where it stands."""

    name: str
    start: int
    end: int


def dates(text: str) -> list[Dated]:
    """The dates of `text` in its order, the longest reading of each. `text`: in lower case."""
    found: list[Dated] = []
    every = [*_named(text), *_in_figures(text), *(_chinese(text) if "月" in text else ())]
    for one in sorted(every, key=lambda d: (d.start, -d.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


def _named(text: str) -> Iterator[Dated]:
    if not _DIGITS.search(text):
        return
    for pattern in _WITH_NAMES:
        for match in pattern.finditer(text):
            year, month, day = match["year"], match["month"], match["day"]
            # "rule 1 may", "4.1 march", "dismay 2024"
            meant = year or (day and month != "may")
            if meant and not _runs_on(text, match.start()):
                yield from _dated(match, year, MONTHS[month], int(day or 0))


def _in_figures(text: str) -> Iterator[Dated]:
    for match in _FIGURES.finditer(text):
        year, month, day = match["a"], int(match["month"]), match["b"]
        if len(year) != 4:
            day, year = year, day
            if int(day) <= 12 < month:
                day, month = str(month), int(day)
        if len(year) == 4 and year[:2] in ("18", "19", "20") and not _runs_on(text, match.start()):
            yield from _dated(match, year, month, int(day))


def _runs_on(text: str, start: int) -> bool:
    """Whether what stands before is of the same number or word."""
    before = text[max(0, start - 2) : start]
    return before[-1:].isalnum() or (before[-1:] in tuple(".,/-") and before[:-1].isdigit())


def _chinese(text: str) -> Iterator[Dated]:
    for match in _IN_CHINESE.finditer(text):
        year, month, day = (_number(match[part] or "") for part in ("year", "month", "day"))
        if match["era"] or 100 <= year < 200:  # of the Republic of China
            year += 1911
        if day or year:
            yield from _dated(match, year or None, month, day)


def _dated(match: re.Match[str], year: str | int | None, month: int, day: int) -> Iterator[Dated]:
    try:
        # 2000 for no year: 29 February is a day.
        read = date(int(year or 2000), month, day or 1)
    except ValueError:
        return
    name = f"{read:%Y-%m-%d}" if day else f"{read:%Y-%m}"
    if year is None:
        name = f"--{name[5:]}"
    elif read.year < 1000:
        return
    yield Dated(name, match.start(), match.end())


def _number(word: str) -> int:
    """十二 and 12 are 12; 二〇二四 is read digit by digit."""
    if not word or word.isdecimal():
        return int(word or 0)
    if not any(c in _TENS for c in word):
        return int("".join(str(_DIGIT[c]) for c in word))
    total = digit = 0
    for c in word:
        if c in _TENS:
            total += 10 * (_TENS[c] if c != "十" else digit or 1)
            digit = 0
        else:
            digit = _DIGIT[c]
    return total + digit
