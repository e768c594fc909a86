"""Where a text may name someone listed: the stretches that hold enough of a listed name.

Each word of the text, and each Chinese character, is worth at most so many bits to each listed name
(`tokens`); a stretch where these reach the threshold is compared in full with that name. Kept is, for
each name found, the stretch that compares best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from lionrock.screening.entities import Entity, Name, Schema
from lionrock.screening.matching import bounds
from lionrock.screening.matching.compare import by_name, names
from lionrock.screening.matching.index_reading import Reading
from lionrock.screening.matching.keys import PERSON
from lionrock.screening.matching.latin import LISTED_ALONE
from lionrock.screening.matching.organisations import ALONE, COMPLETE, WHOLE_NAME
from lionrock.screening.matching.tokens import (
    Token,
    alone,
    initial,
    is_legal,
    parts,
    pieces,
    sequences,
)

Array = np.ndarray[Any, Any]
_WORDS, _CHARACTERS = 8, 16
"""Tokens in the longest stretch."""
_CHUNK: Final = 32
_MOST_ALONE: Final = 6.0
_COMPLETE_OTHER = WHOLE_NAME - 2.0
"""What it may add that a whole name is there; an organisation's is worth `WHOLE_NAME` at least."""
_WRITTEN: Final = 0.75
"""Of what a whole organisation's name is worth, so much is met at least if it is written as listed."""
_OTHER = 2
_LEGAL: Final = 0.5
_TRIES: Final = 4
"""Stretches that are compared with one name."""
Stretch = tuple[int, int]
Entities = Callable[[int], Entity]


def mentions(
    reading: Reading, entities: Entities, text: str, needed: float, wanted: Wanted
) -> list[Stretch]:
    """Ranges of `text`, in order, each of which brings a listed name to `needed` bits; `wanted` of these."""
    search = _Search(reading, entities, needed, wanted)
    found: dict[Stretch, None] = {}
    for sequence in sequences(text):
        most = _CHARACTERS if sequence[0].han else _WORDS
        for first in range(0, max(len(sequence) - most, 0) + 1, _CHUNK - most):
            chunk = sequence[first : first + _CHUNK]
            found |= dict.fromkeys(search.in_chunk(text, chunk, most))
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _Search:
    reading: Reading
    entities: Entities
    needed: float
    wanted: Wanted

    def in_chunk(self, text: str, tokens: Sequence[Token], most: int) -> Iterator[Stretch]:
        listed, bits = _bits(self.reading, tokens, self.wanted)
        if not len(listed):
            return
        legal = is_legal(tokens)
        for column, places in _stretches(bits, tokens, most, self.wanted.of(listed)).items():
            tried = [p for place in places for p in _with_form(place, legal)]
            spans = [(tokens[i].start, tokens[j].end) for i, j in tried]
            found = list(self._compared(text, spans, int(listed[column])))
            best = max(found)[:2]
            if best[0] >= self.needed:
                yield from ((start, end) for *same, start, end in found if tuple(same) == best)

    def _compared(
        self, text: str, spans: Sequence[Stretch], at: int
    ) -> Iterator[tuple[float, int, int, int]]:
        """Bits of each range against a listed name, less its length, start and end."""
        entity, number = self.reading.name(at)
        listed = self.entities(entity)
        name = names(listed)[number]
        for start, end in spans:
            query = Name(" ".join(text[start:end].split()))
            found = by_name(Schema.LEGAL_ENTITY, listed.schema, query, name)
            yield found.bits, start - end, start, end


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a stretch must be worth to each of some names: with nothing of the name left, and with some."""

    complete: Array
    partly: Array
    share: Array
    """What a bit of the name costs that the stretch lacks."""
    parts: Array
    worth: Array

    def of(self, names: Array) -> Wanted:
        return Wanted(*(getattr(self, f.name)[names] for f in fields(self)))

    def met(self, total: Array, pieces: Array) -> Array:
        lacking = self.share * np.maximum(self.worth - total, 0)
        whole: Array = (total >= self.complete) & (pieces >= self.parts)
        partly: Array = total - lacking >= self.partly
        return np.logical_or(whole, partly)


def wanted(reading: Reading, needed: float) -> Wanted:
    """For every name of the index."""
    person = reading.kind == PERSON
    least = np.float32(needed) - reading.slack
    written = np.where(reading.spelt, np.float32(0), np.float32(_WRITTEN) * reading.name_worth)
    other = np.minimum(
        np.maximum(least - np.float32(_COMPLETE_OTHER), written), least - np.float32(COMPLETE)
    )
    complete = np.where(person, least - np.float32(bounds.COMPLETE_PERSON), other)
    partly = least - np.where(person, np.float32(0), np.float32(_LEGAL))
    share = np.where(reading.kind == _OTHER, np.float32(ALONE), np.float32(LISTED_ALONE))
    return Wanted(complete, partly, share, reading.parts, reading.name_worth)


def _bits(reading: Reading, tokens: Sequence[Token], wanted: Wanted) -> tuple[Array, Array]:
    """The names that all tokens together are worth enough to; tokens × those names, the most bits."""
    read = list(parts(tokens))
    touched = reading.touched(term for part in read for term in part.terms)
    names = touched.names
    spelt, kind = reading.spelt[names], reading.kind[names]
    of = {"person": kind <= PERSON, "other": kind != PERSON}
    found = np.zeros((len(tokens), len(names)), np.float32)
    for part in read:
        worth = touched.together(part.terms)
        if worth is None:
            continue
        if part.whose != "any":
            worth = worth * of[part.whose]
        if part.terms[0][0][0] in "sSc":
            worth = worth * spelt
        each = worth / np.float32(part.length) if part.length > 1 else worth
        for at in range(part.first, part.first + part.length):
            np.maximum(found[at], each, out=found[at])
    for at, token in enumerate(tokens):
        if initial(token):
            found[at] += np.float32(initial(token)) * reading.begun(token.text)[names]
    enough = np.flatnonzero(found.sum(axis=0) >= wanted.complete[names])
    return names[enough], found[:, enough]


def _stretches(
    bits: Array, tokens: Sequence[Token], most: int, wanted: Wanted
) -> dict[int, list[Stretch]]:
    """For each name, by its column, the stretches that may be worth enough, best first; ends are of the name."""
    costs = np.minimum(np.array(alone(tokens), np.float32), _MOST_ALONE)[:, None]
    sums = np.vstack(
        [
            np.zeros((1, bits.shape[1]), np.float32),
            np.cumsum(np.where(bits > 0, bits, -costs), axis=0),
        ]
    )
    there = bits > 0
    many = np.array([pieces(t) for t in tokens], np.int16)[:, None]
    counts = np.vstack([np.zeros((1, bits.shape[1]), np.int16), np.cumsum(many * there, axis=0)])
    found: dict[int, list[tuple[float, int, int]]] = {}
    for first in range(len(tokens)):
        for last in range(first, min(first + most, len(tokens))):
            total = sums[last + 1] - sums[first]
            for column in np.flatnonzero(
                wanted.met(total, counts[last + 1] - counts[first]) & there[first] & there[last]
            ):
                found.setdefault(int(column), []).append((-float(total[column]), first, last))
    return {c: [(i, j) for _, i, j in sorted(ways)[:_TRIES]] for c, ways in found.items()}


def _with_form(stretch: Stretch, legal: Sequence[bool]) -> list[Stretch]:
    """A stretch, and with the legal form behind it."""
    first, last = stretch
    after = last
    while after + 1 < len(legal) and legal[after + 1]:
        after += 1
    return [stretch, (first, after)] if after > last else [stretch]
