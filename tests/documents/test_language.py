from __future__ import annotations

import pytest

from lionrock.documents.language import detect, to_simplified, to_traditional


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How long must records be kept?", "en"),
        ("紀錄須備存多久？", "zh-Hant"),
        ("记录须保存多久？", "zh-Hans"),
        ("啲紀錄要留幾耐㗎？", "yue"),
        ("我哋係咪要同客見面？", "yue"),
        ("CDD 紀錄要保存幾耐？", "yue"),
        ("What does 盡職審查 mean in the policy?", "en"),
        ("KYC 是什么？", "zh-Hans"),
        ("客戶可於十個工作天內提出申請。", "zh-Hant"),
        ("", "en"),
        ("12345", "en"),
    ],
)
def test_the_language_of_a_text_is_told(text: str, language: str) -> None:
    assert detect(text) == language


def test_simplified_is_written_as_hong_kong_prints_it() -> None:
    assert to_traditional("客户须在这里签署") == "客戶須在這裡簽署"


def test_traditional_text_is_left_as_it_is() -> None:
    assert to_traditional("客戶須核實身分，並存放於櫃枱。") == "客戶須核實身分，並存放於櫃枱。"


def test_folding_joins_both_scripts() -> None:
    assert to_simplified("銀行帳戶") == to_simplified("银行帐户")
