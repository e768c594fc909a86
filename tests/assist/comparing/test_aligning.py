"""Which clause answers which, on vectors made for it."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.comparing.aligning import Told, _between, _greedy, _margins, _weighed


def told(*vectors: list[float], figures: tuple[int, ...] = (), number: str = "") -> list[Told]:
    made = np.array(vectors, np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return [Told(v, True, number, frozenset(figures)) for v in made]  # type: ignore[arg-type]


def weights(a: list[Told], b: list[Told]) -> np.ndarray[Any, Any]:
    return _weighed(_margins(a, b), a, b)


def test_the_nearest_of_each_other_are_a_pair() -> None:
    sides = told([1, 0, 0], [0, 1, 0], [0, 0, 1]), told([0, 1, 0.1], [0.1, 0, 1], [1, 0.1, 0])
    assert sorted(_greedy(weights(*sides), 1.1)) == [(0, 2), (1, 0), (2, 1)]


def test_shared_figures_and_numbers_speak_for_a_pair_and_other_figures_against() -> None:
    plain = weights(told([1, 0.5]), told([1, 0]))[0, 0]
    shared = weights(told([1, 0.5], figures=(14,)), told([1, 0], figures=(14, 30)))[0, 0]
    other = weights(told([1, 0.5], figures=(14,)), told([1, 0], figures=(30,)))[0, 0]
    numbered = weights(told([1, 0.5], number="4.1"), told([1, 0], number="4.1"))[0, 0]
    assert other < plain < numbered < shared


def test_two_clauses_alone_are_no_pair_by_being_nearest() -> None:
    like = told([1, 0.2]), told([1, 0.1])
    unlike = told([1, 0.2]), told([0.3, 1])
    assert _greedy(weights(*like), 1.1) == [(0, 0)]
    assert not _greedy(weights(*unlike), 1.1)


def test_between_two_pairs_in_order_only_what_stands_there_is_offered() -> None:
    allowed = _between({0: 0, 3: 3}, [1, 2, 4], [1, 2, 4])
    assert allowed.tolist() == [[True, True, False], [True, True, False], [False, False, True]]


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32 - 1), st.floats(-1, 1))
def test_nothing_is_paired_twice(n: int, m: int, seed: int, least: float) -> None:
    weights = np.random.default_rng(seed).uniform(-1, 1, (n, m)).astype(np.float32)
    pairs = _greedy(weights, least)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(weights[i, j] >= least for i, j in pairs)
