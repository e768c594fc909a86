from __future__ import annotations

import pytest

from lionrock.gateway.pool.rates import LONGEST_RETRY_SECONDS, Rate, retry_after, together


def test_the_wait_is_what_is_ahead_at_the_measured_speed_and_one_place() -> None:
    rate = Rate()
    rate.served(tokens=1000, seconds=10)
    assert rate.wait(4000, at_once=1) == pytest.approx(50)
    assert rate.wait(4000, at_once=10) == pytest.approx(5)


def test_nothing_measured_promises_no_wait() -> None:
    assert Rate().wait(1e9, at_once=1) == 0 and not Rate().known


def test_the_speed_of_now_counts_more_than_that_of_long_ago() -> None:
    rate = Rate()
    for _ in range(50):
        rate.served(1000, 1)
    for _ in range(50):
        rate.served(1000, 10)
    assert 9 < rate.held() <= 10


def test_estimates_that_are_all_too_high_do_not_change_the_wait() -> None:
    true, high = Rate(), Rate()
    for _ in range(10):
        true.served(100, 2)
        high.served(1000, 2)
    assert true.wait(10 * 100, 1) == pytest.approx(high.wait(10 * 1000, 1))


def test_engines_that_serve_one_line_share_it() -> None:
    assert together([10, 10]) == pytest.approx(5)
    assert together([10, 30]) == pytest.approx(7.5)
    assert together([0, 30]) == 0
    assert together([]) == float("inf")


@pytest.mark.parametrize(
    ("wait", "patience", "told"),
    [(0, 0, 1), (30, 10, 20), (30.2, 0, 31), (5, 60, 1), (1e9, 1, 600), (float("inf"), 1, 600)],
)
def test_retry_after_is_whole_seconds_within_limits(
    wait: float, patience: float, told: int
) -> None:
    assert retry_after(wait, patience) == told <= LONGEST_RETRY_SECONDS
