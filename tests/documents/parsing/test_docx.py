"""DOCX: headings, automatic numbering, tables, notes, tracked changes; and what is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE

from lionrock.documents.parsing.docx import parse_docx
from lionrock.documents.parsing.flow import FlowBlock
from lionrock.errors import UnreadableDocument

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(folder: Path, body: str, **parts: str) -> list[FlowBlock]:
    """A Word file of only the parts given, read."""
    path = folder / "made.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>"
        )
        for name, xml in parts.items():
            archive.writestr(f"word/{name}.xml", xml)
    return parse_docx(path).blocks


def test_what_a_word_processor_writes_is_read(tmp_path: Path) -> None:
    made = docx.Document()
    made.core_properties.title = "Credit policy"
    made.add_heading("Credit policy 信貸政策", 0)
    made.add_heading("Scope", 1)
    made.add_paragraph("All lending.")
    made.add_paragraph("a bullet", style="List Bullet")
    made.add_paragraph("one", style="List Number")
    made.add_paragraph("two", style="List Number")
    limit = made.add_paragraph("The limit is 10")
    limit.add_run("3").font.superscript = True
    limit.add_run(" dollars.")
    table = made.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Rating", "Review"
    table.cell(1, 0).text, table.cell(1, 1).text = "High 高", "each\nyear"
    own = made.styles.add_style("House Heading", WD_STYLE_TYPE.PARAGRAPH)
    own.base_style = made.styles["Heading 2"]
    made.add_paragraph("第三條 定義", style="House Heading")
    made.save(str(tmp_path / "made.docx"))

    flow = parse_docx(tmp_path / "made.docx")
    assert flow.title == "Credit policy"
    assert [(b.kind, b.level, b.number, b.text) for b in flow.blocks] == [
        ("heading", 1, "", "Credit policy 信貸政策"),
        ("heading", 1, "", "Scope"),
        ("paragraph", 0, "", "All lending."),
        ("item", 1, "", "• a bullet"),
        ("item", 1, "1", "1. one"),
        ("item", 1, "2", "2. two"),
        ("paragraph", 0, "", "The limit is 10³ dollars."),
        ("row", 0, "", "Rating  Review"),
        ("row", 0, "", "High 高  each year"),
        ("heading", 2, "第三條", "第三條 定義"),
    ]


NUMBERING = f"""<w:numbering {W}><w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
<w:lvl w:ilvl="2"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%3)"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="9"/>
<w:numFmt w:val="taiwaneseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/>
</w:lvlOverride></w:num></w:numbering>"""


def numbered(text: str, instance: int, level: int) -> str:
    return (
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{instance}"/></w:numPr>'
        f"</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
    )


def test_automatic_numbers_are_worked_out(tmp_path: Path) -> None:
    body = "".join(
        numbered(text, instance, level)
        for text, instance, level in [
            ("one", 1, 0), ("deeper", 1, 1), ("deeper", 1, 1), ("item", 1, 2), ("item", 1, 2),
            ("two", 1, 0), ("deeper", 1, 1), ("nine", 2, 0), ("ten", 2, 0), ("eleven", 2, 0),
            ("restarted", 3, 0), ("none", 0, 0),
        ]
    )  # fmt: skip
    assert [(b.kind, b.number, b.text) for b in word(tmp_path, body, numbering=NUMBERING)] == [
        ("item", "1", "1. one"),
        ("paragraph", "1.1", "1.1 deeper"),
        ("paragraph", "1.2", "1.2 deeper"),
        ("item", "(a)", "(a) item"),
        ("item", "(b)", "(b) item"),
        ("item", "2", "2. two"),
        ("paragraph", "2.1", "2.1 deeper"),
        ("item", "九", "九、 nine"),
        ("item", "十", "十、 ten"),
        ("item", "十一", "十一、 eleven"),
        ("item", "7", "7. restarted"),
        ("paragraph", "", "none"),
    ]


def test_footnotes_follow_the_paragraph_that_cites_them(tmp_path: Path) -> None:
    notes = (
        f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        '<w:footnote w:id="5"><w:p><w:r><w:t>See the Ordinance.</w:t></w:r></w:p></w:footnote>'
        "</w:footnotes>"
    )
    body = (
        '<w:p><w:r><w:t>Keep records</w:t></w:r><w:r><w:footnoteReference w:id="5"/></w:r>'
        "<w:r><w:t>.</w:t></w:r></w:p><w:p><w:r><w:t>Next.</w:t></w:r></w:p>"
    )
    assert [(b.kind, b.number, b.text) for b in word(tmp_path, body, footnotes=notes)] == [
        ("paragraph", "", "Keep records¹."),
        ("footnote", "1", "¹ See the Ordinance."),
        ("paragraph", "", "Next."),
    ]


def test_endnotes_are_read_as_footnotes_and_counted_with_them(tmp_path: Path) -> None:
    def notes(kind: str, text: str) -> str:
        inner = f'<w:{kind} w:id="5"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{kind}>'
        return f"<w:{kind}s {W}>{inner}</w:{kind}s>"

    body = (
        '<w:p><w:r><w:t>Keep</w:t><w:footnoteReference w:id="5"/></w:r>'
        '<w:r><w:t> records</w:t><w:endnoteReference w:id="5"/></w:r></w:p>'
    )
    parts = {"footnotes": notes("footnote", "Foot."), "endnotes": notes("endnote", "End.")}
    assert [b.text for b in word(tmp_path, body, **parts)] == [
        "Keep¹ records²",
        "¹ Foot.",
        "² End.",
    ]


@pytest.mark.parametrize(
    ("run", "text"),
    [
        ("<w:ins><w:r><w:t>added</w:t></w:r></w:ins>", "added"),
        ("<w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>x</w:t></w:r>", "x"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:t>x</w:t></w:r>", "x"),
        ("<w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink>", "link"),
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>", "a b c"),
        ('<w:r><w:sym w:char="F0B7"/><w:t> x</w:t></w:r>', "• x"),
        ('<w:r><w:sym w:char="nonsense"/><w:t>x</w:t></w:r>', "x"),
        ("<w:r><w:t>on</w:t><w:noBreakHyphen/><w:t>line</w:t></w:r>", "on-line"),
    ],
)
def test_a_paragraph_reads_as_it_is_shown(tmp_path: Path, run: str, text: str) -> None:
    assert [b.text for b in word(tmp_path, f"<w:p>{run}</w:p>")] == [text]


def test_a_table_in_a_cell_is_read_with_the_cell(tmp_path: Path) -> None:
    def cell(inner: str) -> str:
        return f"<w:tc>{inner}</w:tc>"

    def text(words: str) -> str:
        return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"

    inner = f"<w:tbl><w:tr>{cell(text('a'))}{cell(text('b'))}</w:tr></w:tbl>"
    body = f"<w:tbl><w:tr>{cell(text('outer'))}{cell(inner)}</w:tr></w:tbl>"
    assert [b.text for b in word(tmp_path, body)] == ["outer  a b"]


def test_a_text_box_is_read_once_after_its_paragraph(tmp_path: Path) -> None:
    box = f"<w:txbxContent {W}><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    body = (
        f"<w:p><w:r><w:t>before</w:t></w:r><w:r><mc:AlternateContent {mc}><mc:Choice>{box}"
        f"</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert [b.text for b in word(tmp_path, body)] == ["before", "boxed"]


def test_a_document_type_is_refused_and_no_entity_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "made.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><w:document {W}><w:body><w:p>'
            "<w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>",
        )
    with pytest.raises(UnreadableDocument, match="declares a document type"):
        parse_docx(path)


def test_a_file_without_a_body_is_refused_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "made.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {W}/>")
    with pytest.raises(UnreadableDocument, match="no document body"):
        parse_docx(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w:document")
    with pytest.raises(UnreadableDocument, match="is not XML"):
        parse_docx(path)


def test_style_chains_that_bite_their_tail_end(tmp_path: Path) -> None:
    styles = (
        f'<w:styles {W}><w:style w:styleId="A"><w:name w:val="a"/><w:basedOn w:val="B"/></w:style>'
        '<w:style w:styleId="B"><w:name w:val="b"/><w:basedOn w:val="A"/></w:style></w:styles>'
    )
    body = '<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>'
    assert [b.text for b in word(tmp_path, body, styles=styles)] == ["x"]
