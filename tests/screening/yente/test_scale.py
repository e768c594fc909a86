"""Scores on yente's scale: the engine's threshold is 0.70 there, and order stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import InvalidInput
from lionrock.screening.matching.scoring import THRESHOLD
from lionrock.screening.yente import scale

SCORES = st.floats(0.001, 0.999)


def test_the_engines_threshold_is_where_yentes_clients_put_theirs() -> None:
    assert scale.shown(THRESHOLD) == pytest.approx(0.70)
    assert scale.asked(0.70) == pytest.approx(THRESHOLD)


@given(SCORES, SCORES)
def test_order_stays_and_the_way_back_leads_home(a: float, b: float) -> None:
    assert (scale.shown(a) < scale.shown(b)) == (a < b)
    assert scale.own(scale.shown(a)) == pytest.approx(a)
    assert 0 < scale.shown(a) < 1


@pytest.mark.parametrize("wrong", [0.0, 0.1, 1.0, -1.0, 2.0])
def test_a_threshold_out_of_range_is_refused(wrong: float) -> None:
    with pytest.raises(InvalidInput):
        scale.asked(wrong)
