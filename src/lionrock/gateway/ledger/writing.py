"""Windows and money as people write them: `1-5 09:00-18:00`, `12.50`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Final

from pydantic import ValidationError

from lionrock.errors import InvalidInput
from lionrock.gateway.ledger.calls import MICRO, MOST_COST
from lionrock.gateway.ledger.windows import Weekday, Window

_DAYS: Final = {day.name[:3].casefold(): day.value for day in Weekday}
_LINE: Final = re.compile(r"(\S+)\s+(\d{1,2}:\d\d)\s*[-–]\s*(\d{1,2}:\d\d)")
_SPAN: Final = re.compile(r"([1-7]|[a-z]{3})(?:[-–]([1-7]|[a-z]{3}))?")


def window(line: str) -> Window:
    """Days (1 is Monday, or `Mon`; spans and commas), then from and to; to 24:00 is the day's end."""
    found = _LINE.fullmatch(line.strip())
    try:
        if found is None:
            raise ValueError
        days = frozenset(Weekday(n) for n in _numbers(found[1].casefold()))
        return Window(days=days, begins=_time(found[2]), ends=_time(found[3]))
    except (KeyError, ValueError, ValidationError):
        raise InvalidInput(
            f"“{line[:40]}” is not a time of the week. Write days and hours, as 1-5 09:00-18:00 for "
            "Monday to Friday; what goes over midnight takes two."
        ) from None


def _numbers(text: str) -> Iterator[int]:
    for part in text.split(","):
        found = _SPAN.fullmatch(part)
        if found is None:
            raise ValueError
        first = _day(found[1])
        last = _day(found[2]) if found[2] else first
        if last < first:
            raise ValueError
        yield from range(first, last + 1)


def _day(text: str) -> int:
    return int(text) if text.isdecimal() else _DAYS[text]


def _time(text: str) -> time:
    hours, minutes = map(int, text.split(":"))
    return time(hours % 24 if text == "24:00" else hours, minutes)


Span = tuple[int, int]
"""First and last day of some that follow each other; 1 is Monday."""


def together(windows: Sequence[Window]) -> list[tuple[list[Span], time, time]]:
    """Windows of the same hours as one, by when they begin."""
    hours: dict[tuple[time, time], set[int]] = {}
    for one in windows:
        hours.setdefault((one.begins, one.ends), set()).update(map(int, one.days))
    found = [(_spans(sorted(days)), begins, ends) for (begins, ends), days in hours.items()]
    return sorted(found, key=lambda each: (each[0], each[1]))


def _spans(days: Sequence[int]) -> list[Span]:
    spans: list[Span] = []
    for day in days:
        if spans and spans[-1][1] == day - 1:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans


def written(windows: Sequence[Window]) -> list[str]:
    """Lines that `window` reads back."""
    lines = []
    for spans, begins, ends in together(windows):
        days = ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in spans)
        lines.append(f"{days} {begins:%H:%M}-{hour(ends)}")
    return lines


def hour(ends: time) -> str:
    """An end, of which midnight is the day's."""
    return f"{ends:%H:%M}" if ends != time() else "24:00"


def millionths(text: str) -> int:
    """An amount of money in millionths; `InvalidInput` for what is none, or more than can be kept."""
    try:
        amount = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= MOST_COST // MICRO:
        raise InvalidInput(f"An amount is a number from 0 to {MOST_COST // MICRO:,}, as 250.00.")
    micro = amount * MICRO
    if micro != int(micro):
        raise InvalidInput("An amount has at most six decimals.")
    return int(micro)


def amount(micro: int) -> str:
    """Millionths as a number with two decimals, or as many more as it has."""
    text = f"{Decimal(micro) / MICRO:.6f}".rstrip("0")
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.ljust(2, '0')}"
