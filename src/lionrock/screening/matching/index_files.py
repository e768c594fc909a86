"""The files of an index: what is written once and mapped by every process that reads it.

meta.json       version, counts, where each bucket of words begins
hashes.npy      uint64, sorted: the 64-bit hash of each term (`keys`)
starts.npy      int64: where each term's names begin in `postings`
postings.npy    int32: names, by term
words.bin       terms of words, by bucket (`bucket`), a line each
word_at.npy     int32: where each word begins
word_term.npy   int32: each word's term
key_hash.npy, key_word.npy   keys that likeness goes by (sound, variant …), sorted, and their words
name_entity.npy int32, name_number.npy int16, name_slack.npy float32, name_kind.npy int8
name_parts.npy uint8, name_worth.npy float32, name_spelt.npy bool: `keys.size`
entities.bin, entity_at.npy  int64: each entity as JSON
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from lionrock.screening.entities import Entity
from lionrock.screening.entity_json import told
from lionrock.screening.matching import keys, meetings
from lionrock.screening.matching.compare import names
from lionrock.screening.names import words as likely

VERSION = 5


def hashed(term: str) -> int:
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "little")


def word_keys(word: str) -> Iterator[str]:
    """By which a word is found that is written otherwise, see `names.words.likeness`."""
    yield f"sound:{likely.sound(word)}"
    yield f"scan:{likely.scanned(word)}"
    yield f"bare:{likely.without_vowels(word)}"
    yield f"bare:{word}"
    yield f"end:{word[-3:]}{len(word)}"
    if len(word) > 3:  # a first letter more or less
        yield f"rest:{word}"
        yield f"rest:{word[1:]}"
    yield f"bag:{''.join(sorted(word))}"
    group = likely.variant(word)
    if group is not None:
        yield f"group:{group}"
    yield f"abdul:{likely.sound(word.removeprefix('abdul'))}"


def build(entities: Iterable[Entity], folder: Path) -> None:
    """Write the index of `entities` into the new folder `folder`; memory grows with names, not entities."""
    folder.mkdir(mode=0o700, parents=True)
    posted: dict[str, list[int]] = {}
    name_entity: list[int] = []
    name_number: list[int] = []
    slack: list[float] = []
    kinds: list[int] = []
    sizes: list[keys.Size] = []
    entity_at = [0]
    with (folder / "entities.bin").open("wb") as file:
        for at, entity in enumerate(entities):
            entity_at.append(entity_at[-1] + file.write(_line(entity)))
            for number, name in enumerate(names(entity)):
                mine = keys.terms(name.text, entity.schema)
                for term in mine:
                    posted.setdefault(term, []).append(len(name_entity))
                name_entity.append(at)
                name_number.append(number)
                sizes.append(keys.size(name.text, entity.schema))
                kinds.append(keys.kind(entity.schema))
                slack.append(2.5 * sum(len(t) == 3 and t.startswith("w:") for t in mine))
            for term in keys.identifiers(entity):
                posted.setdefault(term, []).append(len(name_entity) - 1)
    _save(folder, "name_entity", name_entity, np.int32)
    _save(folder, "name_number", name_number, np.int16)
    _save(folder, "name_slack", slack, np.float32)
    _save(folder, "name_kind", kinds, np.int8)
    _save(folder, "name_parts", [min(size.parts, 255) for size in sizes], np.uint8)
    _save(folder, "name_worth", [size.worth for size in sizes], np.float32)
    _save(folder, "name_spelt", [size.spelt for size in sizes], np.bool_)
    _save(folder, "entity_at", entity_at, np.int64)
    terms = _postings(folder, posted)
    buckets = _words(folder, [t for t in posted if t[0] in "wj"], terms)
    meta = {
        "version": VERSION,
        "entities": len(entity_at) - 1,
        "names": len(name_entity),
        "buckets": buckets,
        "rare": sorted(t for t in posted if t[0] in "hH" and meetings.is_rare(t[2:], t[0] == "H")),
    }
    (folder / "meta.json").write_text(json.dumps(meta))


def _line(entity: Entity) -> bytes:
    return json.dumps(told(entity), ensure_ascii=False).encode() + b"\n"


def _save(folder: Path, name: str, values: object, kind: type) -> None:
    np.save(folder / f"{name}.npy", np.asarray(values, dtype=kind))


def _postings(folder: Path, posted: dict[str, list[int]]) -> dict[str, int]:
    """Writes them in the order of the terms' hashes; each term's place."""
    order = sorted((hashed(term), term) for term in posted)
    _save(folder, "hashes", [h for h, _ in order], np.uint64)
    lengths = [len(posted[term]) for _, term in order]
    _save(folder, "starts", np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]), np.int64)
    flat = np.fromiter((n for _, term in order for n in posted[term]), np.int32, sum(lengths))
    _save(folder, "postings", flat, np.int32)
    return {term: place for place, (_, term) in enumerate(order)}


def _words(folder: Path, words: list[str], terms: dict[str, int]) -> dict[str, list[int]]:
    """Writes the words and their keys; each bucket's first word and the one after its last."""
    words.sort(key=lambda t: (bucket(t), t))
    lines = [t.encode() + b"\n" for t in words]
    (folder / "words.bin").write_bytes(b"".join(lines))
    _save(
        folder, "word_at", np.concatenate([[0], np.cumsum([len(line) for line in lines])]), np.int64
    )
    _save(folder, "word_term", [terms[t] for t in words], np.int32)
    keyed = sorted({(hashed(k), at) for at, t in enumerate(words) for k in word_keys(t[2:])})
    _save(folder, "key_hash", [h for h, _ in keyed], np.uint64)
    _save(folder, "key_word", [at for _, at in keyed], np.int32)
    buckets: dict[str, list[int]] = {}
    for at, term in enumerate(words):
        span = buckets.setdefault(bucket(term), [at, at + 1])
        span[1] = at + 1
    return buckets


def bucket(term: str) -> str:
    """Words with the same first letter and length stand together."""
    return f"{term[:3]}{len(term) - 2}"
