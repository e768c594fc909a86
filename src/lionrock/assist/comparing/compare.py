"""Compare: two texts by clause and by meaning, in one language or two.

Each clause is put beside its counterpart, whatever the order and the wording, and what the two differ in
is told: figures, dates, references, names, denial, duty. No model is asked, so that it says the same on
every machine; where the two differ in ways that none of these show, a person reads both columns.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence

import numpy as np

from lionrock.assist.comparing import aligning
from lionrock.assist.comparing.pairing import paired
from lionrock.assist.comparing.phrases import UNWEIGHED
from lionrock.assist.comparing.schemas import CompareRequest, Pair, TextComparison, Verdict, Weighed
from lionrock.assist.comparing.sides import Side, read
from lionrock.documents.citations import Citation
from lionrock.documents.comparing import Paragraph
from lionrock.documents.matching import Matching, in_order, moved
from lionrock.errors import Unavailable
from lionrock.kernel.capabilities import Progress, Risk, RunContext, capability
from lionrock.kernel.permissions import Permission
from lionrock.search.centring import measured

Sides = tuple[Side, Side]
Places = tuple[int | None, int | None]

_AT_ONCE = 64
"""Clauses that are encoded, or compared, between two words of progress."""


@capability(id="assist.compare", risk=Risk.LIMITED, permission=Permission.ASSIST_REWRITE_RUN)
async def compare(
    run: RunContext, request: CompareRequest
) -> AsyncIterator[Progress | Weighed | TextComparison]:
    """Compare two texts clause by clause, in one language or two; what differs in substance is told."""
    yield Progress(stage="source")
    sides = await read(run, request)
    matching = await asyncio.to_thread(aligning.matched, *sides)
    vectors: list[aligning.Array] = []
    left, right = matching.left()
    clauses = [sides[0].paragraphs[i] for i in left] + [sides[1].paragraphs[j] for j in right]
    async for batch in _encoded(run, clauses if left and right else []):
        vectors += list(batch)
        yield Progress(stage="matching", done=len(vectors), total=len(clauses))
    asked = await asyncio.to_thread(_pair_the_rest, run, matching, sides, clauses, vectors)
    notes = [] if asked else [UNWEIGHED[sides[1].language]]

    elsewhere = moved(matching.pairs)
    lengths = len(sides[0].paragraphs), len(sides[1].paragraphs)
    places = [(i, j, i in elsewhere) for j, i in in_order(*lengths, matching.pairs)]
    counts = Counter({verdict.value: 0 for verdict in Verdict} | {"moved": len(elsewhere)})
    shown: list[tuple[Places, Pair]] = []
    for start in range(0, len(places), _AT_ONCE):
        yield Progress(stage="comparing", done=start, total=len(places))
        some = places[start : start + _AT_ONCE]
        for (i, j, _), pair in zip(some, await asyncio.to_thread(_pairs, sides, some), strict=True):
            counts[pair.verdict] += 1
            if request.show_same or pair.moved or pair.verdict is not Verdict.SAME:
                shown.append(((i, j), pair))
                yield Weighed(pair=pair)
    kept, citations = await _cited(run, sides, shown)
    yield TextComparison(
        names=(sides[0].name, sides[1].name), languages=(sides[0].language, sides[1].language),
        counts=dict(counts), pairs=kept, citations=citations, notes=notes,
    )  # fmt: skip


async def _encoded(run: RunContext, clauses: Sequence[Paragraph]) -> AsyncIterator[aligning.Array]:
    """Vectors of the clauses, some at a time; ends early where no measured encoder answers."""
    embedder = run.search.embedder
    if embedder is None or not measured(embedder.name):
        return
    for start in range(0, len(clauses), _AT_ONCE):
        texts = [clause.text for clause in clauses[start : start + _AT_ONCE]]
        try:
            yield np.asarray(await embedder.passages(texts), np.float32)
        except Unavailable:
            return


def _pair_the_rest(
    run: RunContext, matching: Matching, sides: Sides, clauses: Sequence[Paragraph],
    vectors: Sequence[aligning.Array],
) -> bool:  # fmt: skip
    """Pair what words left, by meaning or else by number; False where meaning could not be asked."""
    left, right = matching.left()
    if not left or not right:
        return True
    if len(vectors) < len(clauses) or run.search.embedder is None:
        aligning.by_number(matching, *sides)
        return False
    told = aligning.told(run.search.embedder.name, clauses, np.stack(vectors))
    aligning.by_meaning(matching, told[: len(left)], told[len(left) :])
    return True


def _pairs(sides: Sides, places: Sequence[tuple[int | None, int | None, bool]]) -> list[Pair]:
    return [paired(sides, i, j, moved=moved) for i, j, moved in places]


async def _cited(
    run: RunContext, sides: Sides, shown: list[tuple[Places, Pair]]
) -> tuple[list[Pair], list[Citation]]:
    """The pairs with the citations of their clauses, where these stand in documents."""
    citations: list[Citation] = []
    pairs = [pair for _, pair in shown]
    for which, name in enumerate(("first", "second")):
        wanted = [places[which] for places, _ in shown]
        found = await _of_side(run, sides[which], [p for p in wanted if p is not None])
        numbers = {place: len(citations) + n for n, place in enumerate(found)}
        citations += found.values()
        for at, place in enumerate(wanted):
            if place in numbers:
                cited = getattr(pairs[at], name).model_copy(update={"cite": numbers[place]})
                pairs[at] = pairs[at].model_copy(update={name: cited})
    return pairs, citations


async def _of_side(run: RunContext, side: Side, places: Sequence[int]) -> dict[int, Citation]:
    """Citations by place in the side; none of a heading, whose place on the page is not kept."""
    if side.document is None:
        return {}
    stands = {p: side.paragraphs[p].places[0] for p in places if side.paragraphs[p].places}
    found = await run.documents.quote(run.actor, side.document, [*stands.values()])
    return {p: found[at] for p, at in stands.items() if at in found}
