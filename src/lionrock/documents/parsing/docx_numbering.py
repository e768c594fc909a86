"""Word's automatic numbering, worked out: "1.2", "(a)", "三、" in front of a paragraph.

ECMA-376 part 1, 17.9: a paragraph names a numbering instance and a level; the instance names an
abstract definition, whose levels give format, start and a text such as "%1.%2".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lionrock.documents.parsing.ooxml import W, number, value

_LEVELS = 9
_HAN = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    text: str
    start: int
    legal: bool


class Numbering:
    """The numbering of one document; `label` is called for its paragraphs in order."""

    def __init__(self, root: Any | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._abstract: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._counters: dict[str, list[int | None]] = {}
        for definition in root.iter(f"{W}abstractNum") if root is not None else ():
            levels = {number(lvl, "ilvl") or 0: _level(lvl) for lvl in definition.iter(f"{W}lvl")}
            self._levels[value(definition, "abstractNumId") or ""] = levels
        for instance in root.iter(f"{W}num") if root is not None else ():
            self._add_instance(instance)

    def _add_instance(self, instance: Any) -> None:
        key = value(instance, "numId") or ""
        self._abstract[key] = value(instance.find(f"{W}abstractNumId")) or ""
        self._restarts[key] = {
            number(override, "ilvl") or 0: start
            for override in instance.iter(f"{W}lvlOverride")
            if (start := number(override.find(f"{W}startOverride"))) is not None
        }

    def label(self, instance: str, level: int) -> str:
        """The label of the next paragraph at this level, "" where it has none."""
        abstract = self._abstract.get(instance, "")
        levels = self._levels.get(abstract, {})
        if level not in levels or not 0 <= level < _LEVELS:
            return ""
        counters = self._counters.setdefault(abstract, [None] * _LEVELS)
        for restarted, start in self._restarts.pop(instance, {}).items():
            if 0 <= restarted < _LEVELS:
                counters[restarted] = start - 1
        current = counters[level]
        counters[level] = levels[level].start if current is None else current + 1
        counters[level + 1 :] = [None] * (_LEVELS - level - 1)
        if levels[level].form == "bullet":
            return "•"
        return self._filled(levels, counters, levels[level])

    @staticmethod
    def _filled(levels: dict[int, _Level], counters: list[int | None], level: _Level) -> str:
        def place(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            shown = levels.get(index, level)
            count = counters[index]
            return formatted(shown.start if count is None else count,
                             "decimal" if level.legal else shown.form)  # fmt: skip

        return re.sub(r"%([1-9])", place, level.text).strip()


def _level(element: Any) -> _Level:
    start = number(element.find(f"{W}start"))
    legal = element.find(f"{W}isLgl") is not None
    form = value(element.find(f"{W}numFmt")) or "decimal"
    text = value(element.find(f"{W}lvlText")) or ""
    return _Level(form, text, 1 if start is None else start, legal)


def formatted(count: int, form: str) -> str:
    """A count in one of Word's number formats; formats not known are shown as figures."""
    if not 0 < count < 10_000:
        return "" if form == "none" else str(count)
    return _FORMS.get(form, str)(count)


def _letters(count: int) -> str:
    return chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)


def _roman(count: int) -> str:
    text = ""
    for figure, size in zip(
        "m cm d cd c xc l xl x ix v iv i".split(),
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        strict=True,
    ):
        text += figure * (count // size)
        count %= size
    return text


def _chinese(count: int) -> str:
    """一 … 十 … 二十一 … 一百零五."""
    text, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, count = divmod(count, unit)
        if digit:
            text += ("零" if zero else "") + _HAN[digit] + name
            zero = False
        else:
            zero = bool(text) and count > 0
    return text.removeprefix("一") if text.startswith("一十") else text


def _digits(count: int) -> str:
    return "".join(_HAN[int(digit)] for digit in str(count))


def _stem(count: int) -> str:
    return _STEMS[(count - 1) % len(_STEMS)]


def _circled(count: int) -> str:
    return chr(0x2460 + count - 1) if count <= 20 else str(count)


_FORMS: dict[str, Callable[[int], str]] = {
    "none": lambda _: "",
    "lowerLetter": _letters,
    "upperLetter": lambda count: _letters(count).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda count: _roman(count).upper(),
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "chineseLegalSimplified": _chinese,
    "ideographDigital": _digits,
    "taiwaneseDigital": _digits,
    "japaneseDigitalTenThousand": _digits,
    "ideographTraditional": _stem,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalZero": lambda count: f"{count:02}",
}
