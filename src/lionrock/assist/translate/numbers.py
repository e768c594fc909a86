"""Do the numbers, amounts and dates of a text stand in its translation, and no others?

The two languages write them differently (HK$68.1 billion is 681億港元, 三成 is 30%, 民國113年 is 2024),
so each side has the numbers that it surely states, and a wider set that it can be said to hold. What one
side surely states the other must hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

from lionrock.documents.figures import MONTHS, Placed, figures, placed
from lionrock.documents.numerals import HAN_NUMBER, number
from lionrock.search.dates import dates

Units = Mapping[Fraction, set[str]]

_ERA: Final = re.compile(r"民[國国]\s*(\d{1,3}|[〇零一二三四五六七八九十百]{1,4})\s*年")
_ERA_BEGAN: Final = 1911
_SPACED: Final = re.compile(r"(?<=\d) (?=\d(?:\D|$))")
_TENTHS: Final = re.compile(r"([一二兩三四五六七八九\d])成")
_YEARS: Final = re.compile(r"(?<!\d)((?:1[89]|20)\d\d)\s*[/–-]\s*(\d\d)(?!\d)")
_TO_YEAR: Final = re.compile(
    r"(?:1[89]|20)\d\d\s*年?(?:度)?\s*(?:至|到|to|[–-])\s*(?:1[89]|20)(\d\d)(?!\d)"
)
_DECADE: Final = re.compile(r"(?<!\d)(?:1[89]|20)(\d0)s\b|(\d0|[一二三四五六七八九]十)年代")
_ANY_HAN: Final = re.compile(f"[{HAN_NUMBER}]+")
_WORDS: Final = {
    "a": 1, "an": 1, "one": 1, "once": 1, "single": 1, "first": 1, "second": 2, "twice": 2, "both": 2,
    "double": 2, "doubled": 2, "pair": 2, "third": 3, "thirds": 3, "triple": 3, "fourth": 4, "quarter": 4,
    "quarters": 4, "fifth": 5, "fifths": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "dozen": 12, "half": 2, "semi": 6, "annual": 1, "annually": 1, "yearly": 1, "monthly": 1, "daily": 1,
    "each": 1, "per": 1, "biennial": 2, "fortnight": 14, "fortnightly": 14,
}  # fmt: skip
_SAID: Final = {
    "首": 1,
    "雙": 2,
    "双": 2,
    "倍": 2,
    "半": 2,
    "季": 4,
    "每": 1,
    "單": 1,
    "单": 1,
    "翌": 1,
    "年度": 1,
}
_DAYS_EN: Final = re.compile(
    rf"\b(\d{{1,2}})\s*(?:[–-]|to|and|&)\s*(\d{{1,2}})\s+((?:{'|'.join(MONTHS)})(?:\s+\d{{4}})?)"
)
_DAYS_ZH: Final = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*日?\s*[至到及、–-]\s*(\d{1,2})\s*日")
_ORDINAL: Final = re.compile(r"(?<![\d.,])(\d+)(?:st|nd|rd|th)\b")
_PERCENT: Final = "percent"


def normal(text: str) -> str:
    """One width and one case, digits that a PDF set apart joined, years of the Republic as ours."""
    text = _SPACED.sub("", unicodedata.normalize("NFKC", text).lower())
    return _ERA.sub(lambda m: f"{_year(m[1]) + _ERA_BEGAN}年", text)


def wrong(source: str, target: str) -> list[str]:
    """Numbers that only one of the two states, or states with another unit, as they are written."""
    return list(dict.fromkeys([*only_in(source, target), *only_in(target, source)]))


def only_in(text: str, other: str) -> list[str]:
    """The numbers that `text` states and the other does not, as they are written."""
    absent = _absent(normal(text), held(normal(other)))
    return list(dict.fromkeys(_as_in(text, words) for words in absent))


def wrong_dates(source: str, target: str) -> list[str]:
    """Days that only one of the two names: 16 May 2016 and 2016年6月16日."""
    return list(dict.fromkeys([*dates_only_in(source, target), *dates_only_in(target, source)]))


def dates_only_in(text: str, other: str) -> list[str]:
    """The days that `text` names and the other does not."""
    one, known = normal(text), [d.name for d in dates(_spelt_out(normal(other)))]
    return [
        _as_in(text, one[d.start : d.end].strip()) for d in dates(one)
        if _of_a_day(d.name) and not any(_agree(d.name, k) for k in known)
    ]  # fmt: skip


def _spelt_out(text: str) -> str:
    """A normal text with both days of a range as dates: 15–16 october, 10月15日至16日."""
    text = _DAYS_EN.sub(lambda m: f"{m[1]} {m[3]}, {m[2]} {m[3]}", text)
    return _DAYS_ZH.sub(lambda m: f"{m[1]}月{m[2]}日至{m[1]}月{m[3]}日", text)


def held(text: str) -> Units:
    """What a normal text can be said to hold, with the units that stand by it ("" for none)."""
    found: dict[Fraction, set[str]] = defaultdict(set)
    for value, unit in figures(text):
        found[value].add(unit)
    for also in _also(text):
        found[Fraction(also)].add("")
    return found


def _also(text: str) -> Iterable[Fraction | int]:
    yield from (_WORDS[w] for w in re.findall(r"[a-z]+", text) if w in _WORDS)
    yield from (value for word, value in MONTHS.items() if re.search(rf"\b{word}\b", text))
    yield from (value for word, value in _SAID.items() if word in text)
    for match in _ANY_HAN.finditer(text):
        yield number(match.group())
        yield from (number(c) for c in match.group())
    yield from (int(m[1]) for m in _ORDINAL.finditer(text))
    for match in _TENTHS.finditer(text):
        yield number(match[1]) * 10 if not match[1].isdigit() else int(match[1]) * 10
    yield from (int(m[1][:2] + m[2]) for m in _YEARS.finditer(text))
    yield from (int(m[1]) for m in _TO_YEAR.finditer(text))
    for match in _DECADE.finditer(text):
        decade = match[1] or match[2]
        tens = int(decade) if decade.isdigit() else number(decade)
        yield from (tens, 1900 + tens, 2000 + tens)


def _absent(text: str, there: Units) -> Iterable[str]:
    """What the normal `text` surely states and the other side does not hold."""
    for one in placed(text):
        (value, unit), words = one.figure, text[one.start : one.end].strip(" -")
        if not _stated(one, words) or _of_tenths(text, one):
            continue
        units = there.get(value)
        another = unit not in ("", _PERCENT) and units is not None and not units & {"", unit}
        if units is None or another:
            yield words


def _as_in(text: str, words: str) -> str:
    at = text.lower().find(words)
    return text[at : at + len(words)] if at >= 0 else words


def _stated(one: Placed, words: str) -> bool:
    """Written with digits, or larger than what articles and idioms say (一, 兩, "one")."""
    return any(c.isdigit() for c in words) or one.figure.value > 2


def _of_tenths(text: str, one: Placed) -> bool:
    """三成 is thirty per cent, not three."""
    return text[one.end : one.end + 1] == "成"


def _of_a_day(name: str) -> bool:
    return len(name.split("-")[-1]) == 2 and name.count("-") >= 2


def _agree(one: str, other: str) -> bool:
    """Two dates say the same where both say something: --05-16 and 2016-05-16."""
    a, b = _parts(one), _parts(other)
    return all(x == y for x, y in zip(a, b, strict=True) if x and y) and any(
        x and y for x, y in zip(a[1:], b[1:], strict=True)
    )


def _parts(name: str) -> tuple[str, str, str]:
    """Year, month and day of a date's name, "" for what it does not say."""
    if name.startswith("--"):
        month, _, day = name[2:].partition("-")
        return "", month, day
    year, month, day = [*name.split("-"), "", ""][:3]
    return year, month, day


def _year(word: str) -> int:
    return int(word) if word.isdigit() else number(word)
