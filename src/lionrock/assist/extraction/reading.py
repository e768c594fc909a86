"""What a stretch of text says as a value of each kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from lionrock.assist.extraction import amounts, dates, identifiers, names, numerals
from lionrock.assist.extraction.asked import Field
from lionrock.assist.extraction.folding import plain, readable
from lionrock.assist.extraction.kinds import Found, Kind, Normal

_TRUE: Final = frozenset("yes y true ✓ ✔ ☑ ☒ 是 有 對 对".split())
_FALSE: Final = frozenset("no n false ☐ □ nil none 否 沒有 没有 無 无 不是".split())
_TICK: Final = r"(?:[✓✔☑☒■⊠]|\[\s?[xX✓]\s?\])\s*"
_LEAD: Final = re.compile(r"[^\d]{0,14}")
"""What may stand between a label and its value: a day of the week, "approx."."""


def find(field: Field, text: str, *, labelled: bool, recognised: bool = False) -> list[Found]:
    """Every value of the field's kind in `text`, in order. Free text is one only where a label says so."""
    kind = field.kind
    if kind is Kind.DATE:
        return list(dates.find(text, labelled=labelled))
    if kind is Kind.AMOUNT:
        return list(amounts.find(text, labelled=labelled, recognised=recognised))
    if kind is Kind.HKID:
        return list(identifiers.hkids(text))
    if kind is Kind.EMAIL:
        return list(identifiers.emails(text))
    if kind is Kind.PHONE:
        return list(identifiers.phones(text, labelled=labelled))
    if kind is Kind.CHOICE:
        return _chosen(field.choices, text, labelled)
    return list(_announced(kind, text)) if labelled else []


def whole(field: Field, text: str, *, recognised: bool = False) -> Normal | None:
    """What the text says that holds one value and little else; None where it is no such value."""
    found = find(field, text, labelled=True, recognised=recognised)
    return found[0].normal if found else None


def leading(field: Field, text: str, *, recognised: bool = False) -> Found | None:
    """The value with which the text begins, but for a word in front."""
    found = find(field, text, labelled=True, recognised=recognised)
    lead = _LEAD.match(text)
    if not found or lead is None or found[0].start > lead.end():
        return None
    if field.kind is Kind.AMOUNT:  # "Total 4 22.00": a quantity is not written as money
        return next(amounts.find(text, recognised=recognised), found[0])
    return found[0]


def _announced(kind: Kind, text: str) -> Iterator[Found]:
    """Of kinds that nothing but a label tells."""
    if kind is Kind.BR:
        yield from identifiers.registrations(text)
    elif kind in (Kind.NUMBER, Kind.INTEGER):
        yield from numerals.find(text, whole=kind is Kind.INTEGER)
    elif kind is Kind.BOOLEAN:
        yield from _said(text)
    elif (match := re.search(r"\S(?:.*\S)?", text, re.DOTALL)) and re.search(r"\w", match[0]):
        normal = names.normal(match[0]) if kind is Kind.NAME else Normal(text=readable(match[0]))
        if normal is not None:
            yield Found(*match.span(), normal)


def _said(text: str) -> Iterator[Found]:
    match = re.search(r"[^\W_]+|[✓✔☑☒☐□]", text)
    if match and (word := plain(match[0])) in _TRUE | _FALSE:
        yield Found(*match.span(), Normal(text="true" if word in _TRUE else "false"))


def _chosen(choices: Sequence[str], text: str, labelled: bool) -> list[Found]:
    """A choice that is ticked, or that stands alone where a label announces one."""
    folded = plain(text)
    found = []
    for choice in choices:
        words = r"\s*".join(map(re.escape, plain(choice).split()))
        edge = r"(?<![a-z0-9])", r"(?![a-z0-9])"
        mark = "" if labelled else _TICK
        found += [
            Found(m.start("choice"), m.end("choice"), Normal(text=choice))
            for m in re.finditer(rf"{mark}{edge[0]}(?P<choice>{words}){edge[1]}", folded)
        ]
    # Of "low" and "very low" the longer is meant, where both stand in one place.
    found.sort(key=lambda f: (f.start, -f.end))
    return [
        f
        for f in found
        if not any(o is not f and o.start <= f.start and f.end <= o.end for o in found)
    ]
