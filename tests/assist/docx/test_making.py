"""New documents: both kinds of file hold the words, and text is never taken for markup."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pypdfium2 as pdfium
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.docx import Kind, making, segments
from lionrock.assist.docx.making import Block, Source, Span
from tests.assist.docx.office import pictured

LETTER = [
    making.paragraph("23 November 2026", align="right"),
    making.heading("Complaint 投訴", 1),
    Block((Span("Dear "), Span("[Name]", open=True), Span(",", bold=True))),
    making.table(("Stage", "Days"), [("First reply", "7")], (2, 1)),
    *making.sources(
        "Sources", [Source("Replies take 7 days.", "policy.pdf", 3, "within 7 days")], "en"
    ),
]


def text_of(pdf: bytes) -> str:
    with pdfium.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_a_word_file_is_read_back_as_it_was_made() -> None:
    found = segments(making.docx(LETTER, "en", "A letter"))
    assert [(s.kind, s.text) for s in found][:5] == [
        (Kind.PARAGRAPH, "23 November 2026"), (Kind.HEADING, "Complaint 投訴"),
        (Kind.PARAGRAPH, "Dear [Name],"), (Kind.CELL, "Stage"), (Kind.CELL, "Days"),
    ]  # fmt: skip
    assert [s.text for s in found][-4:] == [
        "1", "Replies take 7 days.", "policy.pdf\np. 3", "within 7 days",
    ]  # fmt: skip


def test_another_reader_of_word_files_opens_it() -> None:
    made = docx.Document(io.BytesIO(making.docx(LETTER, "zh-Hant", "信")))
    assert made.core_properties.title == "信"
    assert made.paragraphs[1].style.name == "Heading 1"
    assert made.tables[0].cell(1, 1).text == "7"
    defaults = made.styles.element.xml
    assert 'w:eastAsia="PMingLiU"' in defaults
    assert 'w:eastAsia="zh-HK"' in defaults


def test_the_same_blocks_are_the_same_bytes() -> None:
    assert making.docx(LETTER, "en", "A") == making.docx(LETTER, "en", "A")


def test_a_pdf_holds_the_words_in_both_scripts() -> None:
    text = text_of(making.pdf(LETTER, "A letter"))
    assert all(words in text for words in ("Complaint 投訴", "[Name]", "First reply", "policy.pdf"))
    assert "1 / 2" in text


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_the_text_it_stays_text(first: str, second: str) -> None:
    data = making.docx([Block((Span(first), Span(second, bold=True)))], "en", first)
    assert len(docx.Document(io.BytesIO(data)).paragraphs) == 1


def test_markup_of_typst_is_shown_as_it_is() -> None:
    hostile = '#read("/etc/passwd") $x$ *b* <a> @b \\ `c`'
    text = text_of(making.pdf([making.paragraph(hostile)], hostile))
    assert '#read("/etc/passwd")' in text
    assert "root:" not in text


def test_it_opens_in_an_office_program(tmp_path: Path) -> None:
    shown = pictured(making.docx(LETTER, "en", "A letter"), "made", tmp_path)
    assert "Complaint 投訴" in shown
    assert "policy.pdf" in shown
