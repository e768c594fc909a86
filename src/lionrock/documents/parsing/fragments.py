"""A fragment: text of one visual line with the edges of its characters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from lionrock.documents.parsed import CJK
from lionrock.documents.parsing.text import BREAK_HYPHEN, UNTIDY, replacement

WIDE_GAP = 1.3
"""A gap of this many times the font size parts two cells; a justified line's spaces stay below."""

HAN_GAP = 0.45
"""A gap of this part of the font size between two Chinese characters is a space; below, it comes
of justification, which pdfium takes for one."""

Glyph = tuple[float, float, float, float]

_SPACE_BETWEEN_HAN = re.compile(rf" (?<=[{CJK}] )(?=[{CJK}])")
# What a space after is meant, however narrow: 第三條 定義.
_ARTICLE = re.compile(rf"第[{CJK}\d ]{{1,8}}[編编章節节條条款項项部]")
_LETTERSPACED = re.compile(r"\S(?: \S){3,}")
_SPACED_OUT = re.compile(rf"[{CJK}](?: [{CJK}])+")


@dataclass(slots=True)
class Fragment:
    """Text of one visual line and its box in points, origin top-left.

    `xs` are the edges of its characters, one more than there are. Text that does not run from left
    to right has `glyphs`, the true box of each character; its edges and box are then those it has
    when the page is turned so that it does (`turn` quarter turns clockwise).
    """

    text: str
    xs: Sequence[float]
    y0: float
    y1: float
    size: float
    fonts: tuple[bytes, bytes]
    bold: bool = False
    turn: int = 0
    glyphs: list[Glyph] | None = None

    @property
    def x0(self) -> float:
        return self.xs[0]

    @property
    def x1(self) -> float:
        return self.xs[-1]

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    def part(self, start: int, end: int) -> Fragment:
        """The characters from `start` to `end`."""
        glyphs = self.glyphs[start:end] if self.glyphs is not None else None
        return replace(self, text=self.text[start:end], xs=self.xs[start : end + 1], glyphs=glyphs)

    def overlap(self, other: Fragment) -> float:
        """Shared height as a part of the lower one's height."""
        shared = min(self.y1, other.y1) - max(self.y0, other.y0)
        return shared / max(min(self.y1 - self.y0, other.y1 - other.y0), 0.1)


def tidied(text: str, xs: list[float], size: float) -> tuple[str, list[float]]:
    """Text without what is never seen, ligatures taken apart; and its edges."""
    if text[-1] == BREAK_HYPHEN:
        text = f"{text[:-1]}-"
    if not text.isascii():
        narrow = (WIDE_GAP if _SPACED_OUT.fullmatch(text) else HAN_GAP) * size
        for match in _SPACE_BETWEEN_HAN.finditer(text):
            i = match.start()
            if xs[i + 1] - xs[i] < narrow and not _ARTICLE.fullmatch(text, 0, i):
                text = f"{text[:i]}\xad{text[i + 1 :]}"
    if text[1:2] == text[3:4] == text[5:6] == " " and _LETTERSPACED.fullmatch(text):
        text = _closed_up(text, xs, size)
    if not (text.isascii() and text.isprintable()) or "  " in text:
        text, xs = _rebuilt(text, xs)
    if text[:1] == " " or text[-1:] == " ":
        lead, tail = len(text) - len(text.lstrip(" ")), len(text.rstrip(" "))
        text, xs = text[lead:tail], xs[lead : tail + 1]
    return text, xs


def _closed_up(text: str, xs: list[float], size: float) -> str:
    """L E T T E R S P A C E D words without the spaces that only spread their letters."""
    gaps = {i: xs[i + 1] - xs[i] for i in range(1, len(text), 2)}
    usual = sorted(gaps.values())[len(gaps) // 2]
    spread = {i for i, gap in gaps.items() if gap < max(1.6 * usual, 0.3 * size)}
    return "".join(["\xad" if i in spread else letter for i, letter in enumerate(text)])


def _rebuilt(text: str, xs: list[float]) -> tuple[str, list[float]]:
    parts, edges, at = [], [], 0
    for match in UNTIDY.finditer(text):
        i, j = match.span()
        shown = replacement(match[0])
        parts += [text[at:i], shown]
        edges += xs[at:i]
        edges += [xs[i] + (xs[j] - xs[i]) * k / len(shown) for k in range(len(shown))]
        at = j
    parts.append(text[at:])
    edges += xs[at:]
    return "".join(parts), edges


def even(xs: list[float]) -> list[float]:
    """Edges that never decrease; characters that share one place (a taken-apart ligature) share
    its width."""
    if sorted(xs) != xs:
        xs = list(accumulate(xs, max))
    if len(set(xs)) == len(xs):
        return xs
    i = 0
    while i < len(xs) - 1:
        j = i + 1
        while j < len(xs) and xs[j] == xs[i]:
            j += 1
        if j - i > 1 and j < len(xs):
            step = (xs[j] - xs[i]) / (j - i)
            xs[i:j] = [xs[i] + step * k for k in range(j - i)]
        i = j
    return xs
