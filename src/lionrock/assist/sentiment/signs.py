"""Signs in a text: that it complains, that it presses, that someone may need care; each with its words.

Rules and lists, no model: a sign says that these words stand in the text, not that it is so. Care follows the
four drivers of the FCA's Finalised Guidance FG21/1, "Guidance for firms on the fair treatment of vulnerable
customers" (February 2021), and age from 65, from which banks in Hong Kong assess a customer as possibly
vulnerable under the Monetary Authority's guidance on investor protection.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import Final

from pydantic import BaseModel, ConfigDict

from lionrock.assist.sentiment.words import Match, Phrases, Unit, folded, listed

OLD: Final = 65
_AGE: Final = re.compile(r"(?<!\d)(\d{2,3})\s*(?:岁|years?[ -]old|yrs?[ -]old)", re.IGNORECASE)
_REACH: Final = 2
"""Units between a negator and a sign that it takes back."""
_STATED: Final = ("complaint.says", "complaint.redress", "complaint.outside")
"""What takes a negator back; the others describe a state in whatever form."""


class SignKind(StrEnum):
    COMPLAINT = "complaint"
    URGENCY = "urgency"
    CARE = "care"


class Urgency(StrEnum):
    NONE = "none"
    RAISED = "raised"
    HIGH = "high"


class Sign(BaseModel):
    """`words` stand at [start, end) of the text. `what`: "redress", "deadline", "health" …"""

    model_config = ConfigDict(frozen=True)
    kind: SignKind
    what: str
    words: str
    start: int
    end: int


@cache
def _phrases() -> Phrases:
    return Phrases(listed("signs.en", "signs.zh"))


def signs(text: str, found: Sequence[Unit], opinions: Sequence[Match]) -> list[Sign]:
    """In the order in which they stand. `opinions`: the text's polarity words, for the negators."""
    negators = [m.last for m in opinions if "not" in m.kinds]
    kept = [
        _sign(text, kind, match.start, match.end)
        for match in _phrases().find(found)
        for kind in match.kinds
        if not (kind in _STATED and _taken_back(match, negators))
    ]
    kept += [
        _sign(text, "care.age", m.start(), m.end())
        for m in _AGE.finditer(folded(text))
        if OLD <= int(m.group(1)) <= 120
    ]
    return sorted(kept, key=lambda s: (s.start, s.kind, s.what))


def urgency(found: Sequence[Sign]) -> Urgency:
    """High where money or a life is at stake, or where two different things press."""
    pressing = {s.what for s in found if s.kind is SignKind.URGENCY}
    if pressing & {"loss", "safety"} or len(pressing) > 1:
        return Urgency.HIGH
    return Urgency.RAISED if pressing else Urgency.NONE


def complains(found: Sequence[Sign]) -> bool:
    return any(s.kind is SignKind.COMPLAINT for s in found)


def needs_care(found: Sequence[Sign]) -> bool:
    return any(s.kind is SignKind.CARE or s.what == "safety" for s in found)


def _taken_back(match: Match, negators: Sequence[int]) -> bool:
    return any(0 <= match.first - last <= _REACH for last in negators)


def _sign(text: str, kind: str, start: int, end: int) -> Sign:
    of, _, what = kind.partition(".")
    return Sign(kind=SignKind(of), what=what, words=text[start:end], start=start, end=end)
