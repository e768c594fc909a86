from __future__ import annotations

import pytest

from lionrock.assist.support import failures, script_holds

QUOTE = "Records must be kept for at least five years after the business relationship ends."
DENIAL = "Staff must not accept gifts worth more than HK$500."


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Records must be kept for at least five years.", QUOTE),
        ("紀錄須在業務關係結束後備存最少五年。", QUOTE),
        ("Staff must not accept gifts above HK$500.", DENIAL),
        ("員工不得接受價值超過500元的禮物。", DENIAL),
        ("面容比對分數低於80分的會被拒絕。", "面容比對分數低於80分者一律拒絕。"),
    ],
)
def test_a_faithful_sentence_passes(sentence: str, quote: str) -> None:
    assert failures(sentence, quote, "") == []


@pytest.mark.parametrize(
    ("sentence", "quote", "check"),
    [
        ("Records must be kept for ten years.", QUOTE, "figures_hold"),
        ("紀錄須備存五個月。", QUOTE, "figures_hold"),
        ("Records must not be kept for five years.", QUOTE, "negation_holds"),
        ("Staff may accept gifts worth HK$500.", DENIAL, "negation_holds"),
        ("員工可接受500元的禮物。", DENIAL, "negation_holds"),
        ("Records must be kept under FATF for five years.", QUOTE, "names_hold"),
        ("Bananas are tasty yellow fruit eaten by monkeys.", QUOTE, "words_hold"),
        ("容差比對低於80分者拒絕。", "面容比對分數低於80分者一律拒絕。", "words_hold"),
    ],
)
def test_an_unfaithful_sentence_is_named_by_the_check_it_fails(
    sentence: str, quote: str, check: str
) -> None:
    assert check in failures(sentence, quote, "")


def test_the_question_said_again_is_no_answer() -> None:
    question = "How long must records be kept?"
    assert "not_an_echo" in failures("How long must records be kept", QUOTE, question)


def test_a_figure_the_asker_said_may_be_repeated() -> None:
    assert failures("Cap. 615 requires records for five years.", QUOTE, "Cap. 615 records?") == []


@pytest.mark.parametrize(
    ("sentence", "language", "holds"),
    [
        ("紀錄須備存五年。", "zh-Hant", True),
        ("记录须保存五年。", "zh-Hant", False),
        ("记录须保存五年。", "zh-Hans", True),
        ("紀錄須備存五年。", "zh-Hans", False),
        ("CDD 紀錄須備存五年。", "yue", True),
        ("Five years.", "zh-Hant", False),
        ("Five years.", "en", True),
        ("五年。", "en", False),
    ],
)
def test_the_script_asked_for_is_the_script_given(
    sentence: str, language: str, holds: bool
) -> None:
    assert script_holds(sentence, language) is holds
