"""What recognition gives: fragments like a text layer's, and how sure each part of them is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from lionrock.documents.parsing.fragments import Fragment


class Doubt(NamedTuple):
    """A stretch to be compared with the page's picture: `fragments[fragment].text[start:end]`.

    `confidence` is from 0 to 1. `read` is what was read there before a correction put the present
    text in its place; empty where nothing was corrected.
    """

    fragment: int
    start: int
    end: int
    confidence: float
    read: str = ""


@dataclass(slots=True)
class Recognised:
    """A page read from its picture. Plain data: numbers, text, lists.

    Coordinates are points on the page turned upright: `turn` quarter turns clockwise from how the
    file shows it. `width` and `height` are those of the upright page. `confidence` is the mean over
    the characters recognised, 0 for a page without any. `language` is the page's main one.
    """

    fragments: list[Fragment]
    width: float
    height: float
    turn: int = 0
    confidence: float = 0.0
    doubtful: list[Doubt] = field(default_factory=list)
    language: str = "en"
