"""Whether a page's text layer can be used, or the page has to be read from its picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lionrock.documents.language import HAN
from lionrock.documents.parsing.fragments import Fragment, Glyph


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page holds besides its text. Plain numbers.

    `characters` counts those of the text layer that are more than space, `unmapped` those among
    them that stand for no known character, `invisible` those drawn in no colour (an earlier OCR).
    `pictures` are the boxes of its images in points as the page is shown, origin top-left; `dpi` is
    the resolution of the largest, 0 without images. `covered` is the share of the page under
    images, `drawings` the number of its path objects.
    """

    width: float
    height: float
    characters: int = 0
    unmapped: int = 0
    invisible: int = 0
    pictures: tuple[Glyph, ...] = ()
    covered: float = 0.0
    dpi: float = 0.0
    drawings: int = 0


_UNMAPPED = 0.15
_SCAN = 0.5
"""A page with this share under images may be a scan."""

_STAMP = 120
"""So few visible characters over a scan are a stamp, a page number, a filing mark."""

_DRAWN = 60
"""A page without text and this many paths may have its text drawn as outlines."""

_WORD = re.compile(r"[A-Za-z]{3,}")
_VOWEL = re.compile("[aeiouyAEIOUY]")
_ODD = re.compile("[\x80-\xff\u0100-\u02af\u0370-\u1fff\ue000-\uf8ff\ufffd]")


def usable(fragments: Sequence[Fragment], facts: PageFacts) -> bool:
    """Whether the text layer says what the page shows.

    No, if there is none and something is drawn; if it is a mark on a scan; if its fonts tell no
    characters or wrong ones. An earlier OCR's invisible text is used if it looks like a language.
    """
    text = "".join([fragment.text for fragment in fragments])
    if not text.strip() and not facts.characters:
        return facts.covered < 0.02 and facts.drawings < _DRAWN
    if facts.unmapped > _UNMAPPED * facts.characters:
        return False
    if facts.covered >= _SCAN and not facts.invisible and len(text) < _STAMP:
        return False
    return looks_like_language(text)


def looks_like_language(text: str) -> bool:
    """Whether the text could be read, so far as its letters tell; too short a text could.

    A font without a right table of its characters gives shifted letters (7KH TXLFN), accented ones
    in every word, or rare Chinese characters in a row.
    """
    if len(text) < 40:
        return True
    words = _WORD.findall(text)
    voiced = sum(bool(_VOWEL.search(word)) for word in words)
    if len(words) >= 12 and voiced < 0.6 * len(words):
        return False
    odd = len(_ODD.findall(text))
    if odd > 0.3 * len(text) and not _foreign(text):
        return False
    han = HAN.findall(text)
    rare = sum(not _common(letter) for letter in han)
    return len(han) < 20 or rare < 0.2 * len(han)


def _foreign(text: str) -> bool:
    """In a script of its own, as Greek, Cyrillic or Thai: its letters keep company."""
    return len(re.findall("[\u0370-\u1fff]{3,}", text)) > len(text) / 30


def _common(letter: str) -> bool:
    """In one of the sets that Chinese text was written with before Unicode."""
    for encoding in ("big5hkscs", "gb2312"):
        try:
            letter.encode(encoding)
        except UnicodeEncodeError:
            continue
        return True
    return False
