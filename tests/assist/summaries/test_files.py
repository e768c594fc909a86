"""A summary as a file."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import docx
import openpyxl
import pytest

from lionrock.assist.schemas import Origin
from lionrock.assist.summaries.choices import Shape
from lionrock.assist.summaries.files import markdown, workbook
from lionrock.assist.summaries.schemas import Line, Summary
from lionrock.documents.citations import Citation

ID = UUID(int=1)


def summary(shape: Shape, *lines: Line, language: str = "en") -> Summary:
    quote = Citation(
        document_id=ID,
        version_id=ID,
        document="paper.md",
        page=3,
        boxes=[],
        quote="The | words\nsaid.",
    )
    return Summary(
        documents=["paper.md"], shape=shape, language=language, lines=list(lines),  # type: ignore[arg-type]
        citations=[quote], model=None, notes=["A note."], uncovered=["2. Costs"], kept_out=[quote],
    )  # fmt: skip


def line(text: str, **more: str) -> Line:
    return Line(text=text, origin=Origin.QUOTED, cites=[0], **more)  # type: ignore[arg-type]


def test_a_paragraph_is_running_text_with_its_sources() -> None:
    told = markdown(summary(Shape.PARAGRAPH, line("First."), line("Second.")))
    assert "First. [1] Second. [1]" in told
    assert "1. paper.md, Page 3: “The \\| words said.”" in told
    assert "- A note." in told and "- 2. Costs" in told


def test_a_brief_is_numbered() -> None:
    assert "1. First. [1]\n2. Second. [1]" in markdown(
        summary(Shape.BRIEF, line("First."), line("Second."))
    )


@pytest.mark.parametrize(
    ("shape", "head"),
    [
        (
            Shape.TABLE,
            "| No. | Point | How it came about | Document | Page | Words of the source |",
        ),
        (Shape.CHRONOLOGY, "| No. | Date | Point |"),
        (Shape.BILINGUAL, "| No. | English | Traditional Chinese |"),
    ],
)
def test_the_others_are_tables(shape: Shape, head: str) -> None:
    told = markdown(summary(shape, line("First.", date="2026-01-02", pair="第一。")))
    assert head in told
    assert told.count("| 1 |") == 1


def test_words_of_a_document_are_no_mark_up() -> None:
    told = markdown(summary(Shape.PARAGRAPH, line("<script>alert(1)</script> *x* [a](b)")))
    assert "<script>" not in told and "\\*x\\*" in told and "\\[a](b)" in told


def test_a_chronology_is_a_workbook_that_runs_nothing() -> None:
    made = workbook(summary(Shape.CHRONOLOGY, line("=1+1", date="2026-01-02")))
    sheet = openpyxl.load_workbook(BytesIO(made)).worksheets[0]
    head, row = sheet.iter_rows(values_only=True)
    assert head[:3] == ("No.", "Date", "Point")
    assert row[:3] == (1, "2026-01-02", "'=1+1")
    assert row[-2:] == ("3", "The | words\nsaid.")


def test_a_chinese_summary_is_told_in_chinese() -> None:
    assert "# 摘要: paper" in markdown(summary(Shape.BRIEF, line("一。"), language="zh-Hant"))
    assert "已剔除" in markdown(summary(Shape.BRIEF, line("一。"), language="zh-Hans"))


@pytest.mark.parametrize("shape", list(Shape))
async def test_every_shape_is_a_word_document_and_a_pdf(shape: Shape) -> None:
    made = summary(shape, line("第一句。", date="2026-01-02", pair="First."), language="zh-Hant")
    word = docx.Document(BytesIO(await made.file(None, "docx")))  # type: ignore[arg-type]
    cells = [c.text for t in word.tables for row in t.rows for c in row.cells]
    assert "第一句。" in [p.text.removeprefix("1. ") for p in word.paragraphs] + cells
    assert "The | words\nsaid." in cells
    assert (await made.file(None, "pdf")).startswith(b"%PDF")  # type: ignore[arg-type]
