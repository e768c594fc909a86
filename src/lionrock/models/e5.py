"""The packed 4-bit file of multilingual-e5-small (`E5S1`): its weights and its tokens.

The file is memory-mapped and never rewritten. Layout, little-endian: magic `E5S1`, version,
sizes; the pieces of a SentencePiece unigram vocabulary (Kudo 2018) with their scores; a map of
characters to their normal form; a directory of tensors. A tensor is float32, or Q4_0: blocks of
32 weights, each block a float16 scale and 16 bytes (low nibbles, then high nibbles, minus 8).
"""

from __future__ import annotations

import math
import mmap
import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lionrock.errors import ModelNotPulled, Unavailable

Floats = npt.NDArray[np.float32]

MAX_CHARACTERS = 8192
"""Text beyond this is not looked at: 512 tokens of ordinary writing are under 3,000 characters."""

VECTORS_VERSION = 1
"""Goes up when the same file and text would give another vector: what is stored is then stale."""

_MAGIC = b"E5S1"
_HEADER = struct.Struct("<4sI7ifi")
_BLOCK = 32
_BLOCK_BYTES = 18
_QUANTISED = 1
_WORD_START = "▁"


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the encoder; `positions` is the longest input in tokens."""

    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    epsilon: float


def read_shape(path: Path) -> Shape:
    """The sizes in the file's header. Raises ModelNotPulled or Unavailable."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER.size)
    except FileNotFoundError:
        raise ModelNotPulled(
            f"The embedding weights {path.name} are not on this machine: "
            "run `lionrock models pull` for the embedding model."
        ) from None
    if len(header) < _HEADER.size or not header.startswith(_MAGIC):
        raise _damaged(path, "it does not begin as one")
    _, version, hidden, layers, heads, inner, words, positions, _, epsilon, block = _HEADER.unpack(
        header
    )
    if version != 1 or block != _BLOCK:
        raise _damaged(path, f"version {version}, blocks of {block}; version 1, blocks of 32 known")
    return Shape(hidden, layers, heads, inner, words, positions, epsilon)


class PackedModel:
    """A packed file opened for reading."""

    def __init__(self, path: Path) -> None:
        self.shape = read_shape(path)
        try:
            with path.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._bytes = np.frombuffer(mapped, np.uint8)
            self._read(_Cursor(mapped, _HEADER.size))
            if any(start + size > len(mapped) for _, start, size in self._tensors.values()):
                raise _damaged(path, "its end is missing")
            self._words = self._blocks("emb.word").reshape(self.shape.words, -1, _BLOCK_BYTES)
        except (struct.error, ValueError, KeyError, UnicodeDecodeError) as error:
            raise _damaged(path, f"reading it failed with {type(error).__name__}") from error

    def _read(self, cursor: _Cursor) -> None:
        count, self.start_id, self.end_id, self.padding_id, self.unknown_id, size = cursor.take(
            "5iQ"
        )
        offsets = cursor.array(np.uint32, count + 1)
        self.scores = array("f", cursor.array(np.float32, count).tobytes())
        blob = cursor.array(np.uint8, size).tobytes()
        edges = offsets.tolist()
        self.pieces = [blob[a:b].decode() for a, b in pairwise(edges)]
        characters, _ = cursor.take("iI")
        self.normal_forms = dict(cursor.normal_form() for _ in range(characters))
        (tensors,) = cursor.take("i")
        self._tensors = dict(cursor.tensor() for _ in range(tensors))

    def tensor(self, name: str) -> Floats:
        """The named tensor, flat, as float32."""
        kind, start, size = self._tensors[name]
        if kind == _QUANTISED:
            return _dequantised(self._blocks(name)).ravel()
        return self._bytes[start : start + size].view(np.float32)

    def matrix(self, name: str, rows: int) -> Floats:
        """The named tensor as (rows, columns)."""
        return self.tensor(name).reshape(rows, -1)

    def word_vectors(self, ids: npt.NDArray[np.int64]) -> Floats:
        """Rows of the word embedding, (*ids.shape, hidden), dequantised from the mapped file."""
        return _dequantised(self._words[ids]).reshape(*ids.shape, self.shape.hidden)

    def _blocks(self, name: str) -> npt.NDArray[np.uint8]:
        _, start, size = self._tensors[name]
        return np.asarray(self._bytes[start : start + size]).reshape(-1, _BLOCK_BYTES)


