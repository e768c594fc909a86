from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.documents.sentences import sentences


def split(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Keep records. Review them yearly.", ["Keep records.", "Review them yearly."]),
        (
            "See para. 4.1.6 of the policy. It applies.",
            ["See para. 4.1.6 of the policy.", "It applies."],
        ),
        ("客戶須簽署。銀行保存副本！是否？", ["客戶須簽署。", "銀行保存副本！", "是否？"]),
        ("他說：「可以。」然後離開。", ["他說：「可以。」", "然後離開。"]),
        ("4.1. Records must be kept.", ["4.1. Records must be kept."]),
        ("e.g. Passports are accepted.", ["e.g. Passports are accepted."]),
        ("First line\nSecond line", ["First line", "Second line"]),
        ("Rate is 3.5 per cent. Next.", ["Rate is 3.5 per cent.", "Next."]),
        ("", []),
        ("   \n ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, parts: list[str]) -> None:
    assert split(text) == parts


@given(st.text(alphabet="ab A.。！？;\n 1，,:客戶的", max_size=600))
def test_no_character_is_lost_or_doubled(text: str) -> None:
    ranges = sentences(text)
    assert all(a < b for a, b in ranges)
    assert all(first[1] <= second[0] for first, second in pairwise(ranges))
    covered = "".join(text[a:b] for a, b in ranges)
    assert "".join(covered.split()) == "".join(text.split())


def test_a_very_long_sentence_is_cut_at_its_commas() -> None:
    text = ", ".join(f"item number {i} of the list" for i in range(60)) + "."
    assert len(split(text)) > 2
    assert max(map(len, split(text))) <= 400
