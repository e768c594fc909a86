"""A payment message of any kind that is read, told by how it begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from lionrock.errors import InvalidInput, TooLarge
from lionrock.screening.payments.fin import read_fin
from lionrock.screening.payments.iso20022 import read_iso20022
from lionrock.screening.payments.payment import Payment
from lionrock.screening.payments.safe_xml import CHUNK

_LARGEST_FIN: Final = 64 << 20
"""Bytes of a file of SWIFT messages, which is held in memory: some thirty thousand messages."""
_BLANK: Final = b" \t\r\n\x01$"


def read_payments(file: BinaryIO) -> Iterator[Payment]:
    """The payments of an ISO 20022 message or of SWIFT messages, in order, as they are read.

    Raises `InvalidInput` saying what is wrong and at which line, `TooLarge` beyond the bounds of the
    format. What was yielded before an error is part of a message that is refused: release none of it.
    """
    chunks = iter(lambda: file.read(CHUNK), b"")
    start = b""
    for chunk in chunks:
        start += chunk
        if len(start) > CHUNK or start.removeprefix(b"\xef\xbb\xbf").strip(_BLANK):
            break
    kind = start.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK)[:1]
    if kind == b"{":
        data = start + file.read(_LARGEST_FIN + 1 - len(start))
        if len(data) > _LARGEST_FIN:
            raise TooLarge(f"The file is larger than {_LARGEST_FIN >> 20} MB. Send it in parts.")
        yield from read_fin(data)
    elif kind == b"<" or start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield from read_iso20022(_from(start, chunks))
    else:
        raise InvalidInput(
            "The file is no payment message: an ISO 20022 message begins with <, a SWIFT one with {1:."
        )


def _from(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
