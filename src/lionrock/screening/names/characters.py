"""What is known of a Chinese character: its readings, its commercial codes, its folded form.

The table is made by `scripts/build_name_tables.py`; `tables/PROVENANCE.md` names the sources of all tables.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from lionrock.screening.names.private_use import standard


@dataclass(frozen=True, slots=True)
class Character:
    cantonese: tuple[str, ...] = ()
    """Jyutping without tones, likeliest first."""
    mandarin: tuple[str, ...] = ()
    """Pinyin without tones, ü as v, likeliest first."""
    code: str = ""
    """Chinese commercial code as on Hong Kong identity cards (Unihan kTaiwanTelegraph)."""
    mainland_code: str = ""
    folded: str = ""
    """Simplified form of the commonest variant; empty if it is that itself."""
    frequency: int = 0


UNKNOWN = Character()
_FIELDS = 7
_FOLDED_BY_HAND = {
    "靑": "青", "兪": "俞", "羣": "群", "衞": "卫", "衛": "卫", "恆": "恒", "眞": "真", "溫": "温",
    "頴": "颖", "颕": "颖", "叙": "叙", "敍": "叙", "敘": "叙", "沪": "沪", "滬": "沪", "烟": "烟",
    "煙": "烟", "予": "予", "並": "并", "竝": "并",
}  # fmt: skip
"""Where the sources' variants lead astray, or to a form that itself is folded."""


@cache
def table() -> dict[str, Character]:
    found = {}
    for line in table_text("characters").splitlines():
        row = line.split("\t")
        row += [""] * (_FIELDS - len(row))
        found[row[0]] = Character(
            tuple(row[1].split()), tuple(row[2].split()), row[3], row[4],
            _FOLDED_BY_HAND.get(row[0], row[5]), int(row[6] or 0),
        )  # fmt: skip
    return found


def table_text(name: str) -> str:
    """A shipped table, unpacked."""
    packed = resources.files(__package__).joinpath(f"tables/{name}.tsv.gz").read_bytes()
    return gzip.decompress(packed).decode()


def lines(name: str) -> tuple[str, ...]:
    """The lines of a list in `tables`, without its heading."""
    text = resources.files(__package__).joinpath(f"tables/{name}.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def keyed(name: str) -> Iterator[tuple[str, list[str]]]:
    """The lines of a list "key: word word"; a key may have several lines."""
    for line in lines(name):
        key, _, words = line.partition(":")
        yield key, words.split()


def character(written: str) -> Character:
    return table().get(written, UNKNOWN)


@cache
def fold(written: str) -> str:
    """The form that Traditional, Simplified and variant writings share: 陳 and 陈, 峯 and 峰; and codes
    of private use with those of today."""
    today = standard(written)
    return character(today).folded or today


@cache
def by_code() -> dict[str, tuple[str, ...]]:
    """Characters by commercial code; identity cards follow the first."""
    found: dict[str, tuple[str, ...]] = {}
    for written, known in table().items():
        for code in dict.fromkeys((known.code, known.mainland_code)):
            if code:
                rest = found.get(code, ())
                found[code] = (written, *rest) if code == known.code else (*rest, written)
    return found


@cache
def _unfolded() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for written, known in table().items():
        if known.code or known.mainland_code:
            found[fold(written)] = (*found.get(fold(written), ()), written)
    return found


def unfolded(folded: str) -> tuple[str, ...]:
    """The characters in use (they have a commercial code) whose folded form this is."""
    return _unfolded().get(folded, (folded,))
