"""Where personal data stands in a text: all recognisers, and one answer where they overlap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from lionrock.gateway.guards import (
    addresses_chinese,
    addresses_latin,
    emails,
    names_chinese,
    names_latin,
    numbers,
)
from lionrock.gateway.guards.folding import fold, safe
from lionrock.gateway.guards.kinds import ALL, RANK, Finding, Kind

Recogniser = Callable[[str], Iterator[Finding]]
_NUMBERS: Final = frozenset(
    {Kind.HKID, Kind.CN_ID, Kind.IBAN, Kind.CARD, Kind.PASSPORT, Kind.ACCOUNT, Kind.PHONE}
)
_RECOGNISERS: Final[tuple[tuple[Recogniser, AbstractSet[Kind]], ...]] = (
    (numbers.find, _NUMBERS),
    (emails.find, {Kind.EMAIL}),
    (addresses_latin.find, {Kind.ADDRESS}),
    (addresses_chinese.find, {Kind.ADDRESS}),
    (names_latin.find, {Kind.NAME}),
    (names_chinese.find, {Kind.NAME}),
)


def every(text: str, kinds: AbstractSet[Kind] = ALL) -> list[Finding]:
    """What each recogniser of `kinds` finds, overlaps and all, in the order of the text.

    Time grows with the length of `text` alone. No finding holds a character that a JSON string could
    not hold as it is, so a value may be put back into JSON without escaping.
    """
    folded = fold(text)
    found = {
        finding
        for recogniser, its in _RECOGNISERS
        if its & kinds
        for finding in recogniser(folded)
        if finding.kind in kinds and safe(text[finding.start : finding.end])
    }
    return sorted(found, key=lambda f: (f.start, -f.end, RANK[f.kind]))


def find(text: str, kinds: AbstractSet[Kind] = ALL) -> list[Finding]:
    """What of `kinds` stands in `text`, in order, none touching another's characters: see `joined`."""
    return joined(every(text, kinds))


def joined(found: Sequence[Finding]) -> list[Finding]:
    """Overlapping findings made one, over all they cover, so that no part of any is left; its kind is
    that of the longest, of equals the surest. `found` in the order of `every`."""
    merged: list[Finding] = []
    group: list[Finding] = []
    end = 0
    for finding in found:
        if group and finding.start >= end:
            merged.append(_one(group))
            group = []
        group.append(finding)
        end = max(end, finding.end)
    return [*merged, _one(group)] if group else merged


def _one(group: Sequence[Finding]) -> Finding:
    best = max(group, key=lambda f: (f.end - f.start, -RANK[f.kind]))
    return Finding(best.kind, min(f.start for f in group), max(f.end for f in group))
