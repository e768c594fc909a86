"""Presentations: slides in the order they are shown in, with their notes, tables and groups."""

from __future__ import annotations

from pathlib import Path

from lionrock.documents.parsing.pptx import parse_pptx
from tests.documents.parsing.packing import presentation, shape, words, written


def read(folder: Path, data: bytes) -> list[tuple[str, int, str]]:
    return [(b.kind, b.level, b.text) for b in parse_pptx(written(folder, "a.pptx", data)).blocks]


def test_slides_come_in_the_order_of_their_list_each_under_its_number_and_title(
    tmp_path: Path,
) -> None:
    made = presentation(
        [
            shape(words("監管 Overview"), "title") + shape(words("First."), "body"),
            shape(words("Free text.")),
        ]
    )
    assert read(tmp_path, made) == [
        ("heading", 1, "Slide 1: 監管 Overview"),
        ("item", 1, "• First."),
        ("heading", 1, "Slide 2"),
        ("paragraph", 0, "Free text."),
    ]


def test_notes_stand_under_their_slide(tmp_path: Path) -> None:
    notes = shape(words("Say this."), "body") + shape(words("7"), "sldNum")
    made = presentation([shape(words("One"), "title"), shape(words("Two"), "title")], {0: notes})
    assert [text for _, _, text in read(tmp_path, made)] == [
        "Slide 1: One", "Notes", "Say this.", "Slide 2: Two",
    ]  # fmt: skip


def test_a_table_is_rows_and_text_in_groups_is_read(tmp_path: Path) -> None:
    cells = "".join(
        f"<a:tc><a:txBody>{words(text)}</a:txBody></a:tc>" for text in ("Fee", "HK$115")
    )
    table = (
        "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tr>"
        f"{cells}</a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )
    group = f"<p:grpSp><p:grpSpPr/><p:grpSp>{shape(words('Within.'))}</p:grpSp></p:grpSp>"
    assert read(tmp_path, presentation([table + group]))[1:] == [
        ("row", 0, "Fee  HK$115"),
        ("paragraph", 0, "Within."),
    ]


def test_counted_items_are_counted_and_a_list_below_starts_anew(tmp_path: Path) -> None:
    def counted(text: str, level: int) -> str:
        return words(text, f'<a:pPr lvl="{level}"><a:buAutoNum type="arabicPeriod"/></a:pPr>')

    inner = counted("a", 0) + counted("b", 1) + counted("c", 0) + counted("d", 1)
    found = read(
        tmp_path, presentation([shape(inner + words("e", "<a:pPr><a:buNone/></a:pPr>"), "")])
    )
    assert found[1:] == [
        ("item", 1, "1. a"), ("item", 2, "1. b"), ("item", 1, "2. c"), ("item", 2, "1. d"),
        ("paragraph", 0, "e"),
    ]  # fmt: skip


def test_hidden_slides_dates_and_slide_numbers_are_left_out(tmp_path: Path) -> None:
    made = presentation(
        [shape(words("Shown")), shape(words("Hidden"))
         , shape(words("3 May"), "dt") + shape(words("3"), "sldNum")],
        hidden=(1,),
    )  # fmt: skip
    assert [text for _, _, text in read(tmp_path, made)] == ["Slide 1", "Shown", "Slide 3"]


def test_the_newer_of_two_versions_of_a_shape_is_read(tmp_path: Path) -> None:
    both = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{shape(words('New.'))}</mc:Choice>"
        f"<mc:Fallback>{shape(words('Old.'))}</mc:Fallback></mc:AlternateContent>"
    )
    assert [text for _, _, text in read(tmp_path, presentation([both]))] == ["Slide 1", "New."]
