"""A round trip that LibreOffice opens: English in, the same document in Chinese out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
from docx.shared import Pt

from lionrock.assist.docx import Kind, lost_marks, rebuilt, segments
from lionrock.assist.docx.marks import bare
from tests.assist.docx.office import pictured
from tests.assist.docx.wordfiles import NAMESPACES, para, run

NOTE_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
NOTE_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
NOTES = (
    f'<w:footnotes {NAMESPACES}><w:footnote w:type="separator" w:id="-1">'
    f"{para('<w:r><w:separator/></w:r>')}</w:footnote>"
    f'<w:footnote w:type="continuationSeparator" w:id="0">'
    f"{para('<w:r><w:continuationSeparator/></w:r>')}</w:footnote>"
    f'<w:footnote w:id="1">{para("<w:r><w:footnoteRef/></w:r>", run(" Working days are meant."))}'
    "</w:footnote></w:footnotes>"
)

CHINESE = {
    "Complaints policy": "投訴處理政策",
    "Scope": "適用範圍",
    "This policy applies to all branches.": "本政策適用於所有分行。",
    "Acknowledge the complaint": "確認收到投訴",
    "Reply in full": "全面答覆",
    "A full reply is sent within ⟦2⟧30 days⟦/2⟧⟦1⟧ of receipt.": "須於⟦2⟧30 日⟦1⟧⟦/2⟧內全面答覆。",
    "Stage": "階段",
    "Days": "日數",
    "First reply": "首次答覆",
    "7": "7",
    "Internal": "內部文件",
    "Working days are meant.": "指工作日。",
}


def english() -> bytes:
    """A policy with headings, a numbered list, bold words, a note in mid-sentence, a table, a header."""
    made = docx.Document()
    made.styles["Normal"].font.size = Pt(12)
    made.sections[0].header.paragraphs[0].text = "Internal"
    made.add_heading("Complaints policy", 0)
    made.add_heading("Scope", 1)
    made.add_paragraph("This policy applies to all branches.")
    made.add_paragraph("Acknowledge the complaint", style="List Number")
    made.add_paragraph("Reply in full", style="List Number")
    limit = made.add_paragraph("A full reply is sent within ")
    limit.add_run("30 days").bold = True
    limit.add_run("NOTE of receipt.")
    table = made.add_table(rows=2, cols=2, style="Table Grid")
    cells = [("Stage", "Days"), ("First reply", "7")]
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    out = io.BytesIO()
    made.save(out)
    return with_note(out.getvalue())


def with_note(data: bytes) -> bytes:
    """The document with a footnote where it says NOTE, which python-docx cannot make."""
    out = io.BytesIO()
    mark = (
        '</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
        '<w:footnoteReference w:id="1"/></w:r><w:r><w:t xml:space="preserve">'
    )
    added = {
        "[Content_Types].xml": (
            "</Types>",
            f'<Override PartName="/word/footnotes.xml" ContentType="{NOTE_TYPE}"/></Types>',
        ),
        "word/_rels/document.xml.rels": (
            "</Relationships>",
            f'<Relationship Id="n1" Type="{NOTE_RELATION}" Target="footnotes.xml"/></Relationships>',
        ),
        "word/document.xml": ("NOTE", mark),
    }
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name in added:
                before, after = added[name]
                text = text.decode().replace(before, after).encode()
            new.writestr(name, text)
        new.writestr("word/footnotes.xml", NOTES)
    return out.getvalue()


def test_a_document_in_chinese_opens_with_its_structure(tmp_path: Path) -> None:
    data = english()
    found = segments(data)
    assert {s.marked for s in found} == set(CHINESE)
    texts = {s.id: CHINESE[s.marked] for s in found}
    assert not any(lost_marks(texts[s.id], s.text) for s in found)
    again = rebuilt(data, texts, "zh-Hant")
    assert [s.kind for s in segments(again)] == [s.kind for s in found]
    assert Kind.FOOTNOTE in {s.kind for s in found}

    before = pictured(data, "policy-en", tmp_path)
    shown = pictured(again, "policy-zh-Hant", tmp_path)
    flat = "".join(shown.split())
    assert all("".join(bare(text.replace("⟦1⟧", "1")).split()) in flat for text in texts.values())
    assert "1. Acknowledge" in before
    assert "1. 確認收到投訴" in shown
    assert "Complaints" not in shown
