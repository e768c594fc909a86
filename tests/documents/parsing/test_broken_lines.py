from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lionrock.documents.parsing.broken_lines import joined, line_width, runs_on

ENGLISH = """
1.1 A licensed firm must keep the records of each
customer for five years after the relationship has
ended, in a form that the regulator can read without
help. The records may be kept
electronically.
(a) They are kept apart from those of other firms; and
(b) nobody changes them.
""".strip().splitlines()

CHINESE = [
    "第一條客戶的身分證明文件及交易紀錄須自業務關係結束之日起計最少保存五年並",
    "須以監管機構可以閱讀的形式保存。",
]


def test_a_text_of_broken_lines_tells_how_wide_they_are() -> None:
    assert line_width(ENGLISH * 6) == 54


def test_a_text_of_whole_paragraphs_is_not_broken() -> None:
    whole = [
        "A short paragraph that ends.",
        "Another one: with a label.",
        "Heading",
        "(a) an item;",
    ] * 20
    assert line_width(whole) == 0
    assert line_width(ENGLISH) == 0, "too few to tell"
    assert line_width(["word " * 60, "and more " * 40] * 30) == 0, "nobody prints lines as long"


def test_a_sentence_goes_on_in_the_next_line_and_a_label_begins_anew() -> None:
    ends = [not runs_on(a, b, 52) for a, b in pairwise(ENGLISH)]
    assert ends == [False, False, False, False, True, True]


def test_below_a_short_line_only_a_small_letter_goes_on() -> None:
    assert not runs_on("Customer risk", "An FI should assess it.", 52)
    assert runs_on("the laws of Hong Kong;", "or", 52)
    assert not runs_on("It has ended.", "s.26, Cap. 486", 52)


def test_chinese_lines_are_joined_without_a_blank() -> None:
    above, below = CHINESE
    assert runs_on(above, below, len(above)) and not runs_on(below, above, len(above))
    assert "最少保存五年並須以監管機構" in joined(above, below)


def test_a_word_cut_at_its_hyphen_is_put_together() -> None:
    assert joined("an AMLO-", "licensed firm ") == "an AMLO-licensed firm"


@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, 60))
def test_any_two_lines_are_told_apart_or_joined_and_nothing_of_them_is_lost(
    above: str, below: str, width: int
) -> None:
    if runs_on(above, below, width):
        assert "".join(joined(above, below).split()) == "".join(f"{above}{below}".split())
