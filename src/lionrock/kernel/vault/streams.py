"""Sealed files: segments of one MiB, so that a file is never in memory whole.

Segmented as in STREAM (Hoang, Reyhanitabar, Rogaway and Vizár 2015, "Online Authenticated-
Encryption and its Nonce-Reuse Misuse-Resistance"): each segment is sealed with its number and
whether it is the last, so that segments cannot be dropped, repeated, reordered, cut off or taken
from another file. Here these stand in the associated data and nonces are random.

    4 bytes "LRV1" | 8 bytes key id | 16 bytes stream id, random | segments
    segment: 12 bytes nonce | ciphertext of 1 MiB, or less in the last | 16 bytes tag
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag

from lionrock.errors import SealBroken
from lionrock.kernel.vault.sealing import KEY_ID_BYTES, DataKey, encoded

SEGMENT: Final = 1 << 20
_MAGIC: Final = b"LRV1"
_STREAM_ID: Final = 16
HEAD: Final = len(_MAGIC) + KEY_ID_BYTES + _STREAM_ID
_EXTRA: Final = 28
"""Nonce and tag of a segment."""


class SealingWriter:
    """Seals what is written to it into `file`. Not sealed whole until `finish` has returned."""

    def __init__(self, file: BinaryIO, key: DataKey, table: str, row: str, column: str) -> None:
        self._file, self._key = file, key
        stream_id = os.urandom(_STREAM_ID)
        self._bound = key.place(table, row, column) + encoded(stream_id)
        self._pending, self._number = bytearray(), 0
        file.write(_MAGIC + key.id + stream_id)

    def write(self, data: bytes) -> None:
        """Bytes of any length. Holds one segment back: only `finish` knows which is the last."""
        self._pending += data
        while len(self._pending) > SEGMENT:
            with memoryview(self._pending) as pending, pending[:SEGMENT] as segment:
                self._emit(segment, last=False)
            del self._pending[:SEGMENT]

    def finish(self) -> None:
        """Seal the last segment. Flushing and syncing the file are its owner's."""
        self._emit(memoryview(self._pending), last=True)

    def _emit(self, data: memoryview, *, last: bool) -> None:
        bound = _segment(self._bound, self._number, last=last)
        self._file.writelines(self._key.encrypt(data, bound))
        self._number += 1


def is_sealed(head: bytes) -> bool:
    """Do these first bytes of a file say that it is sealed?"""
    return head.startswith(_MAGIC)


def opened(file: BinaryIO, key: DataKey, table: str, row: str, column: str) -> Iterator[bytes]:
    """The file's content, a segment at a time. `SealBroken` at the first that does not open.

    A reader must throw away what it has when this raises: a truncated file shows at its end only.
    """
    head = file.read(HEAD)
    if len(head) < HEAD or not is_sealed(head) or head[4 : 4 + KEY_ID_BYTES] != key.id:
        raise SealBroken(f"The file of {table} {row} is not sealed, or with another key. {_ADVICE}")
    bound = key.place(table, row, column) + encoded(head[-_STREAM_ID:])
    number, sealed = 0, file.read(SEGMENT + _EXTRA)
    while True:
        following = file.read(SEGMENT + _EXTRA)
        try:
            data = key.decrypt(sealed, _segment(bound, number, last=not following))
        except (InvalidTag, ValueError) as error:
            raise SealBroken(
                f"The file of {table} {row} does not open: it was changed, cut off, or put in the "
                f"place of another. {_ADVICE}"
            ) from error
        yield data
        if not following:
            return
        number, sealed = number + 1, following


_ADVICE = "Put it back from a backup, and find out who can write there."


def _segment(bound: bytes, number: int, *, last: bool) -> bytes:
    return bound + encoded(number.to_bytes(8, "big"), b"\x01" if last else b"\x00")
