"""A Word document in segments: what is read, in which order, of what kind, and what is refused."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from lionrock.assist.docx import Kind, segments
from lionrock.errors import UnreadableDocument
from tests.assist.docx.wordfiles import NAMESPACES, para, run, word


def texts(data: bytes) -> list[str]:
    return [segment.text for segment in segments(data)]


def test_a_document_comes_in_reading_order_each_paragraph_by_its_kind() -> None:
    made = docx.Document()
    made.add_heading("Credit policy", 1)
    made.add_paragraph("All lending.")
    made.add_paragraph("a bullet", style="List Bullet")
    table = made.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Rating", "Review"
    table.cell(0, 1).add_table(rows=1, cols=1).cell(0, 0).text = "inside"
    made.add_paragraph("Last.")
    made.sections[0].header.paragraphs[0].text = "Top"
    made.sections[0].footer.paragraphs[0].text = "Foot"
    out = io.BytesIO()
    made.save(out)
    assert [(s.kind, s.level, s.text) for s in segments(out.getvalue())] == [
        (Kind.HEADING, 1, "Credit policy"),
        (Kind.PARAGRAPH, 0, "All lending."),
        (Kind.ITEM, 0, "a bullet"),
        (Kind.CELL, 0, "Rating"),
        (Kind.CELL, 0, "Review"),
        (Kind.CELL, 0, "inside"),
        (Kind.PARAGRAPH, 0, "Last."),
        (Kind.HEADER, 0, "Top"),
        (Kind.FOOTER, 0, "Foot"),
    ]


def test_notes_are_segments_but_their_line_is_not() -> None:
    notes = (
        f'<w:footnotes {NAMESPACES}><w:footnote w:type="separator" w:id="0">{para(run("line"))}'
        '</w:footnote><w:footnote w:id="1">'
        f"{para('<w:r><w:footnoteRef/></w:r>', run(' See above.'))}</w:footnote></w:footnotes>"
    )
    ends = (
        f'<w:endnotes {NAMESPACES}><w:endnote w:id="1">{para(run("End."))}</w:endnote></w:endnotes>'
    )
    found = segments(word(para(run("Text.")), footnotes=notes, endnotes=ends))
    assert [(s.kind, s.text) for s in found] == [
        (Kind.PARAGRAPH, "Text."), (Kind.FOOTNOTE, "See above."), (Kind.ENDNOTE, "End."),
    ]  # fmt: skip


BOX = (
    '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><wps:txbx>'
    "<w:txbxContent>{0}</w:txbxContent></wps:txbx></wp:anchor></w:drawing></mc:Choice>"
    "<mc:Fallback><w:pict><w:txbxContent>{0}</w:txbxContent></w:pict></mc:Fallback>"
    "</mc:AlternateContent></w:r>"
)


def test_a_text_box_is_read_once() -> None:
    found = segments(word(para(BOX.format(para(run("boxed"))), run("around"))))
    assert [(s.kind, s.text) for s in found] == [(Kind.PARAGRAPH, "around"), (Kind.BOX, "boxed")]


def test_tracked_changes_count_as_accepted() -> None:
    deleted_row = (
        f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{para(run('gone'))}</w:tc></w:tr></w:tbl>"
    )
    found = texts(
        word(
            para(
                run("The limit is "),
                f"<w:del><w:r><w:delText>ten</w:delText></w:r></w:del><w:ins>{run('twenty')}</w:ins>",
                f"<w:moveFrom>{run(' moved')}</w:moveFrom><w:moveTo>{run(' there')}</w:moveTo>",
            )
            + deleted_row
        )
    )
    assert found == ["The limit is twenty there"]


def test_what_must_come_back_has_a_mark() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> REF x </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>12</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    note = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    link = f'<w:hyperlink r:id="rId1">{run("the Ordinance")}</w:hyperlink>'
    [segment] = segments(
        word(
            para(run("See section "), field, run(" of "), link, run(", which"), note, run(" says."))
        )
    )
    assert segment.text == "See section ⟦1⟧ of ⟦2⟧the Ordinance⟦/2⟧, which⟦3⟧ says."
    assert [(r.text, r.mark) for r in segment.runs if r.mark] == [("12", 1), ("", 3)]


def test_a_note_at_the_end_keeps_its_place_without_a_mark() -> None:
    note = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    assert texts(word(para(run("It says so. "), note))) == ["It says so."]


def test_a_link_around_all_needs_no_mark_and_one_that_shows_its_address_is_one() -> None:
    whole = para(f'<w:hyperlink r:id="rId1">{run("Contents")}</w:hyperlink>')
    address = para(
        run("Visit "), f'<w:hyperlink r:id="rId1">{run("www.gov.hk")}</w:hyperlink>', run(" now")
    )
    assert texts(word(whole + address)) == ["Contents", "Visit ⟦1⟧ now"]


def test_words_of_another_format_are_marked_only_where_asked() -> None:
    [segment] = segments(
        word(
            para(run("It is "), run("most", "<w:b/>"), run(" urgent", "<w:b/>"), run(" to us all"))
        )
    )
    assert segment.text == "It is most urgent to us all"
    assert segment.marked == "It is ⟦1⟧most urgent⟦/1⟧ to us all"
    assert [(r.text, r.bold) for r in segment.runs if r.text.strip()] == [
        ("It is", False), ("most", True), ("urgent", True), ("to us all", False),
    ]  # fmt: skip


def test_runs_that_look_alike_are_one() -> None:
    parts = para(run("One ", '<w:lang w:val="en-GB"/>'), run("sent", "<w:noProof/>"), run("ence."))
    assert [s.marked for s in segments(word(parts))] == ["One sentence."]


def test_brackets_of_the_document_itself_are_not_taken_for_marks() -> None:
    [segment] = segments(word(para(run("a ⟦1⟧ b"))))
    assert segment.text == "a ⟦1⟧1⟦2⟧ b"


def test_a_field_that_goes_on_below_leaves_its_words_to_be_reworded() -> None:
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    assert texts(word(para(begin, run("Scope")) + para(run("Terms"), end))) == ["Scope", "Terms"]


def test_a_content_control_is_read_and_one_bound_to_data_stays_as_it_is() -> None:
    free = f"<w:sdt><w:sdtPr/><w:sdtContent>{run('here')}</w:sdtContent></w:sdt>"
    bound = (
        "<w:sdt><w:sdtPr><w:dataBinding/></w:sdtPr>"
        f"<w:sdtContent>{run('Ann')}</w:sdtContent></w:sdt>"
    )
    block = f"<w:sdt><w:sdtContent>{para(run('A block.'))}</w:sdtContent></w:sdt>"
    assert texts(word(para(run("Write "), free, run(" to "), bound, run(".")) + block)) == [
        "Write ⟦1⟧here⟦/1⟧ to ⟦2⟧.", "A block.",
    ]  # fmt: skip


def test_hidden_words_and_paragraphs_without_words_are_no_segments() -> None:
    assert texts(
        word(para(run("secret", "<w:vanish/>"), run("shown")) + para() + para(run("  ")))
    ) == ["shown"]


BILLION = '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a complete ZIP"),
        (b"PK\x03\x04 and no more", "not a complete ZIP"),
        (b"\xd0\xcf\x11\xe0" * 100, "not a complete ZIP"),
    ],
)
def test_what_is_no_word_document_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        segments(data)


def packed(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (packed(other=b"x"), "no document body"),
        (packed(word__document_xml=b"<w:document"), "is not XML"),
        (packed(word__document_xml=BILLION.encode() + b"<w>&b;</w>"), "document type"),
        (packed(word__document_xml=b"<w/>", big=b"\0" * 2**25), "unpacks to more"),
    ],
)
def test_hostile_packages_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        segments(data)


def test_two_parts_of_one_name_are_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(UnreadableDocument, match="two of its parts have one name"):
        segments(made.getvalue())
