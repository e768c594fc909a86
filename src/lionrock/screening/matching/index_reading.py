"""Reading an index: its files mapped, and what of it a query's terms meet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, Final

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from lionrock.errors import Conflict
from lionrock.screening.entities import Entity
from lionrock.screening.entity_json import understood
from lionrock.screening.matching import bounds, keys, meetings
from lionrock.screening.matching.facts import OTHER_SCHEMA
from lionrock.screening.matching.index_files import VERSION, hashed, word_keys
from lionrock.screening.matching.latin import servant
from lionrock.screening.names.words import likeness

Array = np.ndarray[Any, Any]
Alike = tuple[tuple[int, float], ...]
"""Terms by place, and the bits that each is worth; least first."""
_REMEMBERED: Final = 50_000
_MET: Final = 512
_MOST_OFF: Final = 3
_NOBODY: Final = (np.empty(0, np.int32), np.empty(0, np.float32))


@dataclass(frozen=True, slots=True)
class Touched:
    """`names`, in order, and which of them each term meets, with the bits."""

    names: Array
    met: Mapping[keys.Term, tuple[Array, Array]]

    def worth(self, term: keys.Term) -> Array | None:
        """For each of `names`, the most that a term is worth to it; None if it meets none."""
        whom, worth = self.met[term]
        if not len(whom):
            return None
        found = np.zeros(len(self.names), np.float32)
        found[np.searchsorted(self.names, whom)] = worth
        return found

    def together(self, terms: Sequence[keys.Term]) -> Array | None:
        """The same for terms that stand for one thing together."""
        each = [worth for term in terms if (worth := self.worth(term)) is not None]
        return sum(each[1:], each[0]) if each else None


class Reading:
    """One index folder. Arrays are mapped: processes share them, and pages come as they are needed."""

    def __init__(self, folder: Path) -> None:
        """`Conflict` if another version wrote the index, or a part of it is missing."""
        try:
            meta = json.loads((folder / "meta.json").read_text())
            if meta["version"] != VERSION:
                raise Conflict(
                    f"The index {folder} is of version {meta['version']}. Build it anew."
                )
            self._map(folder, meta)
            self._check()
        except (OSError, ValueError, KeyError) as error:
            raise Conflict(f"The index {folder} is damaged ({error}). Build it anew.") from error
        self._other_kind: dict[tuple[int, bool], Array] = {}
        self._begun: dict[str, Array] = {}
        self._alike = lru_cache(maxsize=_REMEMBERED)(self._alike_anew)
        self._bucket = lru_cache(maxsize=512)(self._bucket_anew)
        self._met = lru_cache(maxsize=_MET)(self._met_anew)

    def _map(self, folder: Path, meta: dict[str, Any]) -> None:
        self.entities: int = meta["entities"]
        self._buckets: dict[str, list[int]] = meta["buckets"]
        self.names: int = meta["names"]
        self._rare = {space: [t for t in meta["rare"] if t[0] == space] for space in "Hh"}
        self._hashes, self._starts, self._postings = _mapped(folder, "hashes", "starts", "postings")
        self._word_at, self._word_term = _mapped(folder, "word_at", "word_term")
        self._key_hash, self._key_word = _mapped(folder, "key_hash", "key_word")
        self._name_entity, self._name_number = _mapped(folder, "name_entity", "name_number")
        self.slack, self.kind = _mapped(folder, "name_slack", "name_kind")
        self.parts, self.name_worth = _mapped(folder, "name_parts", "name_worth")
        (self.spelt,) = _mapped(folder, "name_spelt")
        (self._entity_at,) = _mapped(folder, "entity_at")
        self._words = _bytes(folder / "words.bin")
        self._entity_lines = _bytes(folder / "entities.bin")

    def _check(self) -> None:
        """`ValueError` if the files are not of one another's lengths."""
        lengths = [
            (len(self._entity_lines), self._entity_at[-1]),
            (len(self._entity_at) - 1, self.entities),
            (len(self._words), self._word_at[-1]),
            (len(self._word_term), len(self._word_at) - 1),
            (len(self._postings), self._starts[-1]),
            (len(self._starts) - 1, len(self._hashes)),
            (len(self._key_hash), len(self._key_word)),
        ]
        of_names = (self._name_entity, self._name_number, self.slack, self.kind, self.parts)
        lengths += [(len(one), self.names) for one in (*of_names, self.name_worth, self.spelt)]
        if any(found != expected for found, expected in lengths):
            raise ValueError("a file is cut off")

    def entity(self, at: int) -> Entity:
        line = self._entity_lines[self._entity_at[at] : self._entity_at[at + 1]]
        return understood(json.loads(line))

    def name(self, at: int) -> tuple[int, int]:
        """A name's entity, and its number among that entity's names."""
        return int(self._name_entity[at]), int(self._name_number[at])

    def touched(self, terms: Iterable[keys.Term]) -> Touched:
        """The names that any of some terms meets."""
        met = {term: self._met(*term) for term in dict.fromkeys(terms)}
        names = [whom for whom, _ in met.values() if len(whom)]
        every = np.unique(np.concatenate(names)) if names else np.empty(0, np.int32)
        return Touched(every, met)

    def posted(self, term: str) -> Array:
        """The names that have a term."""
        place = self._place(term)
        return self._of(place) if place is not None else np.empty(0, np.int32)

    def begun(self, letter: str) -> Array:
        """Whether one letter may stand for a word of each person's name."""
        if letter not in self._begun:
            found = np.zeros(self.names, np.bool_)
            for key, (first, last) in self._buckets.items():
                if key.startswith(f"w:{letter}"):
                    for at in range(first, last):
                        found[self._of(int(self._word_term[at]))] = True
            self._begun[letter] = (found | self.spelt) & (self.kind <= keys.PERSON)
        return self._begun[letter]

    def names_worth(self, rows: Iterable[keys.Row], needed: float, kind: int) -> set[int]:
        """The names to which the terms of a row may be worth `needed` bits, to a query of a kind."""
        wanted = list(rows)
        touched = self.touched(term for row in wanted for term in row.terms)
        names = touched.names
        base = {way: (self.slack + self._against(kind, way))[names] for way in (True, False)}
        found: set[int] = set()
        for row in wanted:
            found.update(names[_reaching(row, touched, base[row.personal], needed)].tolist())
        return found

    def _against(self, kind: int, personal: bool) -> Array:
        """What it costs to be of another kind: who may be a person is compared as one with who may be
        one, and never else (`compare.by_name`)."""
        if (kind, personal) not in self._other_kind:
            asked = kind in (keys.ANY_KIND, keys.PERSON)
            people = asked & (self.kind <= keys.PERSON)
            either = (kind == keys.ANY_KIND) & (self.kind == keys.ANY_KIND)
            read = people if personal else ~people | either
            fits = (self.kind == kind) | (self.kind == keys.ANY_KIND) | (kind == keys.ANY_KIND)
            cost = np.where(fits, np.float32(0), np.float32(OTHER_SCHEMA))
            self._other_kind[kind, personal] = np.where(read, cost, np.float32(-np.inf))
        return self._other_kind[kind, personal]

    def _met_anew(self, term: str, most: float) -> tuple[Array, Array]:
        """The names that a term meets, in order, and for each the most that it is worth to it."""
        alike = self._alike(term, most)
        if not alike:
            return _NOBODY
        places = [self._of(place) for place, _ in alike]
        worth = np.array([b for _, b in alike], np.float32)
        whom = np.concatenate(places)
        order = np.argsort(whom, kind="stable")
        whom, worth = whom[order], np.repeat(worth, [len(place) for place in places])[order]
        last = np.append(whom[1:] != whom[:-1], True)  # least first: the last is the most
        return whom[last], worth[last]

    def _alike_anew(self, term: str, most: float) -> Alike:
        space, text = term[:1], term[2:]
        if space in "wj":
            found = self._words_like(term, most)
        elif space == "c":
            met = meetings.of_syllable(text, False).items()
            rare = meetings.of_rare(text, self._rare["h"])
            found = self._placed([pair for pair in (*met, *rare) if pair[0][0] == "h"])
        elif space in "sS":
            found = self._placed([*meetings.of_syllable(text, space == "S").items(), (term, most)])
            found |= self._placed(meetings.of_rare(text, self._rare["H" if space == "S" else "h"]))
        elif space in "hH":
            found = self._placed([*meetings.of_character(text, space == "H").items(), (term, most)])
        else:
            found = self._placed([(term, most), (f"w:{text}", most)])
        return tuple(sorted(found.items(), key=lambda pair: pair[1]))

    def _placed(self, terms: Iterable[tuple[str, float]]) -> dict[int, float]:
        pairs = list(terms)
        if not pairs or not len(self._hashes):
            return {}
        wanted = np.array([hashed(term) for term, _ in pairs], np.uint64)
        places = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
        there = self._hashes[places] == wanted
        return {int(p): b for p, ok, (_, b) in zip(places, there, pairs, strict=True) if ok}

    def _words_like(self, term: str, most: float) -> dict[int, float]:
        """A word meets words, and neighbours put together; those meet words."""
        word, joined = term[2:], term[0] == "j"
        found = self._placed([(f"w:{word}", most), (f"a:{word}", bounds.WHOLE)])
        found |= self._placed([(f"j:{word}", most)])
        near = self._near(word, "w" if joined else "wj") | self._keyed(word_keys(word))
        for at in near:
            other = self._word(at)
            bits, how = likeness(word, other[2:])
            if how and not (joined and other[0] == "j"):
                place = int(self._word_term[at])
                worth = max(min(bits, most), servant(word, other[2:]))
                found[place] = max(worth, found.get(place, 0.0))
        return found

    def _near(self, word: str, spaces: str) -> set[int]:
        """Words with the same first letter, few letters off."""
        off = 0 if len(word) < 3 else 1 if len(word) < 6 else 2 if len(word) < 10 else _MOST_OFF
        if not off:
            return set()
        lengths = range(len(word) - off, len(word) + off + 1)
        buckets = [self._bucket(f"{space}:{word[:1]}{n}") for space in spaces for n in lengths]
        places = [at for first, others in buckets for at in range(first, first + len(others))]
        others = [other for _, some in buckets for other in some]
        if not others:
            return set()
        distances = cdist([word], others, scorer=OSA.distance, score_cutoff=off, dtype=np.uint8)
        return {places[at] for at in np.flatnonzero(distances[0] <= off)}

    def _keyed(self, some: Iterable[str]) -> set[int]:
        wanted = np.array([hashed(key) for key in some], np.uint64)
        first = np.searchsorted(self._key_hash, wanted)
        last = np.searchsorted(self._key_hash, wanted + np.uint64(1))
        spans = zip(first.tolist(), last.tolist(), strict=True)
        return {int(at) for a, b in spans if b > a for at in self._key_word[a:b]}

    def _bucket_anew(self, key: str) -> tuple[int, list[str]]:
        first, last = self._buckets.get(key, (0, 0))
        lines = self._words[self._word_at[first] : self._word_at[last]].decode().split("\n")
        return first, [line[2:] for line in lines[:-1]]

    def _word(self, at: int) -> str:
        return self._words[self._word_at[at] : self._word_at[at + 1] - 1].decode()

    def _place(self, term: str) -> int | None:
        return next(iter(self._placed([(term, 0.0)])), None)

    def _of(self, place: int) -> Any:
        return self._postings[self._starts[place] : self._starts[place + 1]]


