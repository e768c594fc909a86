"""What a query's syllable or character may meet in an index: other spellings, characters, with their bits."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from lionrock.screening.names import syllables
from lionrock.screening.names.characters import unfolded
from lionrock.screening.names.syllables import Role

_LEAST = 0.5


@lru_cache(maxsize=16384)
def of_syllable(syllable: str, surname: bool) -> dict[str, float]:
    """The characters that a syllable spells, and the syllables that spell those."""
    role: Role = "surname" if surname else "given"
    latin, han = ("S", "H") if surname else ("s", "h")
    found: dict[str, float] = {}
    for character, _ in syllables.characters_spelt(role).get(syllable, ()):
        bits = max(syllables.weight(syllable, c, role) for c in unfolded(character))
        found[f"{han}:{character}"] = bits
        for written in unfolded(character):
            for other in syllables.spellings(written, role):
                key = f"{latin}:{other}"
                if key not in found:
                    found[key] = syllables.bridge(syllable, other, role) - 0.5
    return {term: bits for term, bits in found.items() if bits > _LEAST}


def is_rare(folded: str, surname: bool) -> bool:
    """Too rare for what a spelling usually stands for (`syllables.characters_spelt`)."""
    return not syllables.is_common(folded, "surname" if surname else "given")


def of_rare(syllable: str, terms: Iterable[str]) -> list[tuple[str, float]]:
    """Those of the rare characters' terms that a syllable spells, with their bits."""
    found = []
    for term in terms:
        role: Role = "surname" if term[0] == "H" else "given"
        bits = max(syllables.weight(syllable, c, role) for c in unfolded(term[2:]))
        if bits > _LEAST:
            found.append((term, bits))
    return found


@lru_cache(maxsize=16384)
def of_character(folded: str, surname: bool) -> dict[str, float]:
    """The syllables that spell a character."""
    role: Role = "surname" if surname else "given"
    latin = "S" if surname else "s"
    found: dict[str, float] = {}
    for written in unfolded(folded):
        for spelt in syllables.spellings(written, role):
            bits = syllables.weight(spelt, written, role)
            found[f"{latin}:{spelt}"] = max(bits, found.get(f"{latin}:{spelt}", 0.0))
    return {term: bits for term, bits in found.items() if bits > _LEAST}
