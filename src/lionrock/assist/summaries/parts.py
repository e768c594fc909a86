"""A document in as many parts as the summary has sentences, along its sections; and of each part the
sentences that one sentence of the summary will stand on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from lionrock.assist.summaries.candidates import Candidate
from lionrock.assist.summaries.salience import Vector, novel, similarity

Part = list[Candidate]

OPENING = 10
"""Sentences."""
LEAST_AKIN, MOST_AKIN = 0.08, 0.9
"""What is worded together with the part's best sentence: about the same, and not the same again."""


def shares(sizes: Sequence[int], whole: int) -> list[int]:
    """`whole` given out by size: one to each, the rest by largest remainder; never more than the size."""
    given = [min(1, size) for size in sizes]
    total = sum(sizes) or 1
    while sum(given) < min(whole, sum(sizes)):
        open_ = [i for i, size in enumerate(sizes) if given[i] < size]
        given[max(open_, key=lambda i: whole * sizes[i] / total - given[i])] += 1
    return given


def divided(found: Sequence[Candidate], count: int) -> list[Part]:
    """`count` parts of a document (fewer if it has fewer sentences); a third of them are its opening,
    again and again: what a report says first is mostly what it says in short."""
    first = count // 3 if len(found) > 3 * OPENING else 0
    opening = list(found[:OPENING]) if first else []
    return [opening] * first + parts(found[len(opening) :], count - first)


def parts(found: Sequence[Candidate], count: int) -> list[Part]:
    """`count` runs of the candidates (fewer if there are fewer): neighbouring sections joined, the
    smallest first, or the largest cut in the middle."""
    made = [list(group) for _, group in groupby(found, key=lambda c: c.section)]
    while len(made) > count:
        at = min(range(len(made) - 1), key=lambda i: len(made[i]) + len(made[i + 1]))
        made[at : at + 2] = [made[at] + made[at + 1]]
    while len(made) < min(count, len(found)):
        at = max(range(len(made)), key=lambda i: len(made[i]))
        middle = len(made[at]) // 2
        made[at : at + 1] = [made[at][:middle], made[at][middle:]]
    return made


def chosen(
    made: Sequence[Part], vectors: Mapping[Candidate, Vector], together: int
) -> list[list[Candidate]]:
    """Of each part its best sentence that is not said elsewhere, first, and up to `together` in all
    that are akin to it."""
    leads: list[Candidate] = []
    of: list[Part] = []
    for part in made:
        fresh = [
            c for c in part if all(similarity(vectors[c], vectors[o]) <= MOST_AKIN for o in leads)
        ]
        # All said already: the part's best that is not chosen itself.
        left = fresh or [c for c in part if c not in leads]
        if left:
            leads.append(max(left, key=lambda c: novel(c, leads, vectors)))
            of.append(part)
    groups = []
    for lead, part in zip(leads, of, strict=True):
        near = [(similarity(vectors[lead], vectors[c]), c) for c in part if c not in leads]
        akin = [(s, c) for s, c in near if LEAST_AKIN <= s <= MOST_AKIN]
        akin.sort(key=lambda pair: -(pair[0] + pair[1].score))
        groups.append([lead, *(c for _, c in akin[: together - 1])])
    return groups
