"""Spellings of Hokkien, Teochew, Hakka and Cantonese names in Malaysia and Singapore.

They follow no system; those of common surnames and given-name characters are listed from general knowledge.
"""

from __future__ import annotations

from functools import cache

from lionrock.screening.names.characters import lines


@cache
def spellings() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Surname and given-name characters with their spellings, likeliest first."""
    return _read("southern_surnames"), _read("southern_given")


def _read(table: str) -> dict[str, tuple[str, ...]]:
    rows = (line.split() for line in lines(table))
    return {written: tuple(spelt) for written, *spelt in rows}
