"""What two clauses differ in: substance is told, wording is not."""

from __future__ import annotations

import pytest

from lionrock.assist.checks import CheckName
from lionrock.assist.comparing.differing import differences


def found(a: str, b: str, *, same_language: bool = True) -> dict[str, tuple[list[str], list[str]]]:
    told = differences(a, b, same_language=same_language)
    return {d.name.value: (d.first, d.second) for d in told}


@pytest.mark.parametrize(
    ("a", "b", "name", "first", "second"),
    [
        ("Pay within 14 days.", "Pay within 10 days.", CheckName.FIGURES, "14 days", "10 days"),
        ("The fee is HK$500.", "The fee is HK$550.", CheckName.FIGURES, "HK$500", "HK$550"),
        ("It begins on 1 March 2026.", "It begins on 1 May 2026.", CheckName.DATES,
         "1 March 2026", "1 May 2026"),
        ("See section 12(3).", "See section 12(4).", CheckName.REFERENCES,
         "section 12(3)", "section 12(4)"),
        ("The bank must not disclose it.", "The bank must disclose it.", CheckName.NEGATION, "not", ""),
        ("The bank must report it.", "The bank may report it.", CheckName.DUTY, "must", "may"),
        ("The bank should report it.", "The bank must report it.", CheckName.DUTY, "should", "must"),
        ("The laws of Hong Kong apply.", "The laws of Singapore apply.", CheckName.NAMES,
         "Hong Kong", "Singapore"),
        ("銀行須保存五年。", "銀行須保存七年。", CheckName.FIGURES, "五年", "七年"),
        ("銀行不得披露資料。", "銀行須披露資料。", CheckName.NEGATION, "不得", ""),
        ("銀行必須申報。", "銀行可申報。", CheckName.DUTY, "必須", "可"),
    ],
)  # fmt: skip
def test_a_change_of_substance_is_told_with_the_words_of_both_sides(
    a: str, b: str, name: CheckName, first: str, second: str
) -> None:
    told = found(a, b)
    assert name in told
    assert first in (told[name][0] or [""]) and second in (told[name][1] or [""])


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The Client must pay within 14 days.", "Within 14 days the Client shall pay."),
        ("Neither party is liable for loss.", "No party is responsible for loss."),
        ("申請人須於14天內遞交表格。", "申請人必須在14天內交表。"),
        ("Records are kept for 5 years.", "Records are kept for five years."),
    ],
)
def test_other_words_for_the_same_are_no_difference(a: str, b: str) -> None:
    assert not found(a, b)


@pytest.mark.parametrize(
    ("a", "b", "name"),
    [
        ("Either party may give 30 days' notice.", "任何一方可給予60日通知。", CheckName.FIGURES),
        ("The Client must pay the fee.", "客戶可支付費用。", CheckName.DUTY),
        ("The Supplier must not disclose it.", "供應商可向第三方披露。", CheckName.NEGATION),
        ("It begins on 1 March 2026.", "由2026年4月1日起生效。", CheckName.DATES),
        ("As section 5 provides.", "根據第6條的規定。", CheckName.REFERENCES),
    ],
)
def test_across_languages_what_one_side_surely_does_not_say_is_told(
    a: str, b: str, name: CheckName
) -> None:
    assert name in found(a, b, same_language=False)
    assert name in found(b, a, same_language=False)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("It lasts twelve months from 1 March 2026.", "由2026年3月1日起，為期十二個月。"),
        ("Neither party is liable for indirect loss.", "雙方均無須就間接損失負責。"),
        ("The Client must pay HK$50,000 a month.", "客戶須每月支付港幣5萬元。"),
    ],
)
def test_a_faithful_translation_differs_in_nothing(a: str, b: str) -> None:
    assert not found(a, b, same_language=False)


def test_a_figure_of_a_reference_is_told_once() -> None:
    assert list(found("See section 12.", "See section 13.")) == ["references"]
