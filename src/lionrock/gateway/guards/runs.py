"""Runs of digits: the groups that blanks, hyphens and brackets part, and windows of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

Shape = tuple[int, ...]
_RUN: Final = re.compile(r"[0-9][0-9]*+(?:(?: ?- ?|\) ?| )[0-9]++)*+")
_GROUP: Final = re.compile(r"[0-9][0-9]*+")
_ALNUM: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_MOST_GROUPS: Final = 6
_MOST_DIGITS: Final = 20


class Window(NamedTuple):
    """Some groups in a row: [start, end) of the text, their digits and each group's length."""

    start: int
    end: int
    digits: str
    lengths: Shape
    hyphens: int
    """How many of the separators are hyphens."""


class Run(NamedTuple):
    start: int
    end: int
    groups: tuple[tuple[int, int], ...]


def runs(text: str, least: int) -> Iterator[Run]:
    """The runs of `text`, which is folded, that are `least` characters long or stand right behind a
    letter. Each character is looked at a bounded number of times."""
    for match in _RUN.finditer(text):
        start, end = match.span()
        if end - start >= least or (start > 1 and text[start - 1].isalpha()):
            yield Run(start, end, tuple(g.span() for g in _GROUP.finditer(text, start, end)))


def windows(text: str, run: Run, first: int, shaped: Callable[[Shape], bool]) -> Iterator[Window]:
    """The windows of `run` from its group `first` whose shape fits, longest first: at most 6 groups and
    20 digits."""
    groups = run.groups[first : first + _MOST_GROUPS]
    sizes = tuple([end - start for start, end in groups])
    for count in range(len(groups), 0, -1):
        shape = sizes[:count]
        if shaped(shape):
            start, end = groups[0][0], groups[count - 1][1]
            digits = "".join([text[a:b] for a, b in groups[:count]])
            yield Window(start, end, digits, shape, text.count("-", start, end))


@lru_cache(1024)
def possible(shape: Shape) -> bool:
    """Whether a number of any kind, which a label announces, may have groups so long."""
    return 8 <= sum(shape) <= _MOST_DIGITS


@lru_cache(1024)
def likely(shape: Shape) -> bool:
    """Whether a number that nothing announces may have groups so long: one, a person's identity, a card
    in groups, an account that begins with three digits, a telephone number's two to four groups."""
    total = sum(shape)
    fours = set(shape[:-1]) <= {4} and len(shape) > 3
    identity = total in (17, 18) and max(shape) >= 4
    phone = total <= 13 and 2 <= len(shape) <= 4 and shape[-1] >= 4
    grouped = fours or identity or phone or shape[0] == 3 or (len(shape) in (2, 3) and total >= 14)
    return possible(shape) and (len(shape) == 1 or grouped)


def alone(text: str, start: int, end: int, *, labelled: bool = False) -> bool:
    """Whether no letter or digit of a longer word or number touches [start, end)."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if after in _ALNUM and after:
        return False
    if before in ".,/" and before and text[start - 2 : start - 1].isdigit():
        return False
    if after in ".," and after and text[end + 1 : end + 2].isdigit():
        return False
    return labelled or not before or before not in _ALNUM


def coded(text: str, start: int) -> bool:
    """Whether a letter or digit stands before a hyphen, slash or underscore at `start`: part of a code."""
    joint = text[start - 1 : start]
    return bool(joint) and joint in "-_/" and text[start - 2 : start - 1] in _ALNUM and start > 1
