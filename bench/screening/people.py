"""The people and labelled pairs that the tasks are made of, read from the public data sets."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path

from lionrock.screening.entities import Schema

_NOT_HAN = re.compile(r"[^㐀-鿿豈-﫿\U00020000-\U000323AF]")
# Compound surnames seen in Hong Kong and the mainland; the longest reading of a surname wins.
COMPOUND = frozenset(
    "歐陽 司徒 上官 諸葛 司馬 皇甫 夏侯 令狐 東方 尉遲 公孫 慕容 端木 獨孤 南宮 長孫 宇文 鮮于".split()
)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an official Chinese and English name; `alias` is an English given name or empty."""

    chinese: str
    english: str
    alias: str = ""

    @property
    def surname(self) -> str:
        return surname_of(self.chinese)

    @property
    def latin(self) -> str:
        return f"{self.english} {self.alias}".strip()


@dataclass(frozen=True, slots=True)
class Styled:
    """Someone with a Chinese name and several Latin writings of it."""

    chinese: str
    latin: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (self.chinese, *self.latin)

    @property
    def surname(self) -> str:
        return surname_of(self.chinese)


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled pair of names."""

    group: str
    schema: Schema
    left: str
    right: str
    same: bool


def surname_of(chinese: str) -> str:
    return chinese[:2] if chinese[:2] in COMPOUND else chinese[:1]


def read_people(path: Path) -> list[Person]:
    """A JSON list of `chinese`, `english`, `english_alias`: the given half, or another of its form."""
    rows = json.loads(path.read_text("utf-8"))
    return [Person(r["chinese"], r["english"], r.get("english_alias") or "") for r in rows]


def read_styles(path: Path) -> list[Styled]:
    """A JSON object of Chinese name to Latin styles. Keys with stray brackets are the same person."""
    found: dict[str, dict[str, None]] = {}
    for key, styles in json.loads(path.read_text("utf-8")).items():
        chinese = _NOT_HAN.sub("", key)
        kept = found.setdefault(chinese, {})
        kept.update(dict.fromkeys(" ".join(s.split()) for s in styles))
    return [Styled(chinese, tuple(latin)) for chinese, latin in found.items()]


def read_cases(path: Path) -> list[Case]:
    """`name_bench_cases.csv`: case_group, schema, name1, name2, is_match."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Case(
                r["case_group"],
                Schema(r["schema"]),
                r["name1"],
                r["name2"],
                r["is_match"] == "true",
            )
            for r in csv.DictReader(file)
        ]
