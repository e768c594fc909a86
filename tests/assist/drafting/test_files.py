"""Drafts as files: the words, the open places marked, and the table of what each sentence stands on."""

from __future__ import annotations

import io
from pathlib import Path
from uuid import uuid4

import docx
import pypdfium2 as pdfium

from lionrock.assist.checks import Check, CheckName
from lionrock.assist.drafting.files import saved
from lionrock.assist.drafting.filling import filled
from lionrock.assist.drafting.kept import built_in
from lionrock.assist.drafting.lines import Said, State
from lionrock.assist.drafting.schemas import Draft
from lionrock.assist.drafting.values import given
from lionrock.documents.citations import Citation
from tests.assist.docx.office import pictured

QUOTES = {"en": "Records are kept for seven years.", "zh-Hant": "紀錄須備存七年。"}
VALUES = {
    "en": [
        "organisation=Office of the Example", "address=1 Example Road\nHong Kong",
        "our_ref=(3) in EX 4/2/1", "tel=2123 4567", "date=2026-11-23",
        "addressee=Mr CHAN Tai-man", "salutation=Mr Chan", "subject=Keeping of records",
        "letter_date=2026-11-01", "enquiry=How long are records kept?",
        "signatory=Ms LEE Siu-ming",
    ],
    "zh-Hant": [
        "organisation=示例辦事處", "address=香港示例道1號", "our_ref=(3) in EX 4/2/1",
        "tel=2123 4567", "date=2026-11-23", "on_behalf_of=示例處處長", "addressee=陳大文先生", "subject=紀錄備存期限",
        "letter_date=2026-11-01", "enquiry=紀錄備存多久？", "signatory=李小明",
    ],
}  # fmt: skip


def draft(language: str) -> Draft:
    name = {"en": "reply-to-citizen-en", "zh-Hant": "reply-to-citizen-zh"}[language]
    kept = next(kept for kept in built_in() if kept.name == name)
    [section] = kept.template.body.sections()
    said = [
        Said(text=QUOTES[language], state=State.WORDED, cites=[0]),
        Said(text="[Quote]" if language == "en" else "【引文】", state=State.QUOTED, cites=[0]),
    ]
    blocks, missing = filled(
        kept.template, given(kept.template, VALUES[language]), {section.name: said}
    )
    citation = Citation(
        document_id=uuid4(), version_id=uuid4(), document="policy.pdf", page=3, boxes=[],
        quote=QUOTES[language],
    )  # fmt: skip
    return Draft(
        name=name, version=1, digest=kept.digest, title=kept.template.front.title,
        language=kept.template.language, blocks=blocks, citations=[citation], open=missing,
        checks=[Check(name=CheckName.PLACEHOLDERS, faults=missing)], model=None, notes=["A note."],
    )  # fmt: skip


def words(pdf: bytes) -> str:
    with pdfium.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


async def test_a_word_file_has_the_letter_then_the_table_of_sources() -> None:
    made = docx.Document(io.BytesIO(await saved(draft("en"), "docx")))
    text = "\n".join(p.text for p in made.paragraphs)
    assert text.index("23 November 2026") < text.index("Dear Mr Chan,")
    assert "Records are kept for seven years. [Quote]" in text
    assert text.index("Yours sincerely,") < text.index("Sources of this draft (not part of it)")
    [table] = made.tables
    assert [cell.text for cell in table.rows[1].cells] == [
        "1", QUOTES["en"], "policy.pdf\np. 3", QUOTES["en"],
    ]  # fmt: skip
    marked = [r.text for p in made.paragraphs for r in p.runs if r.font.highlight_color]
    assert marked == [
        "[Addressee's address]",
        " [Quote]",
        "[Officer to contact]",
        "[Signatory's post]",
    ]
    assert "– Officer to contact" in text


async def test_a_pdf_holds_the_same() -> None:
    text = words(await saved(draft("zh-Hant"), "pdf"))
    for part in ("陳大文先生台鑒：", "2026年11月23日", QUOTES["zh-Hant"], "第3頁", "【聯絡人員】"):
        assert part in text, part


async def test_the_text_tells_sources_blanks_and_notes() -> None:
    text = (await saved(draft("en"), "md")).decode()
    assert "seven years. [1]" in text
    assert "[1] policy.pdf, p. 3: “Records are kept for seven years.”" in text
    assert "placeholders: Addressee's address" in text
    assert "(A note.)" in text


async def test_letters_in_both_languages_open_in_an_office_program(tmp_path: Path) -> None:
    english = pictured(await saved(draft("en"), "docx"), "reply-en", tmp_path)
    chinese = pictured(await saved(draft("zh-Hant"), "docx"), "reply-zh-Hant", tmp_path)
    assert "Dear Mr Chan," in english
    assert "陳大文先生台鑒：" in chinese
    assert "本稿各句出處" in chinese
