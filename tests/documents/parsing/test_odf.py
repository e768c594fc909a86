"""OpenDocument text, sheets and slides."""

from __future__ import annotations

from pathlib import Path

import pytest

from lionrock.documents.parsing.odp import parse_odp
from lionrock.documents.parsing.ods import parse_ods
from lionrock.documents.parsing.odt import parse_odt
from lionrock.errors import UnreadableDocument
from tests.documents.parsing.packing import opendocument, written

HEAD = 'presentation:class="title"'


def text(folder: Path, body: str, styles: str = "") -> list[tuple[str, int, str]]:
    path = written(folder, "a.odt", opendocument("text", body, styles))
    return [(b.kind, b.level, b.text) for b in parse_odt(path).blocks]


def test_headings_paragraphs_and_spaces(tmp_path: Path) -> None:
    found = text(
        tmp_path,
        '<text:h text:outline-level="2">政策 Policy</text:h>'
        "<text:p>One<text:s/>two<text:tab/>three<text:line-break/><text:span>four</text:span></text:p>",
    )
    assert found == [("heading", 2, "政策 Policy"), ("paragraph", 0, "One two three four")]


def test_lists_are_labelled_as_their_style_prints_them(tmp_path: Path) -> None:
    level = '<text:list-level-style-number text:level="{}" style:num-format="{}" {}/>'
    styles = (
        '<text:list-style style:name="L">'
        + level.format(1, "1", 'style:num-suffix="."')
        + level.format(2, "a", 'style:num-prefix="(" style:num-suffix=")"')
        + "</text:list-style>"
    )
    inner = "<text:list><text:list-item><text:p>inner</text:p></text:list-item></text:list>"
    body = (
        '<text:list text:style-name="L">'
        f"<text:list-item><text:p>one</text:p>{inner}</text:list-item>"
        "<text:list-item><text:p>two</text:p><text:p>more of two</text:p></text:list-item>"
        '</text:list><text:list text:style-name="L"><text:list-item><text:p>anew</text:p>'
        "</text:list-item></text:list>"
        "<text:list><text:list-item><text:p>plain</text:p></text:list-item></text:list>"
    )
    assert text(tmp_path, body, styles=styles) == [
        ("item", 1, "1. one"), ("item", 2, "(a) inner"), ("item", 1, "2. two"),
        ("paragraph", 0, "more of two"), ("item", 1, "1. anew"), ("item", 1, "• plain"),
    ]  # fmt: skip


def test_numbered_headings_bear_their_numbers(tmp_path: Path) -> None:
    outline = (
        '<text:outline-style><text:outline-level-style text:level="1" style:num-format="1"/>'
        '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/>'
        "</text:outline-style>"
    )
    body = "".join(
        f'<text:h text:outline-level="{n}">{name}</text:h>'
        for n, name in ((1, "A"), (2, "B"), (2, "C"))
    )
    assert [t for _, _, t in text(tmp_path, body, styles=outline)] == ["1 A", "1.1 B", "1.2 C"]


def test_a_footnote_follows_its_paragraph_and_deletions_and_comments_are_left_out(
    tmp_path: Path,
) -> None:
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>See s. 5.</text:p></text:note-body></text:note>"
    )
    found = text(
        tmp_path,
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>Gone.</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>"
        f"<text:p>Kept{note}.<office:annotation><text:p>Remark</text:p></office:annotation></text:p>",
    )
    assert found == [("paragraph", 0, "Kept¹."), ("footnote", 0, "¹ See s. 5.")]


