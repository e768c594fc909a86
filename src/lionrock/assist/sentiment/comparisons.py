"""Figures set beside earlier ones: "net profit was EUR 35.5 mn compared with EUR 29.8 mn" says it grew,
though no word does. What the figure is of (profit, loss, cost) says whether that is good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from lionrock.assist.sentiment.words import Match, Unit

_SCALES: Final = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "million": 1e6, "bn": 1e9,
    "billion": 1e9, "千": 1e3, "万": 1e4, "亿": 1e8,
}  # fmt: skip
_TO: Final = frozenset("to 至 到 为".split())
_ENDS: Final = frozenset("。！？!?;；")
_REACH: Final = 14
"""Units between a figure and the word that sets it beside another."""
_SUBJECT: Final = 16


@dataclass(frozen=True, slots=True)
class Compared:
    """Units [first, last) tell it. `better`: 1 or -1."""

    first: int
    last: int
    better: float


@dataclass(frozen=True, slots=True)
class _Amount:
    first: int
    last: int
    value: float
    share: bool


def compared(units: Sequence[Unit], found: Sequence[Match]) -> list[Compared]:
    """Each pair of figures that an "earlier" word sets side by side, where it is known what they are of."""
    earlier = [m for m in found if "earlier" in m.kinds]
    if not earlier:
        return []
    amounts, made = _amounts(units), []
    subjects = [m for m in found if "gain" in m.kinds or "cost" in m.kinds]
    for mark in earlier:
        pair = _pair(units, amounts, mark)
        if pair is None:
            continue
        now, before = pair
        start = min(now.first, mark.first)
        ahead = [m for m in subjects if 0 <= start - m.last <= _SUBJECT]
        if not ahead or not _joined(units[ahead[-1].last : start]):
            continue
        between = [m for m in subjects if mark.last <= m.first < before.first]
        change = _signed(now, ahead[-1]) - _signed(before, between[-1] if between else ahead[-1])
        if change:
            last = max(now.last, before.last)
            made.append(Compared(ahead[-1].first, last, 1.0 if change > 0 else -1.0))
    return made


def _pair(
    units: Sequence[Unit], amounts: Sequence[_Amount], mark: Match
) -> tuple[_Amount, _Amount] | None:
    """The figure of now and the earlier one: A "from" B, or "from" B "to" A."""
    after = [a for a in amounts if 0 <= a.first - mark.last <= _REACH]
    ahead = [a for a in amounts if 0 <= mark.first - a.last <= _REACH]
    now = next((a for a in reversed(ahead) if after and a.share == after[0].share), None)
    if now is not None and _joined(units[now.last : after[0].first]):
        return now, after[0]
    if len(after) > 1 and after[0].share == after[1].share:
        between = units[after[0].last : after[1].first]
        if any(u.text in _TO for u in between) and _joined(between):
            return after[1], after[0]
    return None


def _signed(amount: _Amount, subject: Match) -> float:
    return -amount.value if "cost" in subject.kinds else amount.value


def _joined(between: Sequence[Unit]) -> bool:
    """No sentence ends there. A point before digits ends none."""
    return not any(
        u.text in _ENDS or (u.text == "." and not (n and _next_to(u, n)))
        for u, n in pairwise([*between, None])
        if u is not None
    )


def _amounts(units: Sequence[Unit]) -> list[_Amount]:
    """Figures with their scale; years are none."""
    made, at = list[_Amount](), 0
    while at < len(units):
        if not units[at].text[0].isdigit():
            at += 1
            continue
        first, text = at, units[at].text
        at += 1
        # As texts of news agencies are often taken apart: "EUR0 .3 mn".
        if at + 1 < len(units) and units[at].text == "." and _next_to(units[at], units[at + 1]):
            text, at = f"{text}.{units[at + 1].text}", at + 2
        scale = _SCALES.get(units[at].text, 1.0) if at < len(units) else 1.0
        at += scale != 1.0
        share = at < len(units) and units[at].text in ("%", "percent", "pct")
        value = _number(text)
        if value is not None and not (scale == 1.0 and not share and _is_year(text)):
            made.append(_Amount(first, at, value * scale, share))
    return made


def _next_to(point: Unit, digits: Unit) -> bool:
    return point.end == digits.start and digits.text[0].isdigit()


def _number(text: str) -> float | None:
    """Commas part thousands, a point the decimals; None for what is written otherwise."""
    try:
        return float(text.replace(",", "")) if text.isascii() else None
    except ValueError:
        return None


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdigit() and 1900 <= int(text) <= 2100
