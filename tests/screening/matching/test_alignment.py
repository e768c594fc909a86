from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.screening.matching.alignment import align


def test_what_fits_is_paired_in_order_and_the_rest_stays_alone() -> None:
    weights = [[5.0, -9.0], [-9.0, -9.0], [-9.0, 4.0]]
    total, pairs = align(weights, [-1.0] * 3, [-1.0] * 2)
    assert total == 8.0
    assert pairs == [(0, 0), (1, None), (2, 1)]


def test_crossing_pairs_are_not_both_taken() -> None:
    total, _ = align([[-9.0, 5.0], [5.0, -9.0]], [-1.0] * 2, [-1.0] * 2)
    assert total == 3.0


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), max_size=4))
def test_the_sum_is_that_of_the_pairs(rows: list[list[int]]) -> None:
    weights = [[float(w) for w in row] for row in rows]
    gaps = [-1.0] * len(weights), [-2.0] * 3
    total, pairs = align(weights, *gaps)
    found = sum(
        weights[i][j] if i is not None and j is not None else -1.0 if j is None else -2.0
        for i, j in pairs
    )
    assert total == pytest.approx(found)
    assert [i for i, _ in pairs if i is not None] == list(range(len(weights)))
    assert [j for _, j in pairs if j is not None] == [0, 1, 2]
