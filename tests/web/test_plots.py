from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lionrock.web.plots import Axis, Plot, by_powers, counted

PERCENT = Axis("share", 0, 1, [(0, "0%"), (1, "100%")])
SCORES = Axis("score", 0, 1, [(0, "0"), (1, "1")])


def plot(across: Axis = SCORES, up: Axis = PERCENT) -> Plot:
    return Plot("p", "A plot", "told", across, up)


def test_the_corners_of_the_plot_are_the_ends_of_its_axes() -> None:
    made = plot()
    assert (made.x(0), made.x(1)) == (made.left, made.right)
    assert (made.y(0), made.y(1)) == (made.bottom, made.top)


def test_a_line_goes_through_its_points_and_marks_those_it_is_told_to() -> None:
    made = plot()
    made.line("first", [(0, 0, "none"), (0.5, 1, "all")], marked=[1])
    (line,) = made.lines
    middle = (made.left + made.right) / 2
    assert line.points == f"{float(made.left)},{float(made.bottom)} {middle},{float(made.top)}"
    assert [d.marked for d in line.dots] == [False, True]


def test_a_bar_stands_on_the_axis_and_nothing_is_drawn_of_nothing() -> None:
    made = plot(up=counted("count", 10, str))
    made.bar("first", 0.2, 0.4, 5, "five")
    made.bar("first", 0.4, 0.6, 0, "none")
    (bar,) = made.bars
    assert bar.y + bar.height == made.bottom
    assert bar.height == pytest.approx((made.bottom - made.top) / 2)


def test_the_words_of_near_marks_are_one_above_the_other() -> None:
    made = plot()
    for value in (0.5, 0.55, 0.6, 0.9):
        made.mark(value, str(value))
    first, second, third, far = (m.text_y for m in made.marks)
    assert first == third == far and second < first


def test_a_note_that_would_lie_on_another_is_left_out() -> None:
    made = plot()
    made.line("first", [(0.5, 0.5, ""), (0.51, 0.5, ""), (0.8, 0.5, "")])
    for dot in made.lines[0].dots:
        made.note(dot, "50.0%", below=True)
    assert len(made.notes) == 2


@given(st.integers(0, 10**7))
@example(100_001)
def test_an_axis_of_counts_reaches_its_most_in_few_whole_steps(most: int) -> None:
    axis = counted("count", most, str)
    assert axis.most >= most and axis.most < max(1, most) * 2.5
    assert 2 <= len(axis.ticks) <= 6
    assert all(value == int(value) for value, _ in axis.ticks)


@given(st.floats(0, 1000))
def test_an_axis_by_powers_keeps_the_order_of_values(most: float) -> None:
    axis = by_powers("customers", most, str)
    parts = [axis.part(value) for value in (0, axis.most / 3, axis.most / 2, axis.most)]
    assert parts == sorted(parts) and (parts[0], parts[-1]) == (0, 1)
    assert all(0 <= axis.part(value) <= 1 for value, _ in axis.ticks)
