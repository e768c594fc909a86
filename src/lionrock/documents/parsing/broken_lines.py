"""Paragraphs of a text whose every printed line became one, as converters of PDFs write them, put together again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from lionrock.documents.parsed import CJK, joint
from lionrock.documents.parsing.numbering import label_of

_FEWEST: Final = 30
"""Paragraphs from which it can be told."""
_LONGEST_LINE: Final = 130
_BROKEN: Final = 0.25
"""The share of paragraphs that break off inside a sentence, from which the text is taken for broken."""
_FULL: Final = 0.7
"""A line of this part of the usual width may go on with any letter; a shorter one was meant to end."""
_ENDED: Final = re.compile(r"[.。!?！？:：;；][”’\"'」』)）\]]*$")
_STOPPED: Final = re.compile(r"[.。!?！？:：][”’\"'」』)）\]]*$")
_HAN: Final = re.compile(f"[{CJK}]")


def line_width(paragraphs: Sequence[str]) -> int:
    """How wide the printed lines are whose breaks became paragraphs, in characters; 0 for a text that is
    not broken so."""
    lines = [text.strip() for text in paragraphs if text.strip()]
    if len(lines) < _FEWEST:
        return 0
    width = sorted(map(len, lines))[int(0.9 * len(lines))]
    broken = sum(runs_on(above, below, width) for above, below in pairwise(lines))
    return width if width <= _LONGEST_LINE and broken > _BROKEN * len(lines) else 0


def runs_on(above: str, below: str, width: int) -> bool:
    """Whether the sentence of one paragraph goes on in the next: it has not ended, and the next begins
    with no label, and small or, below a full line, in any way."""
    above, below = above.strip(), below.strip()
    if not above or not below or label_of(below):
        return False
    if below[0].islower():
        return not _STOPPED.search(above)
    full = len(above) >= _FULL * width and (not _HAN.match(below) or bool(_HAN.match(above[-1])))
    return full and not _ENDED.search(above)


def joined(above: str, below: str) -> str:
    """One paragraph of two lines."""
    above, below = above.strip(), below.strip()
    return f"{above}{joint(above, below)}{below}"
