"""What the server and the embedding process say to each other over their pipe.

A frame is a length (uint32, little-endian) and that many bytes. To the process: texts
(`pack_texts`). From it: one empty frame when it is ready, then for each frame of texts one frame
of float32 vectors, row by row.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Literal

Kind = Literal["query", "passage"]

LENGTH = struct.Struct("<I")
_KINDS: tuple[Kind, ...] = ("query", "passage")


def frame(content: bytes) -> bytes:
    return LENGTH.pack(len(content)) + content


def pack_texts(kind: Kind, texts: Sequence[bytes]) -> bytes:
    """A frame's content: the kind (one byte), then each UTF-8 text as a frame."""
    return bytes([_KINDS.index(kind)]) + b"".join(map(frame, texts))


def unpack_texts(content: bytes) -> tuple[Kind, list[str]]:
    return _KINDS[content[0]], [text.decode() for text in _frames(content, 1)]


def _frames(content: bytes, position: int) -> Iterator[bytes]:
    while position < len(content):
        (length,) = LENGTH.unpack_from(content, position)
        position += LENGTH.size + length
        yield content[position - length : position]