def test_tables_in_tables_and_text_boxes_are_read_where_they_stand(tmp_path: Path) -> None:
    def table(*cells: str) -> str:
        inner = "".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in cells)
        return f"<table:table><table:table-row>{inner}</table:table-row></table:table>"

    p = "<text:p>{}</text:p>".format
    box = f"<draw:frame><draw:text-box>{p('In a box.')}</draw:text-box></draw:frame>"
    found = text(
        tmp_path,
        f"<text:p>Above.<text:span>{box}</text:span></text:p>{table(p('a'), table(p('b'), p('c')))}",
    )
    assert found == [
        ("paragraph", 0, "Above."), ("paragraph", 0, "In a box."), ("row", 0, "a  b c"),
    ]  # fmt: skip


def test_a_table_of_contents_is_told_apart(tmp_path: Path) -> None:
    body = (
        "<text:table-of-content><text:index-body><text:index-title><text:p>Contents</text:p>"
        "</text:index-title><text:p>1 Fees 3</text:p></text:index-body></text:table-of-content>"
    )
    assert text(tmp_path, body) == [("toc", 0, "1 Fees 3")]


def test_a_sheet_gives_each_cell_as_it_was_shown(tmp_path: Path) -> None:
    cell = "<table:table-cell {}><text:p>{}</text:p></table:table-cell>".format
    rows = (
        f"<table:table-row>{cell('', 'Fee')}<table:table-cell/>{cell('', 'HK$115.00')}"
        '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        f'<table:table-row table:number-rows-repeated="2">{cell("", "twice")}</table:table-row>'
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
    )
    unseen = (
        '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    )
    made = opendocument(
        "spreadsheet",
        f'<table:table table:name="收費">{rows}</table:table>'
        f'<table:table table:name="Hidden" table:style-name="h">{rows}</table:table>',
        styles=unseen,
    )
    blocks = parse_ods(written(tmp_path, "a.ods", made)).blocks
    assert [b.text for b in blocks] == ["收費", "Fee  HK$115.00", "twice", "twice"]
    assert blocks[1].cells == ("Fee", "", "HK$115.00")


@pytest.mark.parametrize("what", ["rows", "columns"])
def test_a_sheet_that_repeats_its_content_without_end_is_refused(tmp_path: Path, what: str) -> None:
    rows, columns = ("999999", "1") if what == "rows" else ("1", "999999")
    made = opendocument(
        "spreadsheet",
        f'<table:table table:name="T"><table:table-row table:number-rows-repeated="{rows}">'
        f'<table:table-cell table:number-columns-repeated="{columns}"><text:p>x</text:p>'
        "</table:table-cell></table:table-row></table:table>",
    )
    with pytest.raises(UnreadableDocument, match=f"more than .* {what}"):
        parse_ods(written(tmp_path, "a.ods", made))


def test_slides_have_titles_text_and_notes_and_hidden_ones_are_left_out(tmp_path: Path) -> None:
    def slide(title: str, style: str = "") -> str:
        frame = (
            "<draw:frame {}><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>".format
        )
        notes = frame('presentation:class="notes"', f"Notes to {title}")
        return (
            f'<draw:page draw:style-name="{style}">{frame("", "Body.")}'
            f"{frame(HEAD, title)}"
            f"<draw:g><draw:custom-shape><text:p>Grouped.</text:p></draw:custom-shape></draw:g>"
            f"<presentation:notes>{notes}</presentation:notes></draw:page>"
        )

    unseen = (
        '<style:style style:name="h"><style:drawing-page-properties presentation:visibility="hidden"/>'
        "</style:style>"
    )
    made = opendocument("presentation", slide("One") + slide("Two", "h"), styles=unseen)
    blocks = parse_odp(written(tmp_path, "a.odp", made)).blocks
    assert [b.text for b in blocks] == [
        "Slide 1: One", "Body.", "Grouped.", "Notes", "Notes to One",
    ]  # fmt: skip


def test_a_file_with_a_password_is_refused_as_such(tmp_path: Path) -> None:
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    )
    made = opendocument("text", "", more={"META-INF/manifest.xml": manifest})
    with pytest.raises(UnreadableDocument, match="password-protected"):
        parse_odt(written(tmp_path, "a.odt", made))
