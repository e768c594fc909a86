"""Listed words and phrases found in a text, the longest first, in any of the languages at once.

A text is taken apart into units: a Latin word (by its stem), a Han character, an emoji, a number or a mark.
Scripts and cases are folded, so that one list serves Traditional and Simplified.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

import snowballstemmer

from lionrock.documents.language import HAN, to_simplified

_UNIT: Final = re.compile(
    r"[a-z]+(?:['’][a-z]+)?|\d+(?:[.,]\d+)*|[^\sa-z\d]", re.IGNORECASE | re.ASCII
)
_NARROW: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x2019: "'"}
_END: Final = None
"""The key under which a node of the tree holds what the phrase that ends there is."""


@dataclass(frozen=True, slots=True)
class Unit:
    """`text` is as units are compared; it stands at [start, end) of the text as written."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match:
    """A listed phrase at units [first, last) and characters [start, end). `kinds`: what it is listed as."""

    kinds: tuple[str, ...]
    first: int
    last: int
    start: int
    end: int


def folded(text: str) -> str:
    """Lower case, narrow and Simplified, character for character as long as `text`."""
    lower = text.translate(_NARROW).lower()
    if not HAN.search(lower):
        return lower if len(lower) == len(text) else text
    simplified = to_simplified(lower)
    return simplified if len(simplified) == len(text) else text


def units(text: str) -> list[Unit]:
    """Of a text as written, in order."""
    return [
        Unit(_stem(m.group()) if m.group().isascii() else m.group(), m.start(), m.end())
        for m in _UNIT.finditer(folded(text))
    ]


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word)) if word.isalpha() else word


@cache
def _stemmer() -> Any:
    return snowballstemmer.stemmer("english")


class Phrases:
    """A tree of phrases. `listed`: phrases by what they are; a phrase may be several things."""

    def __init__(self, listed: Mapping[str, Iterable[str]]) -> None:
        self._tree: dict[str | None, Any] = {}
        for kind, phrases in listed.items():
            for phrase in phrases:
                node = self._tree
                for unit in units(phrase):
                    node = node.setdefault(unit.text, {})
                node[_END] = (*(k for k in node.get(_END, ()) if k != kind), kind)

    def find(self, found: Sequence[Unit]) -> Iterator[Match]:
        """Every place where a phrase stands, the longest from the left; none within another."""
        at, total = 0, len(found)
        while at < total:
            node, last = self._tree, at
            kinds: tuple[str, ...] = ()
            for place in range(at, total):
                following = _next(node, found[place].text)
                if following is None:
                    break
                node = following
                if _END in node:
                    last, kinds = place + 1, node[_END]
            if kinds:
                yield Match(kinds, at, last, found[at].start, found[last - 1].end)
            at = max(last, at + 1)


def _next(node: dict[str | None, Any], unit: str) -> dict[str | None, Any] | None:
    """Where a unit leads; a number also where the list says #."""
    return node.get(unit) or (node.get("#") if unit[0].isdigit() else None)


def listed(*names: str) -> dict[str, list[str]]:
    """The lists in `words/NAME.txt`: lines of `kind: phrase, phrase`; of several files together."""
    kept: dict[str, list[str]] = {}
    for name in names:
        text = (files(__package__) / "words" / f"{name}.txt").read_text("utf-8")
        for line in text.splitlines():
            if line.strip() and not line.startswith("# "):
                kind, _, phrases = line.partition(":")
                kept.setdefault(kind.strip(), []).extend(
                    p.strip() for p in phrases.split(",") if p.strip()
                )
    return kept
