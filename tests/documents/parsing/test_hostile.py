"""Files made to harm their reader: each is read as what it says, or refused with the reason."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from lionrock.documents.parsed import ParsedDocument
from lionrock.documents.parsing import sandbox
from lionrock.documents.parsing.html import read_html
from lionrock.errors import UnreadableDocument
from tests.documents.parsing.making import texts
from tests.documents.parsing.packing import opendocument, presentation, shape, words, zipped
from tests.documents.parsing.samples import samples

SECRET = "root:x:0:0"
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a 'ha'>"
    + "".join(
        f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
OUTSIDE = "<!DOCTYPE x [<!ENTITY i SYSTEM 'file:///etc/passwd'>]>"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def parts_of(name: str) -> dict[str, bytes]:

    with zipfile.ZipFile(BytesIO(samples()[name])) as archive:
        return {part: archive.read(part) for part in archive.namelist()}


def with_entity(name: str, part: str, doctype: str) -> bytes:
    """The sample with a document type before one part's root, and the entity used in its text."""
    parts = parts_of(name)
    text = parts[part].decode().partition("?>")
    body = text[2] or text[0]
    body = body.replace(
        "收費" if "收費" in body else ">115<", "&i;" if "收費" in body else ">&i;<", 1
    )
    assert "&i;" in body
    return zipped(parts | {part: doctype + body})


async def parse(folder: Path, name: str, data: bytes, seconds: int = 60) -> ParsedDocument:
    path = folder / "file"
    path.write_bytes(data)
    return await sandbox.parse(path, name, seconds=seconds, memory_bytes=2**30)


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE], ids=["bomb", "outside entity"])
@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("a.docx", "word/document.xml"),
        ("a.xlsx", "xl/worksheets/sheet1.xml"),
        ("a.pptx", "ppt/slides/slide1.xml"),
        ("a.odt", "content.xml"),
        ("a.ods", "content.xml"),
        ("a.odp", "content.xml"),
    ],
)
async def test_entities_of_office_files_are_refused(
    tmp_path: Path, name: str, part: str, doctype: str
) -> None:
    with pytest.raises(UnreadableDocument, match=r"declares a document type|is not XML"):
        await parse(tmp_path, name, with_entity(name, part, doctype))


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE], ids=["bomb", "outside entity"])
async def test_entities_of_a_page_are_not_expanded(tmp_path: Path, doctype: str) -> None:
    data = f"{doctype}<html><body><p>Text &i; here.</p></body></html>".encode()
    shown = "\n".join(texts(await parse(tmp_path, "a.html", data)))
    assert SECRET not in shown and "haha" not in shown


async def test_a_manifest_with_a_document_type_as_old_programs_write_is_let_be(
    tmp_path: Path,
) -> None:
    manifest = (
        '<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd">'
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    made = opendocument("text", "<text:p>Read.</text:p>", more={"META-INF/manifest.xml": manifest})
    assert texts(await parse(tmp_path, "a.odt", made)) == ["Read."]


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("a.docx", "word/document.xml"),
        ("a.pptx", "ppt/presentation.xml"),
        ("a.zip", "a.txt"),
    ],
)
async def test_a_file_that_unpacks_to_a_thousand_times_its_size_is_refused(
    tmp_path: Path, name: str, member: str
) -> None:
    with pytest.raises(UnreadableDocument, match="unpacks to more than"):
        await parse(tmp_path, name, zipped({member: bytes(60 * 2**20)}))


@pytest.mark.parametrize("depth", [300, 100_000])
async def test_elements_nested_without_end_are_read_or_refused(tmp_path: Path, depth: int) -> None:
    html = ("<html>" + "<div>" * depth + "deep" + "</div>" * depth + "<p>After.</p>").encode()
    if depth < 400:
        assert texts(await parse(tmp_path, "a.html", html)) == ["deep", "After."]
    else:
        with pytest.raises(UnreadableDocument, match="nested deeper than 400 levels"):
            await parse(tmp_path, "a.html", html)
    runs = "<w:ins>" * depth + "<w:r><w:t>deep</w:t></w:r>" + "</w:ins>" * depth
    body = f"<w:document {W}><w:body><w:p>{runs}</w:p></w:body></w:document>"
    with pytest.raises(UnreadableDocument, match=r"is not XML|damaged"):
        await parse(tmp_path, "a.docx", zipped({"word/document.xml": body}))
    spans = "<text:span>" * depth + "deep" + "</text:span>" * depth
    with pytest.raises(UnreadableDocument, match=r"is not XML|damaged"):
        await parse(tmp_path, "a.odt", opendocument("text", f"<text:p>{spans}</text:p>"))


