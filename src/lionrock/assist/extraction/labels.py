"""What a field is called on a page: its own name, and what others call the same."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

from rapidfuzz.distance import Levenshtein

from lionrock.assist.extraction.folding import narrow, plain
from lionrock.assist.extraction.kinds import Kind

_TOKEN: Final = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[\u3400-\u9fff\uf900-\ufaff]|[%#]")
_SAME: Final = {"number": "no", "num": "no", "nos": "no", "#": "no", "amt": "amount", "nett": "net"}
_LEAST_FUZZY: Final = 5
"""Letters of a word below which a misread one is taken for another word."""


class Token(NamedTuple):
    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Group:
    """Labels of one meaning, the surest first. See labels.toml."""

    name: str
    kind: Kind
    names: tuple[tuple[str, ...], ...]
    also: frozenset[str]
    alone: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """What to look for on pages for one field: `names` the surest first, `also` what may stand with them."""

    names: tuple[tuple[str, ...], ...]
    also: frozenset[str] = frozenset()
    alone: bool = False
    group: str = ""


@lru_cache(maxsize=20_000)
def tokens(text: str) -> tuple[Token, ...]:
    """Words, figures and single Chinese characters in one form for both scripts, with their places."""
    folded = plain(narrow(text))
    return tuple(Token(_SAME.get(m[0], m[0]), *m.span()) for m in _TOKEN.finditer(folded))


def words(text: str) -> tuple[str, ...]:
    return tuple(token.word for token in tokens(text))


@cache
def groups() -> tuple[Group, ...]:
    data = tomllib.loads((files("lionrock.assist.extraction") / "labels.toml").read_text("utf-8"))
    return tuple(
        Group(
            name, Kind(said["kind"]), tuple(dict.fromkeys(map(words, said["names"]))),
            frozenset(w for word in said.get("also", ()) for w in words(word)), said.get("alone", False),
        )
        for name, said in data.items()
    )  # fmt: skip


@cache
def group_of(label: str) -> Group | None:
    """The group that has this label."""
    wanted = words(label)
    return next((group for group in groups() if wanted in group.names), None)


@cache
def is_label(text: str) -> bool:
    """Whether the text, up to a colon, is a label that is known here: then it is no value."""
    said = words(re.split("[:：]", text, maxsplit=1)[0])
    return any(said in group.names for group in groups())


def wording(labels: Sequence[str]) -> Wording:
    """For a field that is called by any of `labels`. A known group keeps its own order."""
    own = tuple(found for label in labels if (found := words(label)))
    known = [group for label in labels if (group := group_of(label))]
    if not known:
        return Wording(own)
    first = known[0]
    names = tuple(name for group in known for name in group.names)
    outside = tuple(name for name in own if name not in names)
    return Wording(outside + names, first.also, any(g.alone for g in known), first.name)


def same(one: str, other: str, *, misread: bool) -> bool:
    """Whether two words are one; `misread`: one letter may differ, as in words read from a picture."""
    if one == other:
        return True
    if not misread or min(len(one), len(other)) < _LEAST_FUZZY or not one.isascii():
        return False
    return Levenshtein.distance(one, other, score_cutoff=1) <= 1
