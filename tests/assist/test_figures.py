from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.figures import unsupported


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("紀錄須備存五年", "Records are kept for at least five years."),
        ("The fee is HK$115.", "電匯收費：115元"),
        ("By 12 November 2024", "須於2024年11月12日前提交"),
        ("25% or more", "百分之二十五或以上"),
    ],
)
def test_a_figure_carried_over_is_supported(claim: str, source: str) -> None:
    assert unsupported(claim, source) == set()


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("紀錄須備存十年", "Records are kept for at least five years."),
        ("within 30 months", "within 30 days"),
        ("HK$80,000", "HK$8,000"),
        ("每年百分之五", "the fee is HK$5"),
    ],
)
def test_a_changed_figure_or_unit_is_not(claim: str, source: str) -> None:
    assert unsupported(claim, source)


@given(st.text(max_size=300))
def test_any_text_supports_itself(text: str) -> None:
    assert unsupported(text, text) == set()
