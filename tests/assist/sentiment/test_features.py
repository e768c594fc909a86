from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.sentiment.features import BITS, LONGEST, bounded, features


def test_the_same_text_has_the_same_numbers_in_either_script() -> None:
    one, other = features("服務態度很差，等了很久！"), features("服务态度很差，等了很久！")
    for (a, n), (b, m) in zip(one.blocks, other.blocks, strict=True):
        assert np.array_equal(a, b) and np.array_equal(n, m)
    assert np.array_equal(one.dense, other.dense)


def test_numbers_are_one_word_whatever_they_are() -> None:
    words = [features(f"rose {n} percent").blocks[1][0].tolist() for n in ("12", "3.5")]
    assert words[0] == words[1]


@given(st.text())
def test_any_text_has_finite_numbers_within_bounds(text: str) -> None:
    made = features(text)
    assert np.isfinite(made.dense).all()
    for places, counts in made.blocks:
        assert len(places) == len(counts)
        assert ((places >= 0) & (places < 2**BITS)).all() and (counts >= 1).all()


def test_a_long_text_is_read_at_both_ends() -> None:
    assert len(bounded("a" * 9000 + "z" * 9000)) == LONGEST + 1
    assert bounded("a" * 9000 + "z").startswith("a") and bounded("a" * 9000 + "z").endswith("z")
