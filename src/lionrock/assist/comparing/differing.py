"""What two clauses that answer each other differ in, in substance: each function is one thing a reader
would want to know. Wording that differs alone is no difference. No model is asked.

In one language every figure, name and denial must stand on both sides; across languages only what one
side surely states and the other surely does not is told, as for a translation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from lionrock.assist.checks import CheckName
from lionrock.assist.comparing.schemas import Difference
from lionrock.assist.summaries.checking import direction
from lionrock.assist.summaries.names import unfounded_names
from lionrock.assist.summaries.readings import unfounded_dates, unfounded_figures
from lionrock.assist.translate import negation, numbers, references
from lionrock.documents.matching import likeness

OnlyIn = Callable[[str, str], list[str]]
"""What the first text states and the second does not, as it is written."""

_CLOSE: Final = 0.6
"""Likeness from which each denial is looked for, word by word; below, only whether there is any."""
_LEVELS: Final = {
    "must": re.compile(r"\b(?:must|shall|required to|has to|have to)\b|必[須须]|[須须](?![予])", re.I),
    "should": re.compile(r"\b(?:should|ought to)\b|[應应](?:[當当該该])?", re.I),
    "may": re.compile(r"\b(?:may|can)\b|可(?!能)(?:以)?|得以", re.I),
}  # fmt: skip


def differences(a: str, b: str, *, same_language: bool) -> list[Difference]:
    """Empty where nothing was found."""
    looked = _SAME if same_language else _ACROSS
    found = [Difference(name=n, first=only(a, b), second=only(b, a)) for n, only in looked]
    duty = _duty(a, b, same_language=same_language)
    return [d for d in (*_without_twice(found), duty) if d.first or d.second]


def _names(text: str, other: str) -> list[str]:
    """Names that the other text does not have, of several words as one."""
    joined: list[str] = []
    for word in unfounded_names(text, other):
        if joined and f"{joined[-1]} {word}" in text:
            joined[-1] += f" {word}"
        else:
            joined.append(word)
    return joined


def _denials(text: str, other: str) -> list[str]:
    if likeness(text, other) < _CLOSE:
        return negation.only_in(text, other)
    more = len(negation.denials(text)) > len(negation.denials(other))
    return negation.denials(text) if more else []


def _duty(a: str, b: str, *, same_language: bool) -> Difference:
    """Must, should and may, one for another. Across languages: a duty against leave alone."""
    here, there = _levels(a), _levels(b)
    lost, gained = here - there, there - here
    if same_language:
        turned = bool(lost and gained and set(lost) != set(gained))
    else:
        turned = (_binds(here) and _only_allows(there)) or (_only_allows(here) and _binds(there))
        lost, gained = here, there
    if not turned:
        return Difference(name=CheckName.DUTY)
    return Difference(name=CheckName.DUTY, first=_words(a, lost), second=_words(b, gained))


def _levels(text: str) -> Counter[str]:
    return Counter({name: len(pattern.findall(text)) for name, pattern in _LEVELS.items()})


def _binds(levels: Counter[str]) -> bool:
    return bool(levels["must"]) and not levels["may"]


def _only_allows(levels: Counter[str]) -> bool:
    return bool(levels["may"]) and not levels["must"] and not levels["should"]


def _words(text: str, levels: Counter[str]) -> list[str]:
    found = (match[0] for name in +levels for match in _LEVELS[name].finditer(text))
    return list(dict.fromkeys(found))


def _without_twice(found: list[Difference]) -> Iterator[Difference]:
    """A figure of a date or of a reference ("section 12") is told there and not again as a figure."""
    told = [d for d in found if d.name in (CheckName.DATES, CheckName.REFERENCES)]
    for one in found:
        if one.name is not CheckName.FIGURES:
            yield one
            continue
        sides = ([w for d in told for w in d.first], [w for d in told for w in d.second])
        yield Difference(
            name=one.name,
            first=[f for f in one.first if not any(f in words for words in sides[0])],
            second=[f for f in one.second if not any(f in words for words in sides[1])],
        )


_SAME: Final[tuple[tuple[CheckName, OnlyIn], ...]] = (
    (CheckName.FIGURES, unfounded_figures),
    (CheckName.DATES, unfounded_dates),
    (CheckName.REFERENCES, references.only_in),
    (CheckName.NAMES, _names),
    (CheckName.NEGATION, _denials),
    (CheckName.DIRECTION, direction),
)
_ACROSS: Final[tuple[tuple[CheckName, OnlyIn], ...]] = (
    (CheckName.FIGURES, numbers.only_in),
    (CheckName.DATES, numbers.dates_only_in),
    (CheckName.REFERENCES, references.only_in),
    (CheckName.NEGATION, negation.only_in),
)
