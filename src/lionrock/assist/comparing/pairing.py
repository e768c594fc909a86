"""A clause beside its counterpart: do they say the same, in other words, or something else?"""

from __future__ import annotations

from lionrock.assist.comparing.differing import differences
from lionrock.assist.comparing.schemas import Pair, Verdict
from lionrock.assist.comparing.sides import Side, plain, unnumbered
from lionrock.documents.comparing import Span, marks
from lionrock.documents.language import detect
from lionrock.documents.matching import folded


def paired(sides: tuple[Side, Side], i: int | None, j: int | None, *, moved: bool) -> Pair:
    """`i` of the first side and `j` of the second; None where there is no counterpart."""
    first = None if i is None else sides[0].clause(i)
    second = None if j is None else sides[1].clause(j)
    if first is None or second is None:
        alone = Verdict.SECOND_ONLY if first is None else Verdict.FIRST_ONLY
        return Pair(verdict=alone, first=first, second=second)
    a, b = first.text, second.text
    if folded(plain(a)) == folded(plain(b)):
        return Pair(verdict=Verdict.SAME, moved=moved, first=first, second=second)
    same_language = (detect(a) == "en") == (detect(b) == "en")
    before, after = _marked(a, b) if same_language else ([], [])
    found = differences(unnumbered(a), unnumbered(b), same_language=same_language)
    return Pair(
        verdict=Verdict.DIFFERS if found else Verdict.REWORDED, moved=moved, first=first,
        second=second, before=before, after=after, differences=found,
    )  # fmt: skip


def _marked(a: str, b: str) -> tuple[list[Span], list[Span]]:
    """Marks of what is shared, wherever the two share anything worth showing."""
    before, after = marks(a, b)
    shared = sum(len(s.text) for s in before if not s.marked)
    return (before, after) if 2 * shared >= min(len(a), len(b)) else ([], [])
