"""From bits of evidence to a score.

score = 1 / (1 + 2^−((bits − MIDDLE) / STEP)). MIDDLE is where one name of a customer against one of a list
is as likely right as wrong; STEP stretches the scale so that it still tells good from better at its top
(35 bits score 0.985, 70 bits 0.99996).
"""

from __future__ import annotations

from math import log2
from typing import Final

MIDDLE: Final = 11.0
STEP: Final = 4.0
THRESHOLD: Final = 0.5


def score(bits: float) -> float:
    """Of (0, 1), monotone in `bits`."""
    return 1 / (1 + 2 ** (-(max(min(bits, 200.0), -200.0) - MIDDLE) / STEP))


def bits(score: float) -> float:
    """What `score` was made of."""
    return MIDDLE + STEP * log2(score / (1 - score))
