"""How far the screening of a document is."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Stage(StrEnum):
    """In their order. `LISTS`: the index is made ready; `PAGES`: they are looked through."""

    LISTS = "lists"
    PAGES = "pages"
    NAMES = "names"
    KEEPING = "keeping"
    """Hits are put on record."""


Tell = Callable[[Stage, int, int], None]
"""Told the stage, what is done of it, and all of it; 0 of 0 where it is not counted."""


def silent(stage: Stage, done: int, total: int) -> None:
    """Nobody looks."""
