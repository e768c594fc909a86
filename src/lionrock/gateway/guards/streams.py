"""Masks put back into a text that comes in pieces, a mask perhaps in several."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_LONGEST: Final = 24
_BEGUN: Final = re.compile(r"\[(?:[A-Z]{1,12}+(?:-[0-9]{0,9}+)?)?")
_WHOLE: Final = re.compile(r"\[[A-Z]{2,12}+-[1-9][0-9]{0,8}+\]")


class Restorer:
    """Restores one streamed text. Holds back only what may be the beginning of a mask: fewer than 24
    characters, and nothing when there are no masks."""

    def __init__(self, masks: Mapping[str, str]) -> None:
        self._masks = masks
        self._held = ""

    def feed(self, piece: str) -> str:
        """What of the text is certain by now; "" while a mask is incomplete."""
        if not self._masks or not (self._held or "[" in piece):
            return piece
        text = self._held + piece
        begun = text.rfind("[")
        tail = text[begun:] if begun >= 0 else ""
        held = len(tail) < _LONGEST and _BEGUN.fullmatch(tail) is not None
        self._held = tail if held else ""
        return self._restored(text[:begun] if held else text)

    def close(self) -> str:
        """The rest, when the text has ended: an incomplete mask as it came."""
        rest, self._held = self._held, ""
        return rest

    def _restored(self, text: str) -> str:
        return _WHOLE.sub(lambda mask: self._masks.get(mask[0], mask[0]), text)