def _reaching(row: keys.Row, touched: Touched, base: Array, needed: float) -> Array:
    """Places of the names touched to which a row may be worth `needed`."""
    total = base + np.float32(row.more)
    missed = np.zeros(len(base), np.float32)
    whole = np.ones(len(base), np.bool_)
    none = (0.0,) * len(row.terms)
    certain = 0.0
    for at, (term, miss) in enumerate(zip(row.terms, row.misses or none, strict=True)):
        telling = bool(row.telling) and row.telling[at]
        best = touched.worth(term)
        if best is None:
            certain += miss
            whole &= not telling
            continue
        total += best
        if miss:
            missed += np.float32(miss) * (best == 0)
        if telling:
            whole &= best > 0
    missed = np.maximum(missed + np.float32(certain - row.forgiven), np.float32(0))
    total -= np.minimum(missed, np.float32(row.most_missed))
    total += np.float32(row.complete) * whole
    return np.flatnonzero(total >= needed)


def _bytes(path: Path) -> mmap | bytes:
    """A file's bytes; an empty file can't be mapped."""
    with path.open("rb") as file:
        return mmap(file.fileno(), 0, access=ACCESS_READ) if path.stat().st_size else b""


def _mapped(folder: Path, *names: str) -> Sequence[Any]:
    loaded = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in names)
    return [each.view(np.ndarray) for each in loaded]  # mapped still, and read faster
