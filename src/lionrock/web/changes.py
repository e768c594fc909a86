"""What a form would change, in plain words: shown by `review-parts.html` before it is saved."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One setting: what it is called, before and after, and what follows from it."""

    label: str
    before: str
    after: str
    effect: str
    thresholds: bool = False
    """It moves what hits: a tuning report measures how much."""
