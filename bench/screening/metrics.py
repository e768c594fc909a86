"""Figures from scores: all by rank, ties counted against the engine."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Protocol


class Labelled(Protocol):
    @property
    def same(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class AtThreshold:
    recall: float
    fpr: float
    precision: float

    @property
    def f1(self) -> float:
        both = self.recall + self.precision
        return 2 * self.recall * self.precision / both if both else 0.0


def split(pairs: Sequence[Labelled], scores: Sequence[float]) -> tuple[list[float], list[float]]:
    """The scores of the right and of the wrong pairs, ascending."""
    right = sorted(s for p, s in zip(pairs, scores, strict=True) if p.same)
    wrong = sorted(s for p, s in zip(pairs, scores, strict=True) if not p.same)
    return right, wrong


def cut_at_fpr(pairs: Sequence[Labelled], scores: Sequence[float], rate: float) -> float:
    """The score that a pair must exceed so that at most `rate` of the wrong pairs pass."""
    _, wrong = split(pairs, scores)
    allowed = int(rate * len(wrong) + 1e-9)
    return wrong[-1 - allowed] if allowed < len(wrong) else float("-inf")


def recall_at_fpr(pairs: Sequence[Labelled], scores: Sequence[float], rate: float) -> float:
    """The highest recall whose threshold lets at most `rate` of the wrong pairs through.

    A right pair that scores the same as the first wrong pair that must not pass is not found.
    """
    right, _ = split(pairs, scores)
    cut = cut_at_fpr(pairs, scores, rate)
    return (len(right) - bisect_right(right, cut)) / len(right) if right else nan


def auc(pairs: Sequence[Labelled], scores: Sequence[float]) -> float:
    """Area under the ROC curve: how often a right pair outranks a wrong one, a tie being half."""
    right, wrong = split(pairs, scores)
    if not right or not wrong:
        return nan
    above = sum(bisect_left(wrong, s) + bisect_right(wrong, s) for s in right)
    return above / (2 * len(right) * len(wrong))


def at_threshold(
    pairs: Sequence[Labelled], scores: Sequence[float], threshold: float
) -> AtThreshold:
    """What passes when `threshold` itself passes."""
    right, wrong = split(pairs, scores)
    found = len(right) - bisect_left(right, threshold)
    passed = len(wrong) - bisect_left(wrong, threshold)
    return AtThreshold(
        recall=found / len(right) if right else nan,
        fpr=passed / len(wrong) if wrong else nan,
        precision=found / (found + passed) if found + passed else 0.0,
    )


def f1(pairs: Sequence[Labelled], scores: Sequence[float], threshold: float) -> float:
    return at_threshold(pairs, scores, threshold).f1
