"""Counters and histograms tell how many and how much, and not of one."""

from __future__ import annotations

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from lionrock.kernel.telemetry import tallies
from lionrock.kernel.telemetry.tallies import Spread, Tally

BOUNDS = (1.0, 4.0, 16.0)


def spread(step: float = 1.0) -> Spread:
    return Spread("s", "", ("model",), BOUNDS, step)


def test_a_count_is_kept_for_each_combination_of_labels() -> None:
    tally = Tally("t", "", ("model", "outcome"))
    tally.add("m", "finished")
    tally.add("m", "finished")
    tally.add("m", "failed")
    assert dict(tally.told()) == {("m", "finished"): 2, ("m", "failed"): 1}


def test_a_counter_without_labels_is_told_from_the_start() -> None:
    assert list(Tally("t", "").told()) == [((), 0)]


def test_a_value_on_a_bound_counts_under_it() -> None:
    one = spread()
    one.see(4.0, "m")
    (cell,) = one.told()
    assert cell.upto == [(1.0, 0), (4.0, 1), (16.0, 1), (float("inf"), 1)]


def test_a_sum_does_not_tell_the_size_of_one_call() -> None:
    one = spread(step=1000)
    one.see(1234, "m")
    (before,) = one.told()
    one.see(77, "m")
    (after,) = one.told()
    assert (before.sum, after.sum) == (1000, 1000)
    for _ in range(100):
        one.see(77, "m")
    (later,) = one.told()
    assert later.sum == 9000, "and over many it is right to a step"


@given(st.lists(st.floats(0, 100)), st.sampled_from([1.0, 10.0]))
def test_buckets_add_up_and_the_sum_is_never_a_step_off(values: list[float], step: float) -> None:
    one = spread(step)
    for value in values:
        one.see(value, "m")
    for cell in one.told():
        counts = [count for _, count in cell.upto]
        assert counts == sorted(counts) and counts[-1] == len(values)
        assert counts[0] == sum(bisect_left(BOUNDS, v) == 0 for v in values)
        assert cell.sum % step == 0 and -1e-6 <= sum(values) - cell.sum <= step + 1e-6


def test_labels_beyond_reason_are_put_together(monkeypatch: object) -> None:
    tally, many = Tally("t", "", ("model",)), spread()
    for number in range(tallies._MOST + 10):
        tally.add(str(number))
        many.see(1, str(number))
    assert len(dict(tally.told())) == tallies._MOST + 1
    assert dict(tally.told())[("other",)] == 10
    assert len(list(many.told())) == tallies._MOST + 1
