"""Which characters Chinese surnames and given names are made of, and roughly how often.

Surnames in order of frequency (Hong Kong and the mainland taken together), given-name characters in
tiers: from general knowledge, rounded. No register of people was counted to get them.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from lionrock.screening.names.characters import fold, lines, table

COMPOUND: Final = frozenset(" ".join(lines("surnames_compound")).split())


def _readings(table: str) -> dict[str, str]:
    return {line[0]: line[2:] for line in lines(table)}


SURNAME_MANDARIN: Final = _readings("surnames_mandarin")
SURNAME_CANTONESE: Final = _readings("surnames_cantonese")


@cache
def surname_share() -> dict[str, float]:
    """Each folded character's share of surnames; Zipf's law over the ranks."""
    found: dict[str, float] = {}
    for rank, written in enumerate("".join(lines("surnames"))):
        found.setdefault(fold(written), 1 / (rank + 5))
    whole = sum(found.values())
    return {c: share / whole for c, share in found.items()}


@cache
def given_share() -> dict[str, float]:
    """Each folded character's share of given names."""
    found: dict[str, float] = {}
    for written, known in table().items():
        if known.code:
            found.setdefault(fold(written), 0.02 if known.frequency < 20 else 0.06)
    for tier, weight in (("given_sometimes", 1.0), ("given_often", 4.0)):
        for written in "".join(lines(tier)):
            found[fold(written)] = max(found.get(fold(written), 0.0), weight)
    whole = sum(found.values())
    return {c: share / whole for c, share in found.items()}


def surname_length(name: str) -> int:
    """Characters of a Chinese name that are its surname: 2 for 歐陽娜娜 and for 陳王美玲 (married)."""
    if len(name) >= 3 and name[:2] in COMPOUND:
        return 2
    shares = surname_share()
    if len(name) == 4 and fold(name[0]) in shares and shares.get(fold(name[1]), 0.0) > 0.001:
        return 2
    return 1
