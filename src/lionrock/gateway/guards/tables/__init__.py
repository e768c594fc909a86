"""Word lists of the name recognisers. `given_western.txt` and `surnames_western.txt` hold the more
frequent names of the United States census of 1990 (works of the United States government), less those
that are words, and some of other countries; the rest is from general knowledge. No register and no list
of people was read.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def words(name: str) -> frozenset[str]:
    """The words of `NAME.txt`, without the first line, which says what they are."""
    return frozenset(_body(name).split())


@cache
def characters(name: str) -> frozenset[str]:
    """The characters of `NAME.txt`."""
    return frozenset("".join(_body(name).split()))


def _body(name: str) -> str:
    text = (Path(__file__).parent / f"{name}.txt").read_text("utf-8")
    return text.partition("\n")[2]