def test_lists_nested_in_lists_keep_their_text() -> None:
    deep = "<ul><li>" * 60 + "deep" + "</ul>" * 60
    assert [b.text for b in read_html(deep).blocks] == ["• deep"]


async def test_a_sheet_of_ten_thousand_columns_is_read(tmp_path: Path) -> None:
    book, kept = openpyxl.Workbook(), BytesIO()
    assert book.active is not None
    book.active.append([f"column{n}" for n in range(10_000)])
    book.save(kept)
    found = await parse(tmp_path, "wide.xlsx", kept.getvalue())
    assert "column9999" in texts(found)[-1]


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.odt", "a.eml", "a.zip"])
async def test_a_wrong_ending_changes_nothing(tmp_path: Path, name: str) -> None:
    right = await parse(tmp_path, name, samples()[name])
    wrong = await parse(tmp_path, "named.jpg", samples()[name])
    assert (wrong.media_type, texts(wrong)) == (right.media_type, texts(right))


@pytest.mark.parametrize("name", sorted(samples()))
async def test_a_file_cut_in_half_is_read_in_part_or_refused(tmp_path: Path, name: str) -> None:
    data = samples()[name]
    try:
        found = await parse(tmp_path, name, data[: len(data) // 2])
    except UnreadableDocument as refusal:
        assert refusal.detail.startswith(f"{name} cannot be read: it ")
    else:
        assert name in ("a.eml", "a.html", "a.md", "a.txt", "a.pdf")
        assert found.pages


def pdf_of(count: int) -> bytes:
    """A PDF that shows one page so many times."""
    kids = b"3 0 R " * count
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids["
        + kids + b"]/Count %d>>endobj\n" % count
        + b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )  # fmt: skip


async def test_a_pdf_of_thirty_thousand_pages_is_refused_with_the_limit(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="30000 pages; at most 10000 are read: split it"):
        await parse(tmp_path, "long.pdf", pdf_of(30_000))


async def test_a_pdf_with_a_font_that_is_none_is_read_or_refused(tmp_path: Path) -> None:
    font = bytes(range(256)) * 8
    content = b"BT /F 12 Tf 10 50 Td (Fees) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/TrueType/BaseFont/Odd/FirstChar 0/LastChar 255/Widths 9 0 R"
        b"/FontDescriptor 6 0 R>>",
        b"<</Type/FontDescriptor/FontName/Odd/Flags 4/FontFile2 7 0 R>>",
        b"<</Length %d/Length1 99999999>>stream\n%s\nendstream" % (len(font), font),
    ]
    body = b"".join(b"%d 0 obj%s endobj\n" % (n, o) for n, o in enumerate(objects, 1))
    try:
        found = await parse(tmp_path, "odd.pdf", b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R>>")
    except UnreadableDocument as refusal:
        assert refusal.detail.startswith("odd.pdf cannot be read: it ")
    else:
        assert len(found.pages) == 1


async def test_a_presentation_whose_parts_point_out_of_it_reads_nothing_outside(
    tmp_path: Path,
) -> None:

    made = presentation([shape(words("Text."))])
    with zipfile.ZipFile(BytesIO(made)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    rels = parts["ppt/_rels/presentation.xml.rels"]
    parts["ppt/_rels/presentation.xml.rels"] = rels.replace(
        b"slides/slide1.xml", b"../../../../../etc/passwd"
    )
    with pytest.raises(UnreadableDocument, match="holds no text"):
        await parse(tmp_path, "a.pptx", zipped(parts))
