"""Characters that write the same thing made one, place by place: no offset changes."""

from __future__ import annotations

from typing import Final

_WIDE: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_BLANKS: Final = dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, 0x09], 0x20)
_DASHES: Final = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63], 0x2D)
_QUOTES: Final = {0x2019: 0x27}
_FOLDED: Final = {**_WIDE, **_BLANKS, **_DASHES, **_QUOTES}


def fold(text: str) -> str:
    """`text` with full-width forms, blanks and dashes as ASCII has them. As long as `text`."""
    return text.replace("\t", " ") if text.isascii() else text.translate(_FOLDED)


def safe(value: str) -> bool:
    """Whether `value` may stand within a JSON string as it is: RFC 8259, section 7."""
    return value.isprintable() and '"' not in value and "\\" not in value
