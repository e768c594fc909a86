from __future__ import annotations

import pytest

from lionrock.assist.questions import Kind, asked_for, offers


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How long must records be kept?", Kind.DURATION),
        ("紀錄要留幾耐？", Kind.DURATION),
        ("多少个工作日内回复？", Kind.DURATION),
        ("How much is an outward transfer?", Kind.AMOUNT),
        ("電匯收費幾多？", Kind.AMOUNT),
        ("百分之幾的股權算實益擁有人？", Kind.PERCENT),
        ("Who approves high-risk customers?", Kind.PERSON),
        ("邊個批核高風險客戶？", Kind.PERSON),
        ("When does the policy take effect?", Kind.DATE),
        ("合同何时生效？", Kind.DATE),
        ("Can staff accept gifts?", Kind.YES_NO),
        ("員工可唔可以收禮物？", Kind.YES_NO),
        ("What is the capital of France?", Kind.OTHER),
        ("什麼是實益擁有人？", Kind.OTHER),
    ],
)
def test_what_a_question_asks_for(question: str, kind: Kind) -> None:
    assert asked_for(question) is kind


@pytest.mark.parametrize(
    ("kind", "text", "holds"),
    [
        (Kind.DURATION, "for at least five years", True),
        (Kind.DURATION, "reviewed annually", True),
        (Kind.DURATION, "kept in the vault", False),
        (Kind.PERCENT, "25% or more", True),
        (Kind.PERCENT, "25 or more", False),
        (Kind.AMOUNT, "HK$115 per item", True),
        (Kind.AMOUNT, "the fee is waived", True),
        (Kind.AMOUNT, "within five years", False),
        (Kind.PERSON, "approved by the MLRO", True),
        (Kind.PERSON, "the sky is blue", False),
        (Kind.DATE, "from 1 March 2026", True),
        (Kind.DATE, "the sky is blue", False),
        (Kind.OTHER, "anything", True),
    ],
)
def test_whether_a_text_offers_it(kind: Kind, text: str, holds: bool) -> None:
    assert offers(kind, text) is holds
