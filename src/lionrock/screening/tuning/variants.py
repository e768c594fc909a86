"""Synthetic variants of a listed name, each of which the engine should still find.

"Reverse order, partial name and abbreviated forms" are those that the HKMA named (Guidance Paper on
Transaction Screening, Transaction Monitoring and Suspicious Transaction Reporting, December 2013, 2.1).
Pure: the same name and random source give the same variants.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Final

import opencc

from lionrock.screening.entities import Entity, Name, NameKind
from lionrock.screening.names.chinese_names import surname_length
from lionrock.screening.names.syllables import spellings
from lionrock.screening.names.terms import LEGAL
from lionrock.screening.names.text import plain, script
from lionrock.screening.tuning.facts import VariantKind

_SHORT: Final = {
    "limited": "Ltd", "company": "Co", "corporation": "Corp", "incorporated": "Inc", "international": "Intl",
    "and": "&", "brothers": "Bros", "manufacturing": "Mfg", "national": "Natl", "university": "Univ",
    "department": "Dept", "government": "Govt",
}  # fmt: skip
"""As dictionaries of English abbreviate them."""


@dataclass(frozen=True, slots=True)
class Variant:
    kind: VariantKind
    text: str


def variants(entity: Entity, random: Random) -> list[Variant]:
    """Of its first Latin name and its first Chinese one; weak aliases are not varied."""
    names = [n for n in entity.names if n.kind in (NameKind.PRIMARY, NameKind.ALIAS)]
    latin = next((n for n in names if _is(n, "latin") and len(n.text.split()) >= 2), None)
    chinese = next((n for n in names if _is(n, "han") and 2 <= len(n.text) <= 40), None)
    found: list[Variant] = []
    if latin is not None:
        person = not (entity.schema.is_organisation or entity.schema in ("Vessel", "Airplane"))
        found += _latin(latin, random, person=person)
    if chinese is not None:
        found += _chinese(chinese.text, romanised=entity.schema == "Person")
    written = {n.text.casefold() for n in entity.names}
    return [v for v in found if v.kind == "exact" or v.text.casefold() not in written]


def _is(name: Name, wanted: str) -> bool:
    letters = [script(c) for c in name.text if c.isalpha()]
    return bool(letters) and all(s == wanted for s in letters)


def _latin(name: Name, random: Random, *, person: bool) -> Iterator[Variant]:
    words = name.text.replace(",", " ").split()
    yield Variant("exact", name.text)
    yield Variant("reverse", " ".join([words[-1], *words[:-1]]))
    # Neither first nor last of a person's, which may be the family name; of a company the legal form.
    spare = range(1, len(words) - 1) if person else [n for n, w in enumerate(words) if _legal(w)]
    if spare and len(words) >= 3:
        left_out = random.choice(spare)
        yield Variant("partial", " ".join(w for n, w in enumerate(words) if n != left_out))
    if len(words) >= 3:
        at = random.randrange(len(words) - 1) if person else 0
        second = words[at + 1] if words[at].isupper() else words[at + 1].lower()
        yield Variant("joined", " ".join([*words[:at], words[at] + second, *words[at + 2 :]]))
    yield from _abbreviated(words, name.family, person=person)
    yield from _misspelt(words, random)


def _legal(word: str) -> bool:
    return plain(word).replace(".", "") in LEGAL


def _abbreviated(words: list[str], family: str, *, person: bool) -> Iterator[Variant]:
    """A person's middle names, or the first where the family name is known, as initials; a company's
    words in their short forms."""
    if not person:
        short = [_SHORT.get(w.casefold().strip("."), w) for w in words]
    else:
        kept = {w.casefold() for w in family.replace("-", " ").split()}
        own = range(len(words)) if kept else range(1, len(words) - 1)
        short = [
            w[0] + "." if n in own and w.casefold() not in kept and len(w) > 1 else w
            for n, w in enumerate(words)
        ]
        if len([w for w in short if len(w) > 2]) < (1 if kept else 2):
            return
    if short != words:
        yield Variant("abbreviated", " ".join(short))


def _misspelt(words: list[str], random: Random) -> Iterator[Variant]:
    """Two neighbouring letters of the longest word changed over."""
    at = max(range(len(words)), key=lambda n: (not _legal(words[n]), len(words[n])))
    word = words[at]
    places = [n for n in range(1, len(word) - 1) if word[n] != word[n + 1] and word[n].isalpha()]
    if len(word) < 5 or not places:
        return
    n = random.choice(places)
    changed = word[:n] + word[n + 1] + word[n] + word[n + 2 :]
    yield Variant("misspelt", " ".join([*words[:at], changed, *words[at + 1 :]]))


def _chinese(text: str, *, romanised: bool) -> Iterator[Variant]:
    yield Variant("exact", text)
    for way in ("t2s", "s2t"):
        other = str(_converter(way).convert(text))
        if other != text:
            yield Variant("other-characters", other)
            break
    if romanised and len(text) in (2, 3, 4):
        spelt = _romanised(text)
        if spelt:
            yield Variant("romanised", spelt)


def _romanised(text: str) -> str:
    """The likeliest Hong Kong spelling, by the engine's own tables: a family name, then given ones."""
    family = surname_length(text)
    parts = []
    for n, character in enumerate(text):
        every = spellings(character, "surname" if n < family else "given")
        ways = {s: w.share for s, w in every.items() if "Hong Kong" in w.systems}
        if not ways:
            return ""
        parts.append(max(ways, key=lambda spelt: ways[spelt]).title())
    return " ".join(parts)


@lru_cache
def _converter(way: str) -> opencc.OpenCC:
    return opencc.OpenCC(way)
