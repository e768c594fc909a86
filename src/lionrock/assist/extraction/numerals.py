"""Numbers as they are written, in figures or Chinese, as decimals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from lionrock.assist.extraction.folding import narrow
from lionrock.assist.extraction.kinds import Found, Normal
from lionrock.documents.numerals import HAN_NUMBER, number

HAN: Final = HAN_NUMBER + "廿卅萬万億亿"
FIGURES: Final = r"(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,8})?"
_SCALES: Final = (("億亿", 10**8), ("萬万", 10**4))
_LONGEST: Final = 30
_NUMBER: Final = re.compile(
    rf"(?<![\w.,])(?P<minus>[-(])?\s?(?P<figures>{FIGURES})(?![\d])(?P<close>\))?\s?(?P<share>%|per ?cent\b)?"
    rf"|(?P<hundredths>百分之)?(?P<han>[{HAN}]{{1,{_LONGEST}}})(?P<point>[點点][{HAN_NUMBER}]+)?",
    re.IGNORECASE,
)


def chinese(text: str) -> int:
    """The value of a Chinese number of the characters `HAN`: 三百二十萬 → 3200000, 廿一 → 21."""
    for signs, worth in _SCALES:
        for sign in signs:
            above, found, below = text.rpartition(sign)
            if found:
                return (chinese(above) if above else 1) * worth + (chinese(below) if below else 0)
    return number(text.replace("廿", "二十").replace("卅", "三十"))


def decimal(figures: str) -> Decimal:
    """ "1,234.50" → 1234.50."""
    return Decimal(figures.replace(",", ""))


def told(value: Decimal, places: int = 0) -> str:
    """Without an exponent and without needless zeros, but with `places` decimals at least."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    whole, _, part = text.partition(".")
    part = part.ljust(places, "0")
    return f"{whole}.{part}" if part else whole


def find(text: str, *, whole: bool = False) -> Iterator[Found]:
    """Every number of `text`; of `whole` ones those without decimals and shares."""
    for match in _NUMBER.finditer(narrow(text)):
        value = _value(match)
        unit = "%" if match["share"] or match["hundredths"] else ""
        if not whole or (value == value.to_integral() and not unit):
            yield Found(*match.span(), Normal(text=told(value), unit=unit))


def _value(match: re.Match[str]) -> Decimal:
    if match["figures"]:
        value = decimal(match["figures"])
        negative = match["minus"] == "-" or (match["minus"] == "(" and match["close"])
        return -value if negative else value
    value = Decimal(chinese(match["han"]))
    if match["point"]:
        digits = "".join(str(chinese(c)) for c in match["point"][1:])
        value += Decimal(f"0.{digits}")
    return value
