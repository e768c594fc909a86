from __future__ import annotations

import pytest

from lionrock.models.progress import VERIFYING, Meter, Progress


def test_progress_is_told_at_most_ten_times_a_second_and_never_goes_back() -> None:
    seen: list[Progress] = []
    now = [0.0]
    meter = Meter(1000, seen.append, clock=lambda: now[0])
    for step, done in enumerate([0, 10, 300, 250, 400, 2000]):
        now[0] = step * 0.06
        meter.update(done, "here")
    assert [p.done for p in seen] == [0, 300, 400]
    now[0] = 5.0
    meter.update(2000, "here")
    assert seen[-1].done == 1000


def test_speed_counts_only_bytes_that_came_since_the_start() -> None:
    seen: list[Progress] = []
    now = [0.0]
    meter = Meter(10_000, seen.append, clock=lambda: now[0])
    meter.update(5_000, "here")
    now[0] = 1.0
    meter.update(5_500, "here")
    assert [p.bytes_per_second for p in seen] == [0.0, 500.0]


def test_speed_is_smoothed_and_follows_a_change() -> None:
    seen: list[Progress] = []
    meter = Meter(10_000, seen.append, clock=lambda: float(len(seen)))
    for done in (0, 100, 200, 1200):
        meter.update(done, "here")
    assert 100 < seen[-1].bytes_per_second < 1000
    assert seen[2].bytes_per_second == pytest.approx(100)


def test_the_end_is_always_told() -> None:
    seen: list[Progress] = []
    meter = Meter(None, seen.append, clock=lambda: 0.0)
    meter.update(1, "here")
    meter.finish(7, VERIFYING)
    assert seen[-1] == Progress(7, 7, 0.0, VERIFYING)
