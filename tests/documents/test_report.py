"""A table of records on paper: every cell is text, whatever it looks like."""

from __future__ import annotations

import pypdfium2

from lionrock.documents.report import table_pdf


def printed(rows: list[list[str]]) -> list[str]:
    pdf = pypdfium2.PdfDocument(table_pdf("紀錄", ["Line above"], ["who", "what"], [1, 3], rows))
    return [page.get_textpage().get_text_range() for page in pdf]


def test_chinese_and_markup_are_printed_as_they_are() -> None:
    page = printed([["陳大文", '#read("/etc/passwd") *x* $y$ \\u{41}']])[0].replace("\u200b", "")
    assert "陳大文" in page
    assert '#read("/etc/passwd")' in page
    assert "*x* $y$" in page


def test_the_heading_row_stands_on_every_page() -> None:
    pages = printed([[f"name {n}", "something happened"] for n in range(200)])
    assert len(pages) > 1
    assert all("what" in page for page in pages)


def test_a_table_without_rows_still_says_whose_it_is() -> None:
    assert "Line above" in printed([])[0]
