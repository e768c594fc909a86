"""Builds the sample documents from the readable texts in `source/`.

Run from anywhere: `python samples/build.py`. Dates, seeds and archive stamps are fixed, so a
rebuild with the same library versions gives the same bytes.
"""

from __future__ import annotations

import io
import re
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import docx
import numpy as np
import typst
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Pt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = Path(__file__).parent
SOURCE = HERE / "source"
FONT = Path(import_module("noto_cjk_sans_otc").FONT_PATH)
STAMP = datetime(2025, 7, 1)
SCAN_DPI = 130
SCAN_ANGLE = 0.7  # degrees clockwise; account-opening-form.typ turns its text layer as much
FORM_CORNER = (1.8 / 2.54 * SCAN_DPI, 1.5 / 2.54 * SCAN_DPI)  # pixels; the turn's fixed point


def typeset(name: str, target: Path, **inputs: str) -> None:
    typst.compile(
        str(SOURCE / f"{name}.typ"),
        output=str(target),
        root="/",
        font_paths=[str(FONT.parent)],
        ignore_system_fonts=True,
        format="png" if target.suffix == ".png" else "pdf",
        ppi=SCAN_DPI,
        sys_inputs=inputs,
    )


# The scanned form


def stamp_image(size: int) -> Image.Image:
    """A round rubber stamp in red, of `size` pixels, slightly turned."""
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    red = (178, 34, 34, 185)
    font = ImageFont.truetype(FONT, size // 9)
    for inset, width in ((2, 4), (size // 14, 2)):
        draw.ellipse((inset, inset, size - inset, size - inset), outline=red, width=width)
    for row, line in enumerate(("港峯銀行", "浪灣分行", "16 JUL 2025", "已核對正本")):
        place = (size / 2, size * (0.275 + 0.15 * row))
        draw.text(place, line, font=font, fill=red, anchor="mm")
    return image.rotate(11, resample=Image.Resampling.BICUBIC)


def aged(page: Image.Image) -> Image.Image:
    """The page as an office scanner sees it: stamped, turned, soft, speckled, unevenly lit."""
    page = page.convert("RGB")
    width, height = page.size
    stamp = stamp_image(width // 6)
    page.paste(stamp, (int(width * 0.72), int(height * 0.665)), stamp)
    page = page.rotate(
        -SCAN_ANGLE,
        resample=Image.Resampling.BICUBIC,
        center=FORM_CORNER,
        fillcolor=(255, 255, 255),
    ).filter(ImageFilter.GaussianBlur(0.5))
    rng = np.random.default_rng(20250714)
    light = 1 - 0.07 * np.linspace(0, 1, width)[None, :] ** 2
    light = light - 0.04 * np.linspace(1, 0, height)[:, None] ** 3
    paper = np.array((0.97, 0.96, 0.93))
    pixels = np.asarray(page, dtype=np.float64) * paper * light[..., None]
    pixels += rng.normal(0, 3, (height, width, 1))
    pixels[rng.random((height, width)) < 0.00012] = 70
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def build_form(target: Path) -> None:
    """Page image with the same words typeset over it, transparent, as OCR software leaves them."""
    with tempfile.TemporaryDirectory() as scratch:
        clean, scan = Path(scratch) / "clean.png", Path(scratch) / "scan.jpg"
        typeset("account-opening-form", clean)
        aged(Image.open(clean)).save(scan, quality=60, optimize=True)
        typeset("account-opening-form", target, scan=str(scan))


# Word documents


def blocks(markdown: str) -> Iterator[list[str]]:
    """Groups of adjoining lines; blank lines part them."""
    for block in re.split(r"\n\s*\n", markdown.strip()):
        yield block.splitlines()


def use_font(document: Document, family: str) -> None:
    for name in ("Normal", "Title", "Heading 1"):
        style = document.styles[name]
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(script), family)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme"):
            fonts.attrib.pop(qn(theme), None)
    document.styles["Normal"].font.size = Pt(11)


def add_table(document: Document, lines: list[str]) -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    del rows[1]  # the rule under the header
    table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text


def add_block(document: Document, lines: list[str]) -> None:
    first = lines[0]
    if first.startswith("|"):
        add_table(document, lines)
    elif first.startswith("## "):
        document.add_heading(first.removeprefix("## "), level=1)
    elif first.startswith("# "):
        document.add_heading(first.removeprefix("# "), level=0)
    else:
        for line in lines:
            paragraph = document.add_paragraph(line.removeprefix("> "))
            paragraph.paragraph_format.space_after = Pt(2 if line is not lines[-1] else 8)


def build_word(name: str, target: Path, *, title: str, language: str, family: str) -> None:
    document = docx.Document()
    use_font(document, family)
    for lines in blocks((SOURCE / f"{name}.md").read_text("utf-8")):
        add_block(document, lines)
    properties = document.core_properties
    properties.title, properties.language = title, language
    properties.author = properties.last_modified_by = "Harbour Crest Bank (fictional)"
    properties.comments = ""
    properties.created = properties.modified = STAMP
    buffer = io.BytesIO()
    document.save(buffer)
    write_archive(buffer.getvalue(), target)


# The spreadsheet


def fill_sheet(sheet: Worksheet, title: str, effective: date, content: dict[str, Any]) -> None:
    sheet.append([title])
    sheet.append([f"Effective from {effective} 生效日期：{effective:%Y年%m月%d日}"])
    sheet.append([])
    sheet.append(content["columns"])
    for cell in sheet[4]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DFE8F0")
    for row in content["rows"]:
        percent = isinstance(row[3], str)
        fee = float(row[3].rstrip("%")) / 100 if percent else row[3]
        sheet.append([*row[:3], fee, *row[4:]])
        sheet.cell(sheet.max_row, 4).number_format = "0.00##%" if percent else "#,##0"
    for column, width in zip("ABCDEF", (48, 30, 10, 10, 28, 62), strict=True):
        sheet.column_dimensions[column].width = width
    for row_cells in sheet.iter_rows(min_row=4):
        row_cells[5].alignment = Alignment(wrap_text=True)
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.freeze_panes = "A5"


def build_spreadsheet(target: Path) -> None:
    content = tomllib.loads((SOURCE / "fee-schedule.toml").read_text("utf-8"))
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in content["sheets"]:
        fill_sheet(book.create_sheet(sheet["name"]), content["title"], content["effective"], sheet)
    book.properties.title = content["title"]
    book.properties.creator = "Harbour Crest Bank (fictional)"
    book.properties.created = STAMP
    buffer = io.BytesIO()
    book.save(buffer)
    write_archive(buffer.getvalue(), target)


def write_archive(content: bytes, target: Path) -> None:
    """The same Office archive with fixed dates inside, so that it can be rebuilt byte for byte."""
    now = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
    fixed = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = now.sub(rb"\g<1>" + fixed, part)
            entry = zipfile.ZipInfo(name, STAMP.timetuple()[:6])
            archive.writestr(entry, part, zipfile.ZIP_DEFLATED)


def main() -> None:
    for name in ("aml-policy", "circular-cdd-remote"):
        typeset(name, HERE / f"{name}.pdf")
    build_form(HERE / "account-opening-form.pdf")
    build_word(
        "trade-contract",
        HERE / "trade-contract.docx",
        title="设备销售合同",
        language="zh-CN",
        family="SimSun",
    )
    build_word(
        "privacy-notice",
        HERE / "privacy-notice.docx",
        title="個人資料收集聲明",
        language="zh-HK",
        family="PMingLiU",
    )
    build_spreadsheet(HERE / "fee-schedule.xlsx")
    complaint = (SOURCE / "complaint-cantonese.txt").read_text("utf-8")
    (HERE / "complaint-cantonese.txt").write_bytes(complaint.encode("big5hkscs"))


if __name__ == "__main__":
    main()
