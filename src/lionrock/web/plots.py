"""Plots as numbers that a template puts into SVG: lines, bars, axes, marks. No words of their own.

Coordinates are of a box WIDTH by HEIGHT, made to be shown at about that many pixels on a telephone;
y grows downwards, as in SVG. What is written on a plot comes from the caller, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import floor, log1p, log10
from typing import Final

WIDTH: Final = 360
HEIGHT: Final = 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 42, 16, 44, 40
_MARKS_APART: Final = 34
"""Marks nearer than this have their words one above the other."""
_LETTER: Final = 7
"""About as wide as a letter is."""

Point = tuple[float, float, str]
"""x, y, and what is told of it."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From `least` to `most`, with the values that are written beside it. `bend`: what is even along it,
    the values themselves if not said otherwise."""

    title: str
    least: float
    most: float
    ticks: Sequence[tuple[float, str]]
    bend: Callable[[float], float] = float

    def part(self, value: float) -> float:
        """Where the value lies, from 0 to 1."""
        least, most = self.bend(self.least), self.bend(self.most)
        return (self.bend(value) - least) / (most - least)


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    told: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """`look`: the class that stylesheets know it by. `points`: as SVG's polyline has them."""

    look: str
    points: str
    dots: list[Dot]


@dataclass(frozen=True, slots=True)
class Bar:
    look: str
    x: float
    y: float
    width: float
    height: float
    told: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across the plot, its words at height `text_y`."""

    x: float
    text: str
    text_y: float


@dataclass(frozen=True, slots=True)
class Note:
    """A value written beside its dot."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(slots=True)
class Plot:
    """`told`: the plot in a sentence, for who does not see it. `legend`: looks and their words."""

    id: str
    title: str
    told: str
    across: Axis
    up: Axis
    legend: list[tuple[str, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = HEIGHT - _BOTTOM

    def x(self, value: float) -> float:
        return round(self.left + self.across.part(value) * (self.right - self.left), 1)

    def y(self, value: float) -> float:
        return round(self.bottom - self.up.part(value) * (self.bottom - self.top), 1)

    @property
    def xs(self) -> list[Tick]:
        return [Tick(self.x(value), text) for value, text in self.across.ticks]

    @property
    def ys(self) -> list[Tick]:
        return [Tick(self.y(value), text) for value, text in self.up.ticks]

    def line(self, look: str, points: Iterable[Point], marked: Iterable[float] = ()) -> None:
        """A line through the points; the dots of those at `marked` (their place among all) stand out."""
        wanted = set(marked)
        dots = [
            Dot(self.x(x), self.y(y), told, n in wanted) for n, (x, y, told) in enumerate(points)
        ]
        self.lines.append(Line(look, " ".join(f"{d.x},{d.y}" for d in dots), dots))

    def bar(self, look: str, start: float, end: float, value: float, told: str) -> None:
        """From `start` to `end` across, `value` high; none for 0."""
        if value > 0:
            left, top = self.x(start), self.y(value)
            width, height = round(self.x(end) - left, 1), round(self.bottom - top, 1)
            self.bars.append(Bar(look, left, top, width, max(height, 0.5), told))

    def mark(self, value: float, text: str) -> None:
        """A line across at `value`, in their order."""
        at, row = self.x(value), 0
        near = [m for m in self.marks if at - m.x < _MARKS_APART]
        if near and near[-1].text_y == self._row(0):
            row = 1
        self.marks.append(Mark(at, text, self._row(row)))

    def note(self, dot: Dot, text: str, *, below: bool) -> None:
        """Write a value beside its dot: below to the left of it, or above to its right.

        One that would lie on another is left out; its dot tells the value still.
        """
        x, y = (dot.x - 6, dot.y + 15) if below else (dot.x + 6, dot.y - 6)
        wide = _LETTER * len(text)
        if not any(abs(n.x - x) < wide and abs(n.y - y) < 13 for n in self.notes):
            self.notes.append(Note(round(x, 1), round(y, 1), "end" if below else "start", text))

    def _row(self, row: int) -> float:
        return self.top - 5 - 13 * row


def counted(title: str, most: float, written: Callable[[float], str]) -> Axis:
    """Of things: from 0 to a round number not below `most`, in five steps at most."""
    step = _step(most)
    steps = max(1, -int(-most // step))
    ticks = [(step * n, written(step * n)) for n in range(steps + 1)]
    return Axis(title, 0, step * steps, ticks)


def by_powers(title: str, most: float, written: Callable[[float], str]) -> Axis:
    """From 0 to `most`, by powers of ten from 1 on: few and many can both be read."""
    ticks, power = [(0.0, written(0))], 1
    while power <= max(most, 1):
        ticks.append((power, written(power)))
        power *= 10
    return Axis(title, 0, max(most, 1), ticks, log1p)


def _step(most: float) -> float:
    """1, 2 or 5 times a power of ten, at least 1, of which `most` has five at most."""
    if most <= 5:
        return 1.0
    power = 10.0 ** floor(log10(most / 5))
    return next(n * power for n in (1, 2, 5, 10) if n * power * 5 >= most)
