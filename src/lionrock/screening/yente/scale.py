"""Scores on yente's scale, so that a threshold its clients have written down keeps its meaning.

yente flags a match from 0.70 (its SCORE_THRESHOLD). Here the engine's own threshold stands at 0.70 on
that scale: odds are multiplied by a constant, so order, 0 and 1 stay.
"""

from __future__ import annotations

from typing import Final

from lionrock.errors import InvalidInput
from lionrock.screening.matching.scoring import THRESHOLD

USUAL: Final = 0.70
"""yente's threshold where a client says none."""
LOWEST: Final = 0.30
"""Below this, what is found is names with a word in common."""

_FACTOR: Final = (USUAL / (1 - USUAL)) / (THRESHOLD / (1 - THRESHOLD))


def shown(score: float) -> float:
    """The engine's score on yente's scale; both of (0, 1)."""
    return _times(score, _FACTOR)


def own(score: float) -> float:
    """The engine's score of one on yente's scale."""
    return _times(score, 1 / _FACTOR)


def asked(threshold: float) -> float:
    """A client's threshold as the engine's. `InvalidInput` outside LOWEST to 1."""
    if not LOWEST <= threshold < 1:
        raise InvalidInput(
            f"A threshold lies between {LOWEST} and 1; {USUAL} is the engine's own here."
        )
    return own(threshold)


def _times(score: float, factor: float) -> float:
    return score * factor / (score * factor + 1 - score)
