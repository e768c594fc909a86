"""Private-use code points that older Hong Kong systems wrote HKSCS characters with.

Before ISO 10646 had them, systems with the Government's supplementary set put its Big5 codes row by row
where Windows puts user-defined Big5 characters (HKSCS-1999, column ISO 10646-1:1993; Microsoft code page
950). The code gives the Big5 bytes, and the `big5hkscs` codec the character's code of today.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple


class _Block(NamedTuple):
    first: int
    last: int
    lead: int
    skipped: int = 0
    """Places of the first row that the block leaves out."""


_BLOCKS: Final = (
    _Block(0xE000, 0xE310, 0xFA),
    _Block(0xE311, 0xEEB7, 0x8E),
    _Block(0xEEB8, 0xF6B0, 0x81),
    _Block(0xF6B1, 0xF848, 0xC6, 63),
)
_ROW, _LOW = 157, 63
"""Trail bytes in a row, and those of them from 0x40; the rest are from 0xA1."""


@lru_cache(maxsize=8192)
def standard(character: str) -> str:
    """The character's code of today; itself if it is none of HKSCS's in private use."""
    point = ord(character)
    for block in _BLOCKS:
        if block.first <= point <= block.last:
            row, place = divmod(point - block.first + block.skipped, _ROW)
            trail = place + 0x40 if place < _LOW else place - _LOW + 0xA1
            try:
                return bytes((block.lead + row, trail)).decode("big5hkscs")
            except UnicodeDecodeError:
                return character
    return character
