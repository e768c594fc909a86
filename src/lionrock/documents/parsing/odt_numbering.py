"""The labels of OpenDocument lists and numbered headings, as they are printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from lionrock.documents.parsing.odf import STYLE, TEXT, Parts, count

_LEVELS: Final = 10
_ROMAN: Final = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
                 (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_HAN: Final = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class _Level:
    """How a level is labelled; no `form` stands for a bullet, or for none at all."""

    form: str
    before: str = ""
    after: str = ""
    shown: int = 1
    start: int = 1


class Numbering:
    """Counts the items and the headings of one document."""

    def __init__(self, parts: Parts) -> None:
        self._styles = {
            style.get(f"{STYLE}name", ""): _levels(style)
            for style in parts.named(f"{TEXT}list-style")
        }
        outlines = list(parts.named(f"{TEXT}outline-style"))
        self._outline = _levels(outlines[0]) if outlines else {}
        self._headings: list[int] = []
        self._counts: dict[str, list[int]] = {}

    def heading(self, level: int) -> str:
        """The label of the next heading of that level, "" where headings bear none."""
        return _next(self._outline, self._headings, level, "") if self._outline else ""

    def start(self, style: str, *, goes_on: bool) -> None:
        """A list of this style begins, or goes on from where the last one of it stopped."""
        if not goes_on:
            self._counts.pop(style, None)

    def label(self, style: str, level: int, start: str) -> str:
        """The label of the next item; `start` is the number it asks for, or ""."""
        levels = self._styles.get(style, {})
        if not levels.get(level, _Level("")).form:
            return "•"
        return _next(levels, self._counts.setdefault(style, []), level, start)


def _levels(style: Any) -> dict[int, _Level]:
    found = {}
    for child in style:
        form = child.get(f"{STYLE}num-format", "")
        if isinstance(child.tag, str):
            found[count(child, f"{TEXT}level")] = _Level(
                form, child.get(f"{STYLE}num-prefix", ""), child.get(f"{STYLE}num-suffix", ""),
                count(child, f"{TEXT}display-levels"), count(child, f"{TEXT}start-value"),
            )  # fmt: skip
    return found


def _next(levels: dict[int, _Level], counts: list[int], level: int, start: str) -> str:
    level = min(max(level, 1), _LEVELS)
    del counts[level:]
    while len(counts) < level:
        counts.append(levels.get(len(counts) + 1, _Level("")).start - 1)
    counts[level - 1] = (
        int(start) if start.isdecimal() and len(start) < 6 else counts[level - 1] + 1
    )
    own = levels.get(level, _Level(""))
    if not own.form:
        return ""
    first = max(level - own.shown, 0)
    numbers = [
        _shown(
            max(counts[i], 1) if i < level - 1 else counts[i], levels.get(i + 1, own).form or "1"
        )
        for i in range(first, level)
    ]
    return f"{own.before}{'.'.join(numbers)}{own.after}".strip()


def _shown(number: int, form: str) -> str:
    if form[:1] in ("a", "A"):
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 % 20 + 1)
        return letters if form[0] == "a" else letters.upper()
    if form[:1] in ("i", "I"):
        return _roman(number) if form[0] == "i" else _roman(number).upper()
    return _han(number) if form[:1] in ("一", "壹") and 0 < number < 100 else str(number)


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    made = ""
    for worth, letters in _ROMAN:
        times, number = divmod(number, worth)
        made += letters * times
    return made


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _HAN[tens]) + "十" if tens else ""
    return head + (_HAN[ones] if ones or not tens else "")
