"""A text as segments and together again: nothing is lost, and the shape stays."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.translate.segmenting import Block, joined, of_passages, of_text, segments
from lionrock.documents.schemas import Passage


@given(st.text(st.sampled_from("ab1.。! \n\t#-(）一、"), max_size=80))
def test_nothing_of_a_text_is_lost(text: str) -> None:
    back = joined(segments(of_text(text)), "en")
    assert "".join(back.split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "# Heading\n\nOne. Two.\n\n- first\n- second\n\n(a) item\n1.2 Paragraph",
        "> quoted\n\n(一) 項目\n\n完。",
        "A line\nand another",
    ],
)
def test_a_text_without_translations_is_itself(text: str) -> None:
    assert joined(segments(of_text(text)), "en") == text


def test_what_stands_before_the_words_is_no_part_of_a_segment() -> None:
    found = segments(of_text("## Duties\n\n(a) Report. Keep records.\n\n2.1 Train staff."))
    assert [(s.lead, s.source) for s in found] == [
        ("## ", "Duties"), ("(a) ", "Report."), ("", "Keep records."), ("2.1 ", "Train staff."),
    ]  # fmt: skip


def test_a_paragraph_with_marks_stays_whole() -> None:
    [one] = segments([Block("word/document.xml#1", "paragraph", "See ⟦1⟧. Then ⟦2⟧go⟦/2⟧.")])
    assert one.source == "See ⟦1⟧. Then ⟦2⟧go⟦/2⟧."


def passage(text: str, heading: str, *slices: tuple[int, int, int]) -> Passage:
    return Passage(
        id=uuid4(), version_id=uuid4(), document_id=uuid4(), document="d", ordinal=0,
        kind="paragraph", number="", heading=heading, language="en", text=text, slices=list(slices),
    )  # fmt: skip


def test_headings_are_said_once_and_a_paragraph_over_two_pages_is_one() -> None:
    first, second = "Banks must report all", "breaches. At once."
    found = of_passages(
        [
            passage(f"{first} {second}", "1 Duties › 1.1 Reports", (1, 0, len(first)), (2, 0, len(second))),
            passage("Keep records.", "1 Duties › 1.2 Records", (2, 30, 43)),
        ]
    )  # fmt: skip
    assert [(b.kind, b.lead + b.text, b.page) for b in found] == [
        ("heading", "# 1 Duties", 1),
        ("heading", "## 1.1 Reports", 1),
        ("paragraph", "Banks must report all breaches. At once.", 1),
        ("heading", "## 1.2 Records", 2),
        ("paragraph", "Keep records.", 2),
    ]
