"""Compare: two texts by clause and by meaning, in one language or two.

Each clause is put beside its counterpart, whatever the order and the wording, and what the two differ in
is told: figures, dates, references, names, denial, duty. No model is asked, so that it says the same on
every machine; where the two differ in ways that none of these show, a person reads both columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator

from lionrock.assist.comparing.aligning import aligned
from lionrock.assist.comparing.differing import differences
from lionrock.assist.comparing.phrases import UNWEIGHED
from lionrock.assist.comparing.schemas import (
    CompareRequest,
    Comparison,
    Pair,
    Verdict,
    Weighed,
)
from lionrock.assist.comparing.sides import Side, plain, read, unnumbered
from lionrock.documents.citations import Citation
from lionrock.documents.comparing import Span, marks
from lionrock.documents.language import detect
from lionrock.documents.matching import folded, in_order, moved
from lionrock.kernel.capabilities import Progress, Risk, RunContext, capability
from lionrock.kernel.permissions import Permission

Places = tuple[int | None, int | None]


@capability(id="assist.compare", risk=Risk.LIMITED, permission=Permission.ASSIST_REWRITE_RUN)
async def compare(
    run: RunContext, request: CompareRequest
) -> AsyncIterator[Progress | Weighed | Comparison]:
    """Compare two texts clause by clause, in one language or two; what differs in substance is told."""
    yield Progress(stage="source")
    sides = await read(run, request)
    yield Progress(stage="matching")
    pairs, by_meaning = await aligned(run, *sides)
    elsewhere = moved(pairs)
    places = [
        (i, j) for j, i in in_order(len(sides[0].paragraphs), len(sides[1].paragraphs), pairs)
    ]
    counts = Counter({verdict.value: 0 for verdict in Verdict} | {"moved": len(elsewhere)})
    shown: list[tuple[Places, Pair]] = []
    for done, (i, j) in enumerate(places):
        if done % 50 == 0:
            yield Progress(stage="comparing", done=done, total=len(places))
        pair = _pair(sides, i, j, moved=i in elsewhere)
        counts[pair.verdict] += 1
        if request.show_same or pair.moved or pair.verdict is not Verdict.SAME:
            shown.append(((i, j), pair))
            yield Weighed(pair=pair)
    kept, citations = await _cited(run, sides, shown)
    yield Comparison(
        names=(sides[0].name, sides[1].name), languages=(sides[0].language, sides[1].language),
        counts=dict(counts), pairs=kept, citations=citations,
        notes=[] if by_meaning else [UNWEIGHED[sides[1].language]],
    )  # fmt: skip


def _pair(sides: tuple[Side, Side], i: int | None, j: int | None, *, moved: bool) -> Pair:
    first = None if i is None else sides[0].clause(i, None)
    second = None if j is None else sides[1].clause(j, None)
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


async def _cited(
    run: RunContext, sides: tuple[Side, Side], shown: list[tuple[Places, Pair]]
) -> tuple[list[Pair], list[Citation]]:
    """The pairs with the citations of their clauses, where these stand in documents."""
    citations: list[Citation] = []
    numbers: list[dict[int, int]] = []
    for which, side in enumerate(sides):
        wanted = (places[which] for places, _ in shown)
        found = await _of_side(run, side, (p for p in wanted if p is not None))
        numbers.append({place: len(citations) + n for n, place in enumerate(found)})
        citations += found.values()
    pairs = []
    for places, pair in shown:
        changed = {}
        for name, which in (("first", 0), ("second", 1)):
            place = places[which]
            if place is not None:
                changed[name] = sides[which].clause(place, numbers[which].get(place))
        pairs.append(pair.model_copy(update=changed))
    return pairs, citations


async def _of_side(run: RunContext, side: Side, places: Iterator[int]) -> dict[int, Citation]:
    """Citations by place in the side; none of a heading, whose place on the page is not kept."""
    if side.document is None:
        return {}
    stands = {p: side.paragraphs[p].places[0] for p in places if side.paragraphs[p].places}
    found = await run.documents.quote(run.actor, side.document, [*stands.values()])
    return {p: found[at] for p, at in stands.items() if at in found}
