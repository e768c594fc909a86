"""What the retrieval sets share: halves, samples, measures, tables."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from vectors import Vectors


@dataclass(frozen=True, slots=True)
class Options:
    vectors: Vectors | None
    sample: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the places of what answers it."""

    id: str
    question: str
    gold: frozenset[int]


def digest(id: str) -> bytes:
    return hashlib.sha256(id.encode()).digest()


def half(id: str) -> int:
    """0: half A. 1: half B."""
    return digest(id)[-1] % 2


def sampled(asked: Sequence[Asked], count: int) -> list[Asked]:
    ordered = sorted(asked, key=lambda a: digest(a.id))
    return ordered[:count] if count else ordered


def recall(hits: Sequence[bool], gold: int) -> float:
    return sum(hits[:10]) / gold


def precision(hits: Sequence[bool], gold: int) -> float:
    """Average precision at 10, as the ObliQA shared task counts it."""
    found = [sum(hits[: n + 1]) / (n + 1) for n, hit in enumerate(hits[:10]) if hit]
    return sum(found) / min(gold, 10)


def measured(asked: Sequence[Asked], ranked: Sequence[Sequence[int]]) -> dict[str, float]:
    """Recall@10, MAP@10 and hit@1, of all and of each half."""
    halves = {"": (0, 1), " A": (0,), " B": (1,)}
    found: dict[str, float] = {}
    for name, wanted in halves.items():
        rows = [
            ([place in a.gold for place in r[:10]], len(a.gold))
            for a, r in zip(asked, ranked, strict=True) if half(a.id) in wanted
        ]  # fmt: skip
        count = max(1, len(rows))
        found["R@10" + name] = sum(recall(h, g) for h, g in rows) / count
        found["MAP@10" + name] = sum(precision(h, g) for h, g in rows) / count
        found["hit@1" + name] = sum(bool(h and h[0]) for h, _ in rows) / count
    return found


def line(name: str, found: dict[str, float], *measures: str) -> None:
    cells = [
        f"{m} {found[m]:.3f} ({found[m + ' A']:.3f} / {found[m + ' B']:.3f})" for m in measures
    ]
    print(f"  {name:<44} {'   '.join(cells)}", flush=True)
