"""What the first stage loses: pairs that compare() puts over the threshold and the index doesn't return."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from lionrock.screening.entities import Entity
from lionrock.screening.matching.compare import compare
from lionrock.screening.matching.index import EntityIndex
from lionrock.screening.matching.scoring import THRESHOLD
from screening.tasks import Pair

_ALL = 1_000_000


def measure(tasks: Mapping[str, Sequence[Pair]], entities: Sequence[Entity], folder: Path) -> float:
    """The share of the right pairs at or over the threshold that come back from among all of both.

    The index holds every listed side of every task's right pairs and all `entities`.
    """
    right = [(task, pair) for task, pairs in tasks.items() for pair in pairs if pair.same]
    fresh = [replace(pair.listed, id=f"right-{n}") for n, (_, pair) in enumerate(right)]
    EntityIndex.build([*fresh, *entities], folder)
    index = EntityIndex.open(folder)
    over: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for (task, pair), listed in zip(right, fresh, strict=True):
        if compare(pair.query, listed).score >= THRESHOLD:
            over[task] += 1
            hits = index.screen(pair.query, limit=_ALL)
            lost[task] += all(hit.entity_id != listed.id for hit in hits)
    print(f"{'right pairs':32} {'all':>5} {'over the threshold':>18} {'lost by the index':>17}")
    for task, pairs in tasks.items():
        print(f"{task:32} {sum(p.same for p in pairs):5} {over[task]:18} {lost[task]:17}")
    return 1 - lost.total() / over.total() if over else 1.0


def exhaustive(
    index: EntityIndex, entities: Sequence[Entity], queries: Sequence[Entity], sample: int
) -> float:
    """The same for a few queries against every entry, whatever it is; also that scores are equal."""
    over = lost = other = 0
    for query in Random(1).sample(list(queries), min(sample, len(queries))):
        scores = {e.id: compare(query, e).score for e in entities}
        expected = {key: s for key, s in scores.items() if s >= THRESHOLD}
        got = {hit.entity_id: hit.score for hit in index.screen(query, limit=_ALL)}
        over += len(expected)
        lost += len(expected.keys() - got.keys())
        other += len(got.keys() - expected.keys())
        other += sum(abs(got[k] - expected[k]) > 1e-6 for k in got.keys() & expected.keys())
    print(
        f"{sample} queries against all {len(entities)} entries one by one: {over} over the threshold,"
        f" {lost} lost by the index, {other} with another score"
    )
    return 1 - lost / over if over else 1.0