class Tokenizer:
    """The most likely split of a text into pieces (Viterbi), as XLM-RoBERTa's tokenizer makes it.

    Neighbouring unknown characters are one unknown token, as in SentencePiece. A document cannot
    spell a control token: `</s>` in a text is read as characters.
    """

    def __init__(self, model: PackedModel) -> None:
        control = {model.start_id, model.end_id, model.padding_id, model.unknown_id}
        self._ids = {
            piece: i
            for i, piece in enumerate(model.pieces)
            if i not in control and piece != "<mask>"
        }
        self._scores = model.scores
        self._longest: dict[str, int] = {}
        for piece in self._ids:
            first = piece[:1]
            self._longest[first] = max(len(piece), self._longest.get(first, 0))
        self._unknown_score = min(model.scores) - 10.0
        self._normal_forms = model.normal_forms
        self._start, self._end, self._unknown = model.start_id, model.end_id, model.unknown_id
        self._limit = model.shape.positions

    def ids(self, text: str) -> list[int]:
        """Token ids with start and end marks, at most as many as the model has positions."""
        pieces = self._split(self._normal(text[:MAX_CHARACTERS]))
        return [self._start, *pieces[: self._limit - 2], self._end]

    def _normal(self, text: str) -> str:
        words = text.translate(self._normal_forms).split(" ")
        return "".join(_WORD_START + word for word in words if word) or _WORD_START

    def _split(self, text: str) -> list[int]:
        length = len(text)
        best = [0.0] + [-math.inf] * length
        piece_ending = [self._unknown] * (length + 1)
        piece_start = [0] * (length + 1)
        for start, first in enumerate(text):
            here = best[start]
            if here + self._unknown_score > best[start + 1]:
                best[start + 1] = here + self._unknown_score
                piece_ending[start + 1], piece_start[start + 1] = self._unknown, start
            furthest = min(length, start + self._longest.get(first, 0))
            for end in range(start + 1, furthest + 1):
                piece = self._ids.get(text[start:end])
                if piece is not None and here + self._scores[piece] > best[end]:
                    best[end] = here + self._scores[piece]
                    piece_ending[end], piece_start[end] = piece, start
        return self._walk_back(piece_ending, piece_start)

    def _walk_back(self, piece_ending: Sequence[int], piece_start: Sequence[int]) -> list[int]:
        found: list[int] = []
        end = len(piece_ending) - 1
        while end > 0:
            piece = piece_ending[end]
            if piece != self._unknown or found[-1:] != [self._unknown]:
                found.append(piece)
            end = piece_start[end]
        found.reverse()
        return found


class _Cursor:
    """Reads the file's records one after the other."""

    def __init__(self, data: mmap.mmap, position: int) -> None:
        self._data, self._position = data, position

    def take(self, layout: str) -> tuple[int, ...]:
        record = struct.Struct("<" + layout)
        values = record.unpack_from(self._data, self._position)
        self._position += record.size
        return values

    def array(self, kind: type[np.generic], count: int) -> npt.NDArray[np.generic]:
        values = np.frombuffer(self._data, kind, count, self._position)
        self._position += values.nbytes
        return values

    def normal_form(self) -> tuple[int, str]:
        character, count = self.take("IB")
        return character, "".join(map(chr, self.take(f"{count}I")))

    def tensor(self) -> tuple[str, tuple[int, int, int]]:
        (length,) = self.take("H")
        name = self.array(np.uint8, length).tobytes().decode()
        kind, _, start, size = self.take("BIQQ")
        return name, (kind, start, size)


def _dequantised(blocks: npt.NDArray[np.uint8]) -> Floats:
    scales = blocks[..., :2].copy().view(np.float16).astype(np.float32)
    nibbles = blocks[..., 2:]
    levels = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32) - 8
    return np.asarray(levels * scales, np.float32)


def _damaged(path: Path, why: str) -> Unavailable:
    return Unavailable(
        f"{path.name} is not a usable packed e5 file ({why}): run `lionrock models verify`."
    )
