"""From scores to shares and curves. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import Final

from lionrock.screening.tuning.facts import GRID, Bin, Point

_Z: Final = 1.959964
WIDTH: Final = 0.05
_WIDTH: Final = 500
"""The same in ten-thousandths, to which scores are told: 0.15 / 0.05 is 2.99 in floating point."""


def least(found: int, tried: int) -> float:
    """Lower end of the 95 % interval of a share (Wilson, JASA 22, 1927); 0 where nothing was tried."""
    if tried == 0:
        return 0.0
    share, z2 = found / tried, _Z * _Z
    middle = share + z2 / (2 * tried)
    spread = _Z * sqrt(share * (1 - share) / tried + z2 / (4 * tried * tried))
    return round(max(0.0, (middle - spread) / (1 + z2 / tried)), 4)


def curve(
    variants: Sequence[float], customers: Sequence[float], decided: Mapping[str, Sequence[float]],
    extra: Iterable[float] = (),
) -> list[Point]:  # fmt: skip
    """A point for each threshold of the grid, and those of `extra`.

    `variants`: each one's score against its own entry. `customers`: the best score of each that was
    sampled. `decided`: the best score of each alert, by disposition.
    """
    true, false = decided.get("true-match", ()), decided.get("false-positive", ())
    points = []
    for threshold in sorted({*GRID, *(round(t, 4) for t in extra)}):
        hit = _reach(customers, threshold)
        points.append(
            Point(
                threshold=threshold,
                recall=round(_reach(variants, threshold) / len(variants), 4) if variants else None,
                customers_per_1000=round(1000 * hit / len(customers), 1) if customers else None,
                true_kept=_reach(true, threshold),
                true_lost=len(true) - _reach(true, threshold),
                false_raised=_reach(false, threshold),
                false_saved=len(false) - _reach(false, threshold),
            )
        )
    return points


def bins(
    variants: Sequence[float], pairs: Sequence[float], decided: Mapping[str, Sequence[float]]
) -> list[Bin]:
    """Counts of scores, 20 bins."""
    columns = (variants, pairs, decided.get("true-match", ()), decided.get("false-positive", ()))
    counts = [[0] * 20 for _ in columns]
    for column, scores in zip(counts, columns, strict=True):
        for score in scores:
            column[min(round(score * 10_000) // _WIDTH, 19)] += 1
    return [
        Bin(
            least=round(n * WIDTH, 2), variants=counts[0][n], customers=counts[1][n],
            decided_true=counts[2][n], decided_false=counts[3][n],
        )
        for n in range(20)
    ]  # fmt: skip


def _reach(scores: Sequence[float], threshold: float) -> int:
    return sum(score >= threshold for score in scores)
