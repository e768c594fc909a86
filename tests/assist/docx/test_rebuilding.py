"""New words in a Word document: what stays, what is mapped, what is never lost."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.docx import lost_marks, rebuilt, segments
from lionrock.errors import UnreadableDocument
from tests.assist.docx.test_segments import BOX
from tests.assist.docx.wordfiles import NAMESPACES, W, body, looks, para, run, tags, word, xml

NOTE = (
    '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteReference w:id="1"/></w:r>'
)
LINK = f'<w:hyperlink r:id="rId1">{run("the Ordinance", "<w:u/>")}</w:hyperlink>'


def reworded(data: bytes, *new: str, **how: str) -> bytes:
    """The document with these texts in its first segments."""
    ids = [segment.id for segment in segments(data)]
    return rebuilt(data, dict(zip(ids, new, strict=False)), **how)  # type: ignore[arg-type]


def test_the_same_texts_give_the_same_document() -> None:
    made = docx.Document()
    made.add_heading("Policy", 1)
    made.add_paragraph("All lending.")
    out = io.BytesIO()
    made.save(out)
    data = out.getvalue()
    again = rebuilt(data, {segment.id: segment.text for segment in segments(data)})
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(io.BytesIO(again)) as new:
        assert old.namelist() == new.namelist()
        assert all(old.read(name) == new.read(name) for name in old.namelist())


def test_only_the_part_with_new_words_is_written_anew() -> None:
    header = f"<w:hdr {NAMESPACES}>{para(run('Top'))}</w:hdr>"
    data = word(para(run("One.")) + para(run("Two.")), header1=header)
    again = reworded(data, "一。")
    assert xml(again, "header1") == header
    assert [s.text for s in segments(again)] == ["一。", "Two.", "Top"]


def test_style_numbering_and_place_in_the_table_stay() -> None:
    style = '<w:pStyle w:val="Heading1"/><w:numPr><w:numId w:val="2"/></w:numPr>'
    table = f"<w:tbl><w:tr><w:tc>{para(run('Rating'))}</w:tc></w:tr></w:tbl>"
    again = reworded(word(para(run("Scope"), properties=style) + table), "範圍", "評級")
    first = body(again)[0][0]
    assert tags(first[0]) == ["pStyle", "numPr"]
    assert tags(body(again)[0]) == ["p", "tbl"]
    assert [s.text for s in segments(again)] == ["範圍", "評級"]


def test_marks_come_back_where_the_new_words_have_them() -> None:
    data = word(para(run("See "), LINK, run(" here"), NOTE, run(" too.")))
    again = reworded(data, "亦見此處⟦2⟧的⟦1⟧條例⟦/1⟧。")
    paragraph = body(again)[0][0]
    assert tags(paragraph) == ["pPr", "r", "r", "r", "hyperlink", "r"]
    assert "".join(paragraph.itertext()) == "亦見此處的條例。"
    assert 'r:id="rId1"' in xml(again)
    assert "FootnoteReference" in xml(again)
    assert lost_marks("亦見此處⟦2⟧的⟦1⟧條例⟦/1⟧。", segments(data)[0].text) == []


def test_a_lost_mark_goes_to_the_end_and_is_told() -> None:
    data = word(para(run("See "), LINK, run(" here"), NOTE, run(" too.")))
    again = reworded(data, "亦見此處。")
    assert tags(body(again)[0][0]) == ["pPr", "r", "hyperlink", "r"]
    assert "".join(body(again).itertext()) == "亦見此處。the Ordinance"
    assert "footnoteReference" in xml(again)
    assert lost_marks("亦見此處。", segments(data)[0].text) == ["⟦1⟧", "⟦2⟧"]


@pytest.mark.parametrize(
    "text", ["⟦1⟧見⟦1⟧⟦/1⟧⟦2⟧⟦2⟧", "⟦9⟧見⟦/2⟧⟦1⟧", "⟦/1⟧⟦ 2 ⟧見⟦1⟧", "⟦1見⟦2⟧⟧"]
)
def test_marks_that_make_no_sense_lose_nothing(text: str) -> None:
    data = word(para(run("See "), LINK, run(" here"), NOTE, run(" too.")))
    paragraph = body(reworded(data, text))[0][0]
    assert len(list(paragraph.iter(f"{{{W}}}hyperlink"))) == 1
    assert len(list(paragraph.iter(f"{{{W}}}footnoteReference"))) == 1


def test_a_field_comes_back_whole() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>3</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    again = reworded(word(para(run("Page "), field)), "第⟦1⟧頁")
    kinds = [node.get(f"{{{W}}}fldCharType") for node in body(again).iter(f"{{{W}}}fldChar")]
    assert kinds == ["begin", "separate", "end"]
    assert "".join(body(again).itertext()) == "第 PAGE 3頁"


def test_a_link_made_of_field_characters_stays_around_its_words() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "x"</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("here")}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    data = word(para(run("Click "), field, run(" now")))
    assert segments(data)[0].text == "Click ⟦1⟧here⟦/1⟧ now"
    assert segments(reworded(data, "按⟦1⟧此⟦/1⟧"))[0].text == "按⟦1⟧此⟦/1⟧"


def test_bookmarks_and_comments_stay_around_the_words() -> None:
    data = word(
        para(
            '<w:bookmarkStart w:id="1" w:name="x"/><w:commentRangeStart w:id="1"/>', run("Scope"),
            '<w:bookmarkEnd w:id="1"/><w:commentRangeEnd w:id="1"/>',
            '<w:r><w:commentReference w:id="1"/></w:r>',
        )
    )  # fmt: skip
    assert tags(body(reworded(data, "範圍"))[0][0]) == [
        "pPr", "bookmarkStart", "commentRangeStart", "r", "bookmarkEnd", "commentRangeEnd", "r",
    ]  # fmt: skip


def test_tracked_changes_of_a_changed_paragraph_are_accepted_and_of_others_kept() -> None:
    tracked = f"<w:del><w:r><w:delText>ten</w:delText></w:r></w:del><w:ins>{run('twenty')}</w:ins>"
    again = reworded(word(para(run("Now "), tracked) + para(run("Then "), tracked)), "現為二十")
    first, second = body(again)[0]
    assert tags(first) == ["pPr", "r"]
    assert tags(second) == ["pPr", "r", "del", "ins"]


def test_the_format_of_marked_words_is_theirs() -> None:
    data = word(para(run("It is "), run("most", "<w:b/>"), run(" urgent to us")))
    assert looks(reworded(data, "此事⟦1⟧最⟦/1⟧急")) == [
        [("此", ""), ("事", ""), ("最", "b"), ("急", "")]
    ]


def test_unmarked_words_take_the_format_most_had_and_a_figure_keeps_its_own() -> None:
    data = word(
        para(
            run("Pay "), run("$500", "<w:b/>"), run(" or "), run("leave", "<w:i/>"), run(" at once")
        )
    )
    [letters] = looks(reworded(data, "請付 $500 或離開"))
    assert "".join(letter for letter, look in letters if look == "b") == "$500"
    assert {look for letter, look in letters if letter not in "$500"} == {""}
    [twice] = looks(reworded(data, "付 $500，即 $500"))
    assert {look for _, look in twice} == {""}
    [longer] = looks(reworded(data, "付 $5000"))
    assert {look for _, look in longer} == {""}


def test_chinese_has_a_chinese_face_and_its_language() -> None:
    style = '<w:rStyle w:val="Strong"/><w:rFonts w:ascii="Arial"/><w:sz w:val="24"/><w:specVanish/>'
    again = reworded(word(para(run("Scope", style))), "範圍", language="zh-Hant")
    properties = body(again)[0][0][1][0]
    assert tags(properties) == ["rStyle", "rFonts", "sz", "lang", "specVanish"]
    assert properties[1].attrib == {f"{{{W}}}ascii": "Arial", f"{{{W}}}eastAsia": "PMingLiU"}
    assert properties[3].attrib == {f"{{{W}}}eastAsia": "zh-HK"}


def test_english_is_not_set_in_the_letters_of_a_chinese_face() -> None:
    face = '<w:rFonts w:ascii="標楷體" w:hAnsi="DFKai-SB" w:eastAsia="標楷體" w:hint="eastAsia"/>'
    again = reworded(word(para(run("範圍", face))), "Scope", language="en")
    fonts, tag = body(again)[0][0][1][0]
    assert fonts.get(f"{{{W}}}ascii") == fonts.get(f"{{{W}}}hAnsi") == "Times New Roman"
    assert fonts.get(f"{{{W}}}hint") is None
    assert tag.attrib == {f"{{{W}}}val": "en-GB"}


def test_a_text_box_says_the_same_in_both_its_copies() -> None:
    data = word(para(BOX.format(para(run("boxed"))), run("around")))
    ids = {s.text: s.id for s in segments(data)}
    again = rebuilt(data, {ids["around"]: "周圍", ids["boxed"]: "框內"})
    assert [s.text for s in segments(again)] == ["周圍", "框內"]
    assert xml(again).count("框內") == 2
    assert "boxed" not in xml(again)


def test_tabs_and_line_breaks_are_word_s_own() -> None:
    again = reworded(word(para(run("a"), "<w:r><w:tab/></w:r>", run("b"))), "甲\t乙\n丙")
    assert tags(body(again)[0][0][1]) == ["rPr", "t", "tab", "t", "br", "t"]


def test_strict_open_xml_stays_strict() -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{strict}"><w:body>{para(run("Scope"))}</w:body></w:document>',
        )
    again = reworded(made.getvalue(), "範圍")
    assert strict in xml(again)
    assert W not in xml(again)


def test_an_id_of_another_document_is_refused() -> None:
    with pytest.raises(ValueError, match="no such segment"):
        rebuilt(word(para(run("x"))), {"word/document.xml#7": "y"})


TOGGLES = st.sampled_from(["", "<w:b/>", "<w:i/>", "<w:b/><w:i/>"])
# No white space: it goes with its neighbours, whatever its format.
LETTERS = st.text("abc中文12.,、。", min_size=1, max_size=6)
PIECE = st.one_of(
    st.tuples(LETTERS, TOGGLES).map(lambda made: run(*made)),
    st.just(NOTE),
    st.just(LINK),
    st.just("<w:r><w:tab/></w:r>"),
    LETTERS.map(lambda text: f"<w:ins>{run(text)}</w:ins>"),
    LETTERS.map(lambda text: f"<w:sdt><w:sdtPr/><w:sdtContent>{run(text)}</w:sdtContent></w:sdt>"),
)
DOCUMENTS = st.lists(st.lists(PIECE, min_size=1, max_size=8), min_size=1, max_size=4).map(
    lambda paragraphs: word("".join(para(*pieces) for pieces in paragraphs))
)


def things(data: bytes) -> list[list[str]]:
    """By paragraph the notes, links, controls, tabs and letters in order."""
    wanted = {"footnoteReference", "hyperlink", "sdt", "tab", "t"}
    found = []
    for paragraph in body(data).iter(f"{{{W}}}p"):
        line = []
        for node in paragraph.iter():
            name = node.tag.rpartition("}")[2]
            if name in wanted:
                line += list(node.text or "") if name == "t" else [name]
        found.append(line)
    return found


@given(DOCUMENTS)
def test_words_put_back_with_their_marks_are_as_they_were(data: bytes) -> None:
    marked = {segment.id: segment.marked for segment in segments(data)}
    longer = rebuilt(data, {key: f"{text}中" for key, text in marked.items()})
    again = rebuilt(longer, marked)
    assert things(again) == things(data)
    assert looks(again) == looks(data)
    assert [s.marked for s in segments(again)] == list(marked.values())


@given(DOCUMENTS, st.text("甲乙⟦⟧/123 \t\n\0\x0b", max_size=30))
def test_whatever_the_new_words_nothing_is_lost(data: bytes, text: str) -> None:
    again = rebuilt(data, {segment.id: text for segment in segments(data)})
    for name in ("footnoteReference", "hyperlink", "sdt"):
        count = [len(list(body(d).iter(f"{{{W}}}{name}"))) for d in (data, again)]
        assert count[0] == count[1], name


@given(DOCUMENTS, st.data())
def test_a_damaged_file_is_refused_or_read_and_nothing_else(
    data: bytes, draw: st.DataObject
) -> None:
    at = draw.draw(st.integers(0, len(data) - 1))
    broken = data[:at] + bytes([draw.draw(st.integers(0, 255))]) + data[at + 1 :]
    with suppress(UnreadableDocument):
        rebuilt(broken, {segment.id: "x" for segment in segments(broken)})
