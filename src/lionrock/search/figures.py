"""Dates, amounts, shares and durations as index terms of one form, however they are written.

"HK$1.2 million" and 120萬元 are both `=1200000`; "two years" and 兩年 `=2-years`; 百分之五 `=5%`;
"1 January 2024" `=2024-01-01`. An amount is told without its currency, whose word is a term already.
Bare numbers count only as large ones: not those of paragraphs, nor years.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from lionrock.documents.figures import Placed, placed
from lionrock.search.dates import dates

MARK: Final = "="
"""Begins a term of a figure; no word's term does."""
_PERIODS: Final = frozenset({"year", "month", "week", "day", "hour", "minute"})
_OF_THE_CALENDAR: Final = frozenset({"月", "月份", "號", "号"})
"""Units of a date rather than of a duration: 3月 is March, 3個月 are three months."""
_VAGUE: Final = frozenset("第數数幾几")
_LEAST_BARE, _LONGEST_PERIOD = 1000, {"year": 100}
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_EXACT: Final = Context(prec=60)


class Told(NamedTuple):
    """A figure by its name (a term without its mark), and where it stands."""

    name: str
    start: int
    end: int


def figures_in(text: str) -> Iterator[Told]:
    """The figures of `text` that are dates, amounts, shares or durations. `text`: folded, see
    `plain`."""
    days = dates(text)
    for day in days:
        yield Told(*day)
    taken = {place for day in days for place in range(day.start, day.end)}
    for figure in placed(text):
        name = _name(text, figure)
        if name and figure.start not in taken:
            yield Told(name, figure.start, figure.end)


def names(text: str) -> list[str]:
    """The figures of a question, each once."""
    return list(dict.fromkeys(told.name for told in figures_in(plain(text))))


def plain(text: str) -> str:
    """In lower case and of one width."""
    return unicodedata.normalize("NFKC", text).lower()


def figure_terms(text: str) -> list[str]:
    """The terms that a text is indexed with, with repeats."""
    return [MARK + n for told in figures_in(plain(text)) for n in found_by(told.name)]


def found_by(name: str) -> tuple[str, ...]:
    """The names that a question can find this figure by: a day is found by its month too."""
    return (name, name[:7]) if _DAY.fullmatch(name) else (name,)


def _name(text: str, found: Placed) -> str:
    value, unit = found.figure
    if found.start and text[found.start - 1] in _VAGUE:
        return ""
    if unit == "money" or (not unit and found.marked and value >= _LEAST_BARE):
        return _decimal(value)
    if unit == "percent":
        return f"{_decimal(value)}%"
    if unit not in _PERIODS or found.word in _OF_THE_CALENDAR:
        return ""
    if not 0 < value < _LONGEST_PERIOD.get(unit, 1000):
        return ""
    return f"{_decimal(value)}-{unit}{'' if value == 1 else 's'}"


def _decimal(value: Fraction) -> str:
    exact = _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    plain = f"{exact:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
