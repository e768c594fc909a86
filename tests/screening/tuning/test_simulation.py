"""Shares, curves and distributions."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.screening.tuning.simulation import bins, curve, least

SCORES = st.lists(st.floats(0, 1), max_size=30)


def test_the_interval_is_wilsons() -> None:
    # R: prop.test(95, 100, correct = FALSE) gives 0.8882 to 0.9785.
    assert least(95, 100) == pytest.approx(0.8882, abs=1e-4)
    assert least(10, 10) == pytest.approx(0.7225, abs=1e-4)
    assert least(0, 10) == 0 and least(0, 0) == 0


def test_a_threshold_keeps_what_scores_as_much() -> None:
    decided = {"true-match": [0.9, 0.55], "false-positive": [0.6, 0.5], "inconclusive": [0.7]}
    points = {p.threshold: p for p in curve([0.4, 0.6], [0.0, 0.0, 0.7, 0.5], decided, [0.57])}
    at = points[0.57]
    assert (at.recall, at.customers_per_1000) == (0.5, 250.0)
    assert (at.true_kept, at.true_lost, at.false_raised, at.false_saved) == (1, 1, 1, 1)
    assert points[0.5].customers_per_1000 == 500.0


def test_of_nothing_nothing_is_said() -> None:
    assert all(p.recall is None and p.customers_per_1000 is None for p in curve([], [], {}))


@given(SCORES, SCORES, SCORES, SCORES)
def test_a_higher_threshold_finds_no_more_and_every_score_is_counted_once(
    variants: list[float], customers: list[float], true: list[float], false: list[float]
) -> None:
    decided = {"true-match": true, "false-positive": false}
    points = curve(variants, customers, decided)
    for lower, higher in pairwise(points):
        assert (lower.recall or 0) >= (higher.recall or 0)
        assert lower.true_kept >= higher.true_kept
        assert lower.true_kept + lower.true_lost == len(true)
    made = bins(variants, customers, decided)
    assert sum(b.variants for b in made) == len(variants)
    assert sum(b.decided_false for b in made) == len(false)


@pytest.mark.parametrize("twentieth", range(20))
def test_a_score_at_the_edge_of_a_bin_is_counted_in_it(twentieth: int) -> None:
    score = twentieth / 20
    made = bins([score], [round(score, 4)], {})
    assert [(b.least, b.variants, b.customers) for b in made if b.variants] == [(score, 1, 1)]
