"""Evidence in the reader's language: the engine's sentence, its parts taken out and put in again.

`FEATURES` has the sentences of `screening/matching` by feature, as they are written there. A sentence
that is none of them is shown as the engine wrote it, in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from lionrock.screening.matching.results import Evidence
from lionrock.web.i18n import Translator
from lionrock.web.screening_facts import country

FEATURES: Final[dict[str, tuple[str, ...]]] = {
    "birth_differs": ("dates of birth contradict: %(a)s and %(b)s",),
    "birth_fits": ("the dates of birth fit: %(a)s and %(b)s",),
    "birth_near": ("born within a year of each other: %(a)s and %(b)s",),
    "birth_same_day": ("born the same day: %(a)s and %(b)s",),
    "birth_swapped": ("day and month of birth exchanged: %(a)s and %(b)s",),
    "character_differs": ("%(a)s against %(b)s",),
    "character_initial": ("%(a)s may stand for %(b)s",),
    "character_read": ("%(a)s read %(b)s in %(system)s romanisation",),
    "character_same": ("%(a)s is the same character",),
    "character_unread": ("%(a)s is not read %(b)s",),
    "character_variant": ("%(a)s and %(b)s are forms of one character",),
    "characters_differ": ("the Chinese names differ: %(a)s and %(b)s",),
    "country_differs": ("no country in common: %(country)s and %(land)s",),
    "country_same": ("a country in common: %(country)s",),
    "facts_bounded": ("facts that many people share count %(a)s bits at most",),
    "gender_differs": ("%(gender)s against %(other)s",),
    "gender_same": ("both %(gender)s",),
    "identifier_differs": ("another %(kind)s: %(a)s and %(b)s",),
    "identifier_same": ("the same %(kind)s: %(a)s",),
    "name_outweighed": (
        "the names differ, but the %(kind)s has one holder: names are changed",
    ),
    "names_apart": (
        "the names cannot be compared: one has no letters, or neither spells the other",
    ),
    "other_schema": ("a %(schema)s against a %(thing)s",),
    "syllable_bridge": (
        "%(a)s and %(b)s both spell one character",
        "%(a)s and %(b)s both spell %(c)s",
    ),
    "syllable_differs": ("%(a)s against %(b)s",),
    "syllable_initial": ("%(a)s may stand for %(b)s",),
    "syllable_same": ("%(a)s is the same",),
    "syllables_alone": ("%(a)s is on one side only", "%(a)s against %(b)s"),
    "systems_mixed": ("the name mixes systems of spelling",),
    "weak_alias": ("%(a)s is a weak alias of the list's",),
    "word_acronym": ("%(a)s and %(b)s: one is the other's first letters",),
    "word_cut": ("%(a)s and %(b)s agree as far as a cut-off field goes",),
    "word_initial": ("%(a)s may stand for %(b)s",),
    "word_joined": ("%(a)s and %(b)s are the same without blanks",),
    "word_misspelt": ("%(a)s is a slip of the pen from %(b)s",),
    "word_same": ("%(a)s is the same",),
    "word_scan": ("%(a)s and %(b)s look alike to a scanner",),
    "word_sound": ("%(a)s sounds like %(b)s",),
    "word_spelt": ("%(a)s and %(b)s: one spells the other",),
    "word_variant": ("%(a)s and %(b)s are forms of one name",),
    "words_all": (
        "nothing is left on either side",
        "agreement beyond %(a)s bits counts a fifth",
    ),
    "words_alone": ("%(a)s is on one side only",),
    "words_differ": ("%(a)s against %(b)s",),
}  # fmt: skip

_NAMED: Final = {
    "system": "romanisation", "kind": "number", "gender": "gender", "other": "gender",
    "schema": "thing", "thing": "thing",
}  # fmt: skip
"""Parts that are words themselves, with the context that translates them."""
_CODED: Final = {"country": "country", "gender": "gender", "other": "thing"}
"""By the beginning of a feature's name: what its sides are, where they are not words of a source."""
_PART: Final = re.compile(r"%\\\((\w+)\\\)s|%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Said:
    """A row of the table of evidence. `weight` in bits, told with its sign."""

    query: str
    listed: str
    words: str
    weight: float
    told: str

    @property
    def share(self) -> int:
        """Of the bar, 0 to 100: 25 bits, an identifier in common, fill it."""
        return min(100, round(abs(self.weight) * 4))


def worded(evidence: Evidence, speak: Translator) -> str:
    """What one feature says, in the reader's language."""
    for sentence in FEATURES.get(evidence.feature, ()):
        if found := _pattern(sentence).fullmatch(evidence.words):
            parts = {k: _part(k, v, speak) for k, v in found.groupdict().items()}
            return speak.pgettext("evidence", sentence, **parts)
    return evidence.words


def table(found: Iterable[Evidence], speak: Translator) -> list[Said]:
    """All evidence of a match, in the engine's order: strongest first."""
    return [
        Said(
            _side(e.feature, e.query, speak), _side(e.feature, e.listed, speak), worded(e, speak),
            e.weight, signed(e.weight),
        )
        for e in found
    ]  # fmt: skip


def signed(weight: float) -> str:
    """With its sign, to a tenth of a bit."""
    return f"{'+' if weight > 0 else '−' if weight < 0 else ''}{abs(weight):.1f}"


def _side(feature: str, part: str, speak: Translator) -> str:
    """A part compared; codes and our own words as the reader knows them."""
    name = _CODED.get(feature.partition("_")[0])
    return _part(name, part, speak) if name and part else part


def scored(score: float) -> str:
    """Three decimals, cut off: a score is never 1."""
    return f"{int(score * 1000) / 1000:.3f}"


def _part(name: str, text: str, speak: Translator) -> str:
    if name in ("country", "land"):
        return ", ".join(country(code, speak) for code in text.split(", "))
    context = _NAMED.get(name)
    return speak.pgettext(context, text) if context else text


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """The sentence with its parts as groups, the shortest first."""
    return re.compile(
        _PART.sub(lambda m: f"(?P<{m[1] or m[2]}>.+?)", re.escape(sentence)), re.DOTALL
    )
