"""A packed e5 file small enough to make in a test: 2 layers, 32 columns, about fifty pieces."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 32, 2, 2, 64, 16
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
WORDS = ["▁", "▁query", "▁passage", ":", "▁ab", "abc", "客戶", "▁客戶", "<mask>"]
LETTERS = list("abcdefghijklmnopqrstuvwxyz客戶盡職審查</>")
NORMAL_FORMS = {ord("\n"): " ", ord("　"): " ", ord("Ａ"): "a", ord("㈱"): "(株)", 0x200B: ""}


@dataclass(frozen=True)
class TinyE5:
    """The file, and what a reader must find in it."""

    path: Path
    tensors: dict[str, np.ndarray]
    pieces: list[str]
    scores: list[float]


def make_tiny_e5(directory: Path) -> TinyE5:
    random = np.random.default_rng(1)
    pieces = SPECIAL + WORDS + LETTERS
    scores = [0.0] * len(SPECIAL) + [-2.0] * len(WORDS) + [-5.0] * len(LETTERS)
    stored: dict[str, bytes] = {}
    tensors: dict[str, np.ndarray] = {}
    for name, shape in _shapes(len(pieces)).items():
        values = random.normal(1 if name.endswith("ln.w") else 0, 0.5, shape).astype(np.float32)
        matrix = len(shape) == 2 and name != "emb.pos"
        stored[name], tensors[name] = _q4(values) if matrix else (values.tobytes(), values)
    path = directory / "tiny-q4.bin"
    header = _header(pieces, scores)
    path.write_bytes(header + _body(len(header), stored, tensors))
    return TinyE5(path, tensors, pieces, scores)


def _shapes(words: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (words, HIDDEN),
        "emb.pos": (POSITIONS, HIDDEN),
        "emb.type": (2 * HIDDEN,),
        "emb.ln.w": (HIDDEN,),
        "emb.ln.b": (HIDDEN,),
    }
    square = {part: (HIDDEN, HIDDEN) for part in ("q", "k", "v", "ao")}
    for layer in range(LAYERS):
        for part, size in {**square, "fi": (INNER, HIDDEN), "fo": (HIDDEN, INNER)}.items():
            shapes[f"l{layer}.{part}.w"], shapes[f"l{layer}.{part}.b"] = size, size[:1]
        for part in ("aln.w", "aln.b", "oln.w", "oln.b"):
            shapes[f"l{layer}.{part}"] = (HIDDEN,)
    return shapes


def _q4(values: np.ndarray) -> tuple[bytes, np.ndarray]:
    """Blocks of 32: a float16 scale, 16 bytes of low and high nibbles; and what they stand for."""
    blocks = values.reshape(-1, 32)
    scales = (np.abs(blocks).max(axis=1, keepdims=True) / 7).astype(np.float16)
    levels = np.clip(np.rint(blocks / scales.astype(np.float32)), -8, 7)
    nibbles = (levels + 8).astype(np.uint8)
    packed = nibbles[:, :16] | nibbles[:, 16:] << 4
    data = np.concatenate([scales.view(np.uint8), packed], axis=1).tobytes()
    return data, (levels * scales.astype(np.float32)).astype(np.float32).reshape(values.shape)


def _header(pieces: list[str], scores: list[float]) -> bytes:
    encoded = [piece.encode() for piece in pieces]
    offsets = np.cumsum([0] + [len(piece) for piece in encoded]).astype("<u4")
    sizes = HIDDEN, LAYERS, HEADS, INNER, len(pieces), POSITIONS, 2
    forms = b"".join(
        struct.pack(f"<IB{len(form)}I", character, len(form), *map(ord, form))
        for character, form in NORMAL_FORMS.items()
    )
    return b"".join(
        [
            struct.pack("<4sI7ifi", b"E5S1", 1, *sizes, 1e-12, 32),
            struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, offsets[-1]),
            offsets.tobytes(),
            np.array(scores, "<f4").tobytes(),
            *encoded,
            struct.pack("<iI", len(NORMAL_FORMS), len(forms)) + forms,
        ]
    )


def _body(start: int, stored: dict[str, bytes], tensors: dict[str, np.ndarray]) -> bytes:
    directory_size = 4 + sum(2 + len(name) + 21 for name in stored)
    padding = -(start + directory_size) % 64
    position = start + directory_size + padding
    directory = struct.pack("<i", len(stored))
    for name, data in stored.items():
        quantised = len(data) != tensors[name].nbytes
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", quantised, tensors[name].size, position, len(data))
        position += len(data)
    return directory + bytes(padding) + b"".join(stored.values())
