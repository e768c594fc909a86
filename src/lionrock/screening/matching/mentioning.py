"""Where a text may name someone listed: the stretches that hold enough of a listed name.

Each word of the text, and each Chinese character, is worth at most so many bits to each listed name
(`tokens`); a stretch where these reach the threshold is compared in full with that name. Kept is, for
each name found, the stretch that compares best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np

from lionrock.screening.entities import Entity, Name, Schema
from lionrock.screening.matching.compare import by_name, names
from lionrock.screening.matching.index_reading import Reading
from lionrock.screening.matching.tokens import Token, alone, initial, is_legal, parts, sequences

Array = np.ndarray[Any, Any]
_WORDS, _CHARACTERS = 8, 16
"""Tokens in the longest stretch."""
_CHUNK: Final = 32
_MOST_ALONE: Final = 6.0
_COMPLETE_PERSON, _COMPLETE_OTHER = 1.5, 5.5
_PERSON: Final = 1
_TRIES: Final = 4
"""Stretches that are compared with one name."""
Stretch = tuple[int, int]
Entities = Callable[[int], Entity]


def mentions(reading: Reading, entities: Entities, text: str, needed: float) -> list[Stretch]:
    """Ranges of `text`, in order, each of which brings a listed name to `needed` bits."""
    found: dict[Stretch, None] = {}
    for sequence in sequences(text):
        most = _CHARACTERS if sequence[0].han else _WORDS
        for first in range(0, max(len(sequence) - most, 0) + 1, _CHUNK - most):
            chunk = sequence[first : first + _CHUNK]
            found |= dict.fromkeys(_in_chunk(reading, entities, text, chunk, most, needed))
    return sorted(found)


def _in_chunk(
    reading: Reading,
    entities: Entities,
    text: str,
    tokens: Sequence[Token],
    most: int,
    needed: float,
) -> Iterator[Stretch]:
    listed, bits = _bits(reading, tokens, needed)
    if not len(listed):
        return
    legal = is_legal(tokens)
    for column, places in _stretches(bits, tokens, most, _least(reading, needed)[listed]).items():
        name, schema = _name(reading, entities, int(listed[column]))
        tried = [p for place in places for p in _with_form(place, legal)]
        spans = [(tokens[i].start, tokens[j].end) for i, j in tried]
        worth = [
            (by_name(Schema.LEGAL_ENTITY, schema, Name(text[a:b]), name).bits, a - b, a, b)
            for a, b in spans
        ]
        best = max(worth)
        if best[0] >= needed:
            yield best[2], best[3]


def _least(reading: Reading, needed: float) -> Array:
    """What the tokens must be worth to each name at least."""
    more = np.where(
        reading.kinds == _PERSON, np.float32(_COMPLETE_PERSON), np.float32(_COMPLETE_OTHER)
    )
    least: Array = np.float32(needed) - more - reading.slack
    return least


def _bits(reading: Reading, tokens: Sequence[Token], needed: float) -> tuple[Array, Array]:
    """The names that all tokens together are worth enough to; tokens × those names, the most bits."""
    found = np.zeros((len(tokens), reading.names), np.float32)
    for part in parts(tokens):
        worth = reading.worth(part.terms)
        if worth is None:
            continue
        each = worth / np.float32(part.length) if part.length > 1 else worth
        for at in range(part.first, part.first + part.length):
            np.maximum(found[at], each, out=found[at])
    for at, token in enumerate(tokens):
        if initial(token):
            found[at] += np.float32(initial(token))
    listed = np.flatnonzero(found.sum(axis=0) >= _least(reading, needed))
    return listed, found[:, listed]


def _stretches(
    bits: Array, tokens: Sequence[Token], most: int, least: Array
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
    found: dict[int, list[tuple[float, int, int]]] = {}
    for first in range(len(tokens)):
        for last in range(first, min(first + most, len(tokens))):
            total = sums[last + 1] - sums[first]
            for column in np.flatnonzero((total >= least) & there[first] & there[last]):
                found.setdefault(int(column), []).append((-float(total[column]), first, last))
    return {c: [(i, j) for _, i, j in sorted(ways)[:_TRIES]] for c, ways in found.items()}


def _with_form(stretch: Stretch, legal: Sequence[bool]) -> list[Stretch]:
    """A stretch, and with the legal form behind it."""
    first, last = stretch
    after = last
    while after + 1 < len(legal) and legal[after + 1]:
        after += 1
    return [stretch, (first, after)] if after > last else [stretch]


def _name(reading: Reading, entities: Entities, at: int) -> tuple[Name, Schema]:
    entity, number = reading.name(at)
    listed = entities(entity)
    return names(listed)[number], listed.schema
