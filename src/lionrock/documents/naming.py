"""File names as people give them, made safe to keep and show."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LONGEST = 200


def clean_name(name: str) -> str:
    """The last part of a path, without control, zero-width or direction characters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = _UNSAFE.sub("", name).strip().strip(".") or "document"
    if len(name) <= _LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) <= 10:
        return stem[: _LONGEST - len(extension) - 1] + "." + extension
    return name[:_LONGEST]
