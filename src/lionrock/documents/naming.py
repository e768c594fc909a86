"""File names as people give them, made safe to keep and show."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile(
    # Controls of both kinds (C1 moves a terminal too), soft hyphen, and what turns or hides text.
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_LONGEST = 200
# What Windows takes for a device, whatever comes after the first point: a copy saved there is lost.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(?=\.|$)", re.IGNORECASE)


def clean_name(name: str) -> str:
    """The last part of a path, without control, zero-width or direction characters; the name of a
    device with a line before it."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = _UNSAFE.sub("", name).strip().strip(".") or "document"
    name = f"_{name}" if _DEVICE.match(name) else name
    if len(name) <= _LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) <= 10:
        return stem[: _LONGEST - len(extension) - 1] + "." + extension
    return name[:_LONGEST]
