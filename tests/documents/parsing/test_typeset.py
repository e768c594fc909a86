"""The reading copy: our text exactly, on pages, every character with its place."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.documents.parsed import Box, ParsedDocument
from lionrock.documents.parsing.flow import Flow, FlowBlock, heading, item, paragraph, row
from lionrock.documents.parsing.typeset import reading_copy, typeset
from lionrock.errors import UnreadableDocument
from tests.documents.parsing.making import check, word_box

LOREM = "The bank must keep every record of its customers for the time that the law sets. "


def copied(blocks: list[FlowBlock], title: str = "") -> ParsedDocument:
    document = typeset(Flow(title, blocks), "text/plain", "stem", lambda _done, _total: None)
    check(document)
    assert [document.text_of(b) for b in document.blocks] == [b.text for b in blocks]
    return document


def test_blocks_keep_their_kind_level_and_number() -> None:
    document = copied(
        [
            *heading("1. Scope 範圍", 2),
            *paragraph("4.1.6 Text."),
            *item("•", "a bullet", 2),
            *row(["Fee", "HK$50", ""]),
            *paragraph("¹ A note.", "footnote"),
        ]
    )
    assert [(b.kind, b.level, b.number) for b in document.blocks] == [
        ("heading", 2, "1"),
        ("paragraph", 0, "4.1.6"),
        ("item", 2, ""),
        ("row", 0, ""),
        ("footnote", 0, ""),
    ]
    assert document.reading_copy is not None and document.reading_copy.startswith(b"%PDF")


def test_cantonese_and_hkscs_characters_survive() -> None:
    copied(paragraph("嘅喺咗啲哋嚟冇唔㗎揾 𠵱家 我哋嘅客戶"))


def test_text_is_never_markup() -> None:
    copied(
        [
            *paragraph(
                "#let x = 1 *bold* _em_ $x^2$ `raw` @label <tag> \\ \"quote\" 'it' -- --- ..."
            ),
            *paragraph('#image("/etc/passwd") #read("/etc/passwd") = Not a heading'),
            *row(["#x", "[y]", "{z}"]),
        ]
    )


def test_glyphs_the_font_lacks_do_not_shift_the_boxes_of_others() -> None:
    plain = copied(paragraph("before and after the word Counterparty here"))
    odd = copied(paragraph("before 😀👩‍🚀 مرحبا and after the word Counterparty here"))
    there, here = (word_box(d.pages[0], "Counterparty") for d in (plain, odd))
    assert here.x0 > there.x0 and abs((here.x1 - here.x0) - (there.x1 - there.x0)) < 0.001


def test_a_document_of_nothing_but_unknown_glyphs_still_has_its_text() -> None:
    assert copied(paragraph("😀😀")).pages[0].text == "😀😀"


def test_a_long_paragraph_runs_over_pages_and_reads_as_one() -> None:
    document = copied(paragraph(LOREM * 120))
    assert len(document.pages) > 1 and len(document.blocks[0].slices) == len(document.pages)


def test_a_long_chinese_paragraph_runs_over_pages_and_reads_as_one() -> None:
    assert len(copied(paragraph("本行須保存客戶紀錄，" * 600)).pages) > 1


def test_a_word_longer_than_any_line_is_kept_whole() -> None:
    copied(paragraph("http://example.org/" + "a" * 400))


def test_cells_stand_beside_each_other_and_wide_tables_are_still_read() -> None:
    document = copied([*row(["left", "right"]), *paragraph(LOREM), *row(str(n) for n in range(30))])
    left, right = (word_box(document.pages[0], word) for word in ("left", "right"))
    assert right.x0 > left.x1 + 0.05 and abs(right.y0 - left.y0) < 0.002


def test_a_document_without_text_is_refused_as_empty() -> None:
    with pytest.raises(UnreadableDocument, match="it is empty: it holds no text"):
        copied([])


@pytest.mark.parametrize(
    ("named", "title"),
    [
        ("Annual report", "Annual report"),
        ("Microsoft Word - draft2.doc", "First heading"),
        ("untitled", "First heading"),
        ("", "First heading"),
    ],
)
def test_the_title_is_the_metadata_s_if_sensible_else_the_first_heading(
    named: str, title: str
) -> None:
    assert copied(heading("First heading", 1), named).title == title
    assert copied(paragraph("Text only."), "").title == "stem"


def test_the_box_of_a_word_is_where_the_word_is(tmp_path: Path) -> None:
    document = copied([*paragraph(LOREM * 5), *heading("Fees 收費", 1), *paragraph(LOREM)])
    page = document.pages[0]
    fees, chinese = word_box(page, "Fees"), word_box(page, "收費")
    assert fees.x1 <= chinese.x0 + 0.001 and fees.y0 == chinese.y0
    assert Box(0.1, 0.05, 0.6, 0.4).joined(fees) == Box(0.1, 0.05, 0.6, 0.4)


TEXTS = st.text(
    st.one_of(
        st.sampled_from("abc the 客戶嘅 一、 (a) 12.5% . , - – “” / é ﬁ"),
        st.characters(exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=60,
)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.builds(paragraph, TEXTS),
            st.builds(heading, TEXTS, st.integers(1, 6)),
            st.builds(item, st.sampled_from(["•", "1.", "(a)"]), TEXTS, st.integers(1, 3)),
            st.builds(row, st.lists(TEXTS, max_size=10)),
            st.builds(lambda text, n: paragraph(text * n), TEXTS, st.integers(20, 60)),
        ),
        max_size=12,
    )
)
def test_whatever_the_blocks_hold_their_text_comes_back_exactly(
    made: list[list[FlowBlock]],
) -> None:
    blocks = [block for part in made for block in part]
    if blocks:
        copied(blocks)


def test_no_column_is_narrower_than_its_longest_word() -> None:
    rows = [block for line in (
        ("Service", "服務", "Currency", "Fee", "Basis", "Notes 備註"),
        ("Coin deposit over 500 coins", "存入超過500枚硬幣", "percentage", "2.00%", "of the amount", "Minimum HKD 50"),
    ) for block in row(line)]  # fmt: skip
    document = pypdfium2.PdfDocument(reading_copy(rows, "fees"))
    page = document[0].get_textpage()
    try:
        currency, fee = (page.search(word).get_next() for word in ("percentage", "2.00%"))
        end = page.get_charbox(currency[0] + currency[1] - 1)[2]
        assert end < page.get_charbox(fee[0])[0]
    finally:
        page.close()
        document.close()
