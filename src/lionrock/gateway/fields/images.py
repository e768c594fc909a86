"""Images: inline and base64 only. An address would have the engine fetch what a client names."""

from __future__ import annotations

import binascii
import re
from typing import Any

from lionrock.errors import TooLarge
from lionrock.gateway.fields.checks import keys
from lionrock.gateway.fields.kinds import Caps, wrong
from lionrock.gateway.fields.words import Words

_DATA = re.compile(r"data:image/(png|jpeg|webp|gif);base64,")
_STARTS = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpeg": (b"\xff\xd8\xff",),
    "webp": (b"RIFF",),
    "gif": (b"GIF87a", b"GIF89a"),
}
_KNOWN = frozenset({"url", "detail"})


def image(value: Any, field: str, caps: Caps, words: Words) -> None:
    """Check `{"url": "data:image/…;base64,…", "detail"?}`.

    InvalidInput: another address, another type, not base64, content of another type than said.
    TooLarge: more images or bytes than the caps.
    """
    url: Any = keys(value, field, _KNOWN).get("url")
    if value.get("detail") not in (None, "auto", "low", "high"):
        raise wrong(f"{field}.detail", "must be auto, low or high.")
    head = _DATA.match(url) if type(url) is str else None
    if head is None:
        raise wrong(
            f"{field}.url",
            "must be data:image/png, jpeg, webp or gif;base64,… "
            "Nothing is fetched from an address: send the image itself.",
        )
    words.images += 1
    if words.images > caps.images:
        raise TooLarge(f"`{field}`: more than {caps.images} images. Send fewer.")
    if (len(url) - head.end()) * 3 // 4 > caps.image_bytes + 2:
        raise TooLarge(f"`{field}`: more than {caps.image_bytes:,} bytes. Send a smaller image.")
    try:
        raw = binascii.a2b_base64(url[head.end() :], strict_mode=True)
    except ValueError as error:
        raise wrong(f"{field}.url", f"is not base64: {error}.") from None
    if not raw.startswith(_STARTS[head[1]]):
        raise wrong(f"{field}.url", f"is not an image of type {head[1]}.")
