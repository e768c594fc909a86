"""Sentences of a passage, as ranges of its text, and which of them can be quoted.

English and Chinese punctuation; list items kept whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_END = re.compile(
    r"""
    [。！？!?；;]+[」』”’"')）]*            # Chinese stops and either script's ! ? ;
  | \.[”’"')\]]*(?=\s+[A-Z“"'(\u3400-\u9fff]|\s*$)   # a full stop before a capital, or at the end
  | \n+
    """,
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|viz|etc|no|nos|para|paras|cap|art|sec|s|ss|pp?|vol|ltd|co|inc|mr|mrs|ms|dr|st|vs"
    r"|approx|ref|fig|ch|ed|al)|\b[A-Z]|\b\d{1,2}(?:\.\d{1,2})*)\.$",
    re.IGNORECASE,
)
_LONGEST = 400


def sentences(text: str) -> list[tuple[int, int]]:
    """Ranges (start, end) of the sentences of `text`, trimmed of white space, in order.

    Every character that is not white space between sentences belongs to exactly one of them.
    """
    cuts = [0]
    for match in _END.finditer(text):
        # "4.1." and "e.g." end in a full stop and do not end a sentence.
        if match.group().startswith(".") and _ABBREVIATION.search(
            text[cuts[-1] : match.start() + 1]
        ):
            continue
        cuts.append(match.end())
    cuts.append(len(text))
    ranges = [_trim(text, a, b) for a, b in pairwise(cuts)]
    return [part for a, b in ranges if a < b for part in _split_long(text, a, b)]


SHORTEST = 8


@dataclass(frozen=True, slots=True)
class Quotable:
    """A sentence or table row that can stand as a quote: text [start, end) of its passage."""

    start: int
    end: int
    lead: str
    """What it is read with: its nearest heading, or the question that it answers in a list of them."""


def quotable(text: str, heading: str, *, row: bool = False) -> list[Quotable]:
    """What can be quoted of a passage: not its questions, not bare numbers.

    `heading` is the path of headings above it; of a `row` every line counts, however short.
    """
    lead = heading.rpartition(" › ")[2]
    found = []
    for start, end in sentences(text):
        words = text[start:end]
        if words.endswith(("?", "？")):
            lead = words
        elif end - start >= SHORTEST or (row and not words.isspace()):
            found.append(Quotable(start, end, lead))
    return found


def _split_long(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A list run into one sentence is cut at its commas and colons, so that a quote stays readable."""
    if end - start <= _LONGEST:
        return [(start, end)]
    middle = (start + end) // 2
    cut = max(text.rfind(mark, start + 80, middle + 120) for mark in (": ", "：", ", ", "，", "、"))
    if cut <= start + 80:
        cut = text.find(" ", middle, end)
    if cut <= start or cut >= end - 1:
        return [(start, end)]
    left, right = _trim(text, start, cut + 1), _trim(text, cut + 1, end)
    return [p for a, b in (left, right) if a < b for p in _split_long(text, a, b)]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
