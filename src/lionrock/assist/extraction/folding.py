"""Characters made plain one by one, so that places in a text stay what they are."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from lionrock.documents.citations import fold_space
from lionrock.documents.language import to_simplified

_WIDE: Final = {0xFF01 + i: 0x21 + i for i in range(94)} | {
    0x3000: 0x20,
    0xFFE5: 0xA5,
    0x2212: 0x2D,
}
_LETTERS: Final = {wide: plain for wide, plain in _WIDE.items() if chr(plain).isalnum()} | {
    0x3000: 0x20
}


def narrow(text: str) -> str:
    """Full-width letters, figures and signs as plain ones; of the same length."""
    return text.translate(_WIDE)


def readable(text: str) -> str:
    """How words are kept: full-width letters and figures plain, white space single."""
    return fold_space(text.translate(_LETTERS))


def plain(text: str) -> str:
    """For comparing: narrow, lower case, one script of Chinese; of the same length."""
    return "".join(map(_plain, text))


@lru_cache(maxsize=20_000)
def _plain(character: str) -> str:
    bare = unicodedata.normalize("NFKC", character).lower()
    bare = to_simplified(bare) if not bare.isascii() else bare
    return bare if len(bare) == 1 else character
