"""Which of the stretches that the lists found in a text name somebody. Pure.

A payment's field holds names; a document's pages hold sentences, in which a word like "sources" is one
misspelling away from some listed name on every page. So what the lists found, with nothing else to mark
it as a name, has to be written nearly as listed. Names that a form marks are compared with all leniency.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from lionrock.screening.matching.results import Match
from lionrock.screening.mentions_latin import INSTITUTIONS

_HAN: Final = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_LOWER: Final = re.compile(r"(?<![\w'’@./-])[a-z\u00df-\u00ff]{2,}(?![\w@]|\.\w)")
"""Not of an address of e-mail or web: a company's is its name in small letters."""
_SPELT: Final = frozenset(("syllable_same", "syllable_bridge", "character_read", "word_spelt"))
_OWN: Final = 2
"""So often in small letters, a word is the document's own."""
_LEAST_LETTERS: Final = 3
_LEAST_ALONE: Final = 5
"""Letters of a word that names somebody by itself."""

Own = Mapping[str, int]
"""How often a document writes a word in lower case."""


def own_words(texts: Iterable[str]) -> Own:
    return Counter(word for text in texts for word in _LOWER.findall(text))


def may_stand(words: str, own: Own) -> bool:
    """Before anything is compared: several words, Chinese characters, or one word that is a name by itself."""
    if len(_HAN.findall(words)) >= 2 or len(words.split()) > 1:
        return True
    word = words.lower()
    return len(word) >= _LEAST_ALONE and own.get(word, 0) < _OWN and word not in INSTITUTIONS


def stands(words: str, match: Match, own: Own) -> bool:
    """Three words as listed; two, one of which is not the document's own; or a name of one word.

    Syllables and readings of characters count as words do where a capital marks them. Chinese characters
    stand as the engine found them.
    """
    if len(_HAN.findall(words)) >= 2:
        return True
    capital = any(word[:1].isupper() for word in words.split())
    same = [
        e.query.lower()
        for e in match.evidence
        if e.weight > 0
        and (
            (e.feature == "word_same" and len(e.query) >= _LEAST_LETTERS)
            or (capital and e.feature in _SPELT)
        )
    ]
    if len(same) > 1:
        return len(same) > 2 or any(own.get(w, 0) < _OWN and w not in INSTITUTIONS for w in same)
    return len(same) == 1 and len(words.split()) == 1
