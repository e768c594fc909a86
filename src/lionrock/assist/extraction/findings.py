"""What a person must look at: a check digit that fails, a value that is none, documents that disagree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from lionrock.assist.extraction.asked import Field
from lionrock.assist.extraction.folding import plain
from lionrock.assist.extraction.kinds import Kind, Normal
from lionrock.assist.extraction.labels import words
from lionrock.assist.extraction.schemas import Claim, Fault, Finding, Read, Value

MOST_CLAIMS: Final = 6
"""Different values that one finding shows."""


def findings(fields: Sequence[Field], documents: Sequence[Read], *, agree: bool) -> list[Finding]:
    """`agree`: the documents are of one matter, so that their best values must be the same."""
    found: list[Finding] = []
    for i, field in enumerate(fields):
        filled = [read.filled[i] for read in documents if not read.unread]
        for one in filled:
            found += _of_values(field, one.values)
        if agree:
            found += _disagreeing(
                field, [one.best for one in filled if one.best and one.best.normal]
            )
    return sorted(found, key=lambda f: list(Fault).index(f.fault))


def _of_values(field: Field, values: Sequence[Value]) -> Iterator[Finding]:
    for value in values:
        if value.normal is not None and value.normal.valid is False:
            yield _finding(Fault.CHECK_DIGIT, field, [value])
    if values and values[0].normal is None:
        yield _finding(Fault.NOT_OF_KIND, field, values[:1])


def _disagreeing(field: Field, best: Sequence[Value]) -> Iterator[Finding]:
    different: list[Value] = []
    for value in best:
        if all(not _agree(field.kind, value.normal, other.normal) for other in different):
            different.append(value)
    if len(different) > 1:
        yield _finding(Fault.DISAGREE, field, different[:MOST_CLAIMS])


def _agree(kind: Kind, one: Normal | None, other: Normal | None) -> bool:
    """Whether two values can be the same; what only one of them says is no disagreement."""
    if one is None or other is None:
        return True
    if one.unit and other.unit and one.unit != other.unit:
        return False
    if kind is Kind.NAME:
        pairs = ((one.latin, other.latin), (one.han, other.han))
        return all(not (a and b) or sorted(words(a)) == sorted(words(b)) for a, b in pairs)
    if kind is Kind.DATE:
        return one.text.startswith(other.text) or other.text.startswith(one.text)
    if kind in (Kind.TEXT, Kind.ADDRESS):
        return words(one.text) == words(other.text)
    return _same_figure(one.text, other.text) or plain(one.text) == plain(other.text)


def _same_figure(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


def _finding(fault: Fault, field: Field, values: Sequence[Value]) -> Finding:
    claims = [
        Claim(told=v.told or v.written, citation=v.citation, start=v.start, end=v.end)
        for v in values
    ]
    return Finding(fault=fault, field=field.name, kind=field.kind, claims=claims)
