"""When a passage of a new document is told: what a saved search must not do is fire on everything.

See design/2026-11-22-saved-searches.md for what the bounds let through and keep out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from typing import Final
from uuid import UUID

from lionrock.search.service import Found, Hit

WITHIN: Final = 50
"""Among so many best passages of the whole library, for this member and these filters."""
WORDS: Final = 0.4
"""Of the question's words that any of those passages holds, the share that it must hold itself, by what
each word is worth: a rare one counts more. What none of them holds says nothing: it is in no document, or
two characters that stand together by chance."""
OF_ALL: Final = 0.2
"""And of all the question's words so many, counted."""


def told(found: Found, hits: Sequence[Hit], versions: Set[UUID]) -> list[UUID]:
    """Of a search's first `WITHIN` results, the passages of `versions` that are told."""
    anywhere = {word for hit in hits for word in hit.words}
    return [
        h.passage.id for h in hits if h.passage.version_id in versions and bears(found, h, anywhere)
    ]


def bears(found: Found, hit: Hit, anywhere: Set[str]) -> bool:
    """It is a provision that the question names, or enough of the question's words stand in it."""
    weights = found.weights(hit.passage.language)
    return bool(hit.cited) or enough(weights, hit.words, anywhere)


def enough(weights: Mapping[str, float], have: Collection[str], anywhere: Set[str]) -> bool:
    """`weights`: what each of the question's words is worth; `have`: those that a passage holds."""
    held = sum(weights[word] for word in have if word in weights)
    most = sum(weight for word, weight in weights.items() if word in anywhere)
    return held > 0 and held >= WORDS * most and len(have) >= OF_ALL * len(weights)
