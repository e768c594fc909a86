"""The most that a part of a name is worth in `compare`: what the first stage adds up, in bits.

Beside each stands what it bounds; a weight that is raised beyond it loses candidates.
"""

from __future__ import annotations

from typing import Final

from lionrock.screening.matching.latin import COMPLETE
from lionrock.screening.matching.organisations import COMPLETE as COMPLETE_ORGANISATION

CHARACTER: Final = 14.0
"""A Chinese character that is the same, however rare: `chinese.pair_weight`."""
WHOLE: Final = 22.0
"""A whole name as one word, or its first letters: `pairing.ENOUGH`."""
INITIAL: Final = 2.5
"""A letter for a word: `words.likeness`."""
TERM: Final = 2.5
"""A term that companies share: `organisations.information`."""
COMPLETE_PERSON: Final = COMPLETE
COMPLETE_OTHER: Final = COMPLETE_ORGANISATION + 0.5
"""Nothing is left over, and the legal form agrees."""
