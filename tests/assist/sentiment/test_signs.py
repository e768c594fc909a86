from __future__ import annotations

import pytest

from lionrock.assist.sentiment import polarity
from lionrock.assist.sentiment.signs import (
    Sign,
    SignKind,
    Urgency,
    complains,
    needs_care,
    signs,
    urgency,
)
from lionrock.assist.sentiment.words import units


def found(text: str) -> list[Sign]:
    taken = units(text)
    return signs(text, taken, polarity.matches(taken))


def what(text: str) -> set[tuple[str, str]]:
    return {(s.what, s.words) for s in found(text)}


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("I want to make a formal complaint.", ("says", "complaint")),
        ("我要投訴貴行。", ("says", "我要投訴")),
        ("请退款给我。", ("redress", "退款")),
        ("再係咁我就去金管局。", ("outside", "金管局")),
        ("I was charged twice in May.", ("wrong", "charged twice")),
        ("Please reply within 3 days.", ("deadline", "within 3 days")),
        ("我張卡畀人呃咗錢", ("loss", "畀人呃")),
        ("登入唔到，點算？", ("locked", "登入唔到")),
        ("My mother is 72 years old.", ("age", "72 years old")),
        ("家母今年83歲", ("age", "83歲")),
        ("He was diagnosed with dementia.", ("health", "dementia")),
        ("丈夫上月過身", ("life", "過身")),
        ("那是我的畢生積蓄", ("resilience", "畢生積蓄")),
        ("我唔識用手機", ("capability", "唔識用手機")),
    ],
)
def test_a_sign_is_shown_with_its_very_words(text: str, sign: tuple[str, str]) -> None:
    assert sign in what(text)
    for one in found(text):
        assert text[one.start : one.end] == one.words


def test_what_is_taken_back_is_no_complaint() -> None:
    assert not complains(found("唔係投訴，想問下開放時間。"))
    assert not complains(found("This is not a complaint."))
    assert complains(found("No one listened. This is a complaint."))


def test_only_ages_from_65_are_a_sign() -> None:
    assert not what("My son is 12 years old; the shop is 64 years old; 300 years old.")


def test_urgency_is_high_for_money_a_life_or_two_things_at_once() -> None:
    assert urgency(found("The branch is nice.")) is Urgency.NONE
    assert urgency(found("Please reply by Friday.")) is Urgency.RAISED
    assert urgency(found("This is urgent, reply by Friday.")) is Urgency.HIGH
    assert urgency(found("My account has been hacked.")) is Urgency.HIGH


def test_a_life_at_risk_needs_care_too() -> None:
    text = "我唔想做人"
    assert needs_care(found(text)) and urgency(found(text)) is Urgency.HIGH
    assert {s.kind for s in found(text)} == {SignKind.URGENCY}


def test_a_plain_question_has_no_sign() -> None:
    assert found("請問星期六幾點開門？ What are your opening hours?") == []
