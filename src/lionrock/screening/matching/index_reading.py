"""Reading an index: its files mapped, and what of it a query's terms meet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from lionrock.errors import Conflict
from lionrock.screening.entities import Entity
from lionrock.screening.entity_json import understood
from lionrock.screening.matching import keys, meetings
from lionrock.screening.matching.facts import OTHER_SCHEMA
from lionrock.screening.matching.index_files import VERSION, hashed, word_keys
from lionrock.screening.names.words import likeness

Array = np.ndarray[Any, Any]
Alike = tuple[tuple[int, float], ...]
"""Terms by place, and the bits that each is worth; least first."""
_REMEMBERED: Final = 50_000
_MOST_OFF: Final = 3
_WHOLE_BITS: Final = 22.0


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
        self._other_kind: dict[int, Array] = {}
        self._alike = lru_cache(maxsize=_REMEMBERED)(self._alike_anew)
        self._bucket = lru_cache(maxsize=512)(self._bucket_anew)

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
        line = bytes(self._entity_lines[self._entity_at[at] : self._entity_at[at + 1]])
        return understood(json.loads(line))

    def name(self, at: int) -> tuple[int, int]:
        """A name's entity, and its number among that entity's names."""
        return int(self._name_entity[at]), int(self._name_number[at])

    def worth(self, terms: Sequence[keys.Term]) -> Array | None:
        """For each name, the most that terms together are worth to it; None if nothing meets them."""
        total: Array | None = None
        for term in terms:
            worth = self._worth(*term)
            total = worth if total is None else total if worth is None else total + worth
        return total

    def posted(self, term: str) -> Array:
        """The names that have a term."""
        place = self._place(term)
        return self._of(place) if place is not None else np.empty(0, np.int32)

    def names_worth(self, rows: Iterable[keys.Row], needed: float, kind: int) -> set[int]:
        """The names to which the terms of a row may be worth `needed` bits, to a query of a kind."""
        base = self.slack + self._against(kind)
        met: dict[keys.Term, Array | None] = {}
        found: set[int] = set()
        for row in rows:
            for term in row.terms:
                if term not in met:
                    met[term] = self._worth(*term)
            found.update(self._reaching(row, [met[t] for t in row.terms], base, needed))
        return found

    def _reaching(
        self, row: keys.Row, worth: Sequence[Array | None], base: Array, needed: float
    ) -> list[int]:
        total = base + np.float32(row.more)
        missed = np.zeros(self.names, np.float32)
        certain = 0.0
        for best, miss in zip(worth, row.misses or (0.0,) * len(worth), strict=True):
            if best is None:
                certain += miss
                continue
            total += best
            if miss:
                missed += np.float32(miss) * (best == 0)
        missed = np.maximum(missed + np.float32(certain - row.forgiven), np.float32(0))
        total -= np.minimum(missed, np.float32(row.most_missed))
        return np.flatnonzero(total >= needed).tolist()

    def _worth(self, term: str, most: float) -> Array | None:
        """For each name, the most that a term is worth to it; None if nothing meets it."""
        alike = self._alike(term, most)
        if not alike:
            return None
        whom, worth = self._met(alike)
        best = np.zeros(self.names, np.float32)
        best[whom] = worth  # least first: the last written is the most
        return best

    def _against(self, kind: int) -> Array:
        """What it costs to be of another kind; 0 for who may be either."""
        if kind not in self._other_kind:
            differs = (self.kind != kind) & (self.kind != keys.ANY_KIND) & (kind != keys.ANY_KIND)
            self._other_kind[kind] = np.where(differs, np.float32(OTHER_SCHEMA), np.float32(0))
        return self._other_kind[kind]

    def _met(self, alike: Alike) -> tuple[Array, Array]:
        places = [self._of(place) for place, _ in alike]
        bits = np.array([b for _, b in alike], np.float32)
        return np.concatenate(places), np.repeat(bits, [len(place) for place in places])

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
        found = self._placed([(f"w:{word}", most), (f"a:{word}", _WHOLE_BITS)])
        found |= self._placed([(f"j:{word}", most)])
        near = set(self._near(word, "w" if joined else "wj"))
        for key in word_keys(word):
            near.update(self._keyed(key))
        for at in near:
            other = self._word(at)
            bits, how = likeness(word, other[2:])
            if how and not (joined and other[0] == "j"):
                place = int(self._word_term[at])
                found[place] = max(bits, found.get(place, 0.0))
        return found

    def _near(self, word: str, spaces: str) -> list[int]:
        """Words with the same first letter, few letters off."""
        off = 0 if len(word) < 3 else 1 if len(word) < 6 else 2 if len(word) < 10 else _MOST_OFF
        found: list[int] = []
        for space in spaces if off else "":
            for length in range(len(word) - off, len(word) + off + 1):
                first, others = self._bucket(f"{space}:{word[:1]}{length}")
                if others:
                    distances = cdist(
                        [word], others, scorer=OSA.distance, score_cutoff=off, dtype=np.uint8
                    )
                    found.extend(first + int(at) for at in np.flatnonzero(distances[0] <= off))
        return found

    def _keyed(self, key: str) -> list[int]:
        wanted = np.uint64(hashed(key))
        first, last = np.searchsorted(self._key_hash, [wanted, wanted + np.uint64(1)])
        return [int(at) for at in self._key_word[first:last]]

    def _bucket_anew(self, key: str) -> tuple[int, list[str]]:
        first, last = self._buckets.get(key, (0, 0))
        return first, [self._word(at)[2:] for at in range(first, last)]

    def _word(self, at: int) -> str:
        return bytes(self._words[self._word_at[at] : self._word_at[at + 1] - 1]).decode()

    def _place(self, term: str) -> int | None:
        return next(iter(self._placed([(term, 0.0)])), None)

    def _of(self, place: int) -> Any:
        return self._postings[self._starts[place] : self._starts[place + 1]]


def _bytes(path: Path) -> Array:
    """A file's bytes; an empty file can't be mapped."""
    return np.memmap(path, np.uint8, "r") if path.stat().st_size else np.empty(0, np.uint8)


def _mapped(folder: Path, *names: str) -> Sequence[Any]:
    loaded = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in names)
    return [each.view(np.ndarray) for each in loaded]  # mapped still, and read faster
