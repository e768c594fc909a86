"""Times of the week at which calls are allowed, in Hong Kong: minutes from Monday 00:00."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from enum import IntEnum
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, model_validator

DAY: Final = 24 * 60
WEEK: Final = 7 * DAY
_RANGE: Final = re.compile(r"\[(\d+),(\d+)\)")


class Weekday(IntEnum):
    """As in ISO 8601."""

    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6
    SUNDAY = 7


class Window(BaseModel):
    """From `begins` to before `ends` on each of `days`; `ends` 00:00 is the end of the day."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    days: frozenset[Weekday]
    begins: time
    ends: time

    @model_validator(mode="after")
    def possible(self) -> Self:
        if not self.days or any(
            t.second or t.microsecond or t.tzinfo for t in (self.begins, self.ends)
        ):
            raise ValueError("a window has days, and times in whole minutes without a zone")
        if self.minutes()[0] >= self.minutes()[1]:
            raise ValueError("a window ends after it begins; for one over midnight give two")
        return self

    def minutes(self) -> tuple[int, int]:
        """Of the day: first, and the one after the last."""
        begins = self.begins.hour * 60 + self.begins.minute
        return begins, (self.ends.hour * 60 + self.ends.minute) or DAY


def multirange(windows: Sequence[Window]) -> str:
    """PostgreSQL's int4multirange, minutes of the week."""
    ranges = []
    for window in windows:
        first, after = window.minutes()
        ranges += [
            f"[{(d - 1) * DAY + first},{(d - 1) * DAY + after})" for d in sorted(window.days)
        ]
    return "{" + ",".join(ranges) + "}"


def windows_of(ranges: str) -> list[Window]:
    """What `multirange` wrote and PostgreSQL merged: one window for each day and stretch."""
    windows = []
    for first, after in _ranges(ranges):
        while first < after:
            day, begin = divmod(first, DAY)
            end = min(after, (day + 1) * DAY)
            windows.append(_window(day, begin, end - day * DAY))
            first = end
    return windows


def seconds_until_open(minute: int, ranges: str) -> float | None:
    """From the beginning of `minute` of the week to the next window; None where there is none."""
    waits = [(first - minute) % WEEK for first, _ in _ranges(ranges)]
    return min(waits) * 60.0 if waits else None


def _ranges(text: str) -> list[tuple[int, int]]:
    return [(int(a), int(b)) for a, b in _RANGE.findall(text)]


def _window(day: int, begin: int, end: int) -> Window:
    return Window(
        days=frozenset({Weekday(day + 1)}),
        begins=time(*divmod(begin, 60)),
        ends=time(*divmod(end % DAY, 60)),
    )
