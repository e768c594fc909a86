"""A page is recognised only where its text layer is of no use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pypdfium2
import pytest
import typst
from PIL import Image

from lionrock.documents.ocr import PageFacts, Recogniser, page_facts, read_page, usable
from lionrock.documents.ocr.page import dpi_for
from lionrock.documents.ocr.usable import looks_like_language
from lionrock.documents.parsing.fragments import Fragment
from lionrock.documents.parsing.pdf import opened, page_fragments
from lionrock.documents.parsing.pdf_fonts import Fonts
from tests.documents.ocr.making import sheet
from tests.documents.parsing.making import changed, fonts, pdf

SCAN = {"covered": 1.0, "dpi": 200.0}


def told(text: str) -> list[Fragment]:
    return [Fragment(text, [0.0, 1.0], 0.0, 1.0, 1.0, (b"", b""))] if text else []


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("", {}, True),
        ("", {"covered": 0.4}, False),
        ("", {"drawings": 400}, False),
        ("3 / 12", {"characters": 5, **SCAN}, False),
        ("Received 3 May 2024\nPage 3", {"characters": 23, **SCAN}, False),
        ("本行須保留紀錄。" * 40, {"characters": 320, **SCAN}, True),
        ("The bank keeps records.", {"characters": 20, "invisible": 20, **SCAN}, True),
        ("7KH TXLFN EURZQ IRA MXPSV RYHU WKH ODCB GRJ DQG WKHQ VRPH PRUH", {"characters": 50}, False),
        ("The quick brown fox jumps over the lazy dog and then some more", {"characters": 50}, True),
        ("Half of this page means nothing", {"characters": 26, "unmapped": 13}, False),
    ],
)  # fmt: skip
def test_a_layer_is_judged_by_what_it_says_and_covers(
    text: str, facts: dict[str, float], expected: bool
) -> None:
    assert usable(told(text), PageFacts(595, 842, **facts)) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "客戶盡職審查及持續監察，包括識別實益擁有人，" * 4,
        "佢哋嘅戶口喺邊度開㗎？我哋唔知喎，" * 4,
        "本行须保留交易记录，并于五年内随时可供查阅。" * 4,
        "Ο φορέας τηρεί τα αρχεία των συναλλαγών για πέντε έτη τουλάχιστον.",
        "1,234.56 7,890.12 (3,456.78) 90.12% 1,234,567 8,901.23 4,567.89",
        "Rückstellungen für Überschüsse, Gebühren und Erträge der Gesellschaft",
    ],
)
def test_text_of_many_languages_looks_like_one(text: str) -> None:
    assert looks_like_language(text)


def test_characters_that_no_set_of_chinese_text_held_do_not() -> None:
    assert not looks_like_language("".join(chr(0x3500 + 7 * i) for i in range(60)))


def scanned(folder: Path, lines: Sequence[str], stamp: str = "", dpi: int = 150) -> Path:
    """A PDF page that is a picture of text, with perhaps a line of true text over it."""
    sheet(lines).resize((1000 * dpi // 150, 600 * dpi // 150)).save(folder / "scan.png")
    overlay = f"#place(top + right, dx: -10pt, dy: 250pt)[{stamp}]" if stamp else ""
    size = "width: 480pt, height: 288pt"
    source = f'#set page({size}, margin: 0pt)\n#image("scan.png", {size})\n{overlay}'
    (folder / "page.typ").write_text(source, "utf-8")
    path = folder / "scanned.pdf"
    path.write_bytes(bytes(typst.compile(str(folder / "page.typ"), font_paths=fonts())))
    return path


LINES = ["客戶盡職審查須於建立業務關係時進行。", "本行保留十年內之交易紀錄。"]


def test_a_text_page_is_usable_and_a_scan_is_not_whichever_way_it_lies(tmp_path: Path) -> None:
    written, scan = pdf(tmp_path, "客戶盡職審查須於建立業務關係時進行。"), scanned(tmp_path, LINES)
    for turn in (0, 90, 180, 270):
        for path, expected in ((written, True), (scan, False)):
            with opened(changed(path, turn)) as document:
                found, frame = page_fragments(document, 0, Fonts())
                facts = page_facts(document, 0)
            assert usable(found, facts) is expected
            assert (facts.width, facts.height) == (frame.width, frame.height)
            if path == scan:
                assert facts.covered == pytest.approx(1.0, abs=0.01)
                assert facts.dpi == pytest.approx(150, abs=2)


def test_a_stamp_over_a_scan_is_kept_as_its_layer_says_it(
    tmp_path: Path, recogniser: Recogniser
) -> None:
    with opened(scanned(tmp_path, LINES, stamp="Filed 2024-05-03")) as document:
        found, _ = page_fragments(document, 0, Fonts())
        facts = page_facts(document, 0)
        assert not usable(found, facts)
        read = read_page(recogniser, document, 0, found, facts)
    texts = [fragment.text for fragment in read.fragments]
    assert texts.count("Filed 2024-05-03") == 1
    assert any(LINES[0][:-1] in text for text in texts)
    for doubt in read.doubtful:
        assert doubt.fragment >= len(found)


def test_the_resolution_follows_the_picture_within_bounds() -> None:
    for dpi, expected in ((0, 150), (72, 150), (200, 200), (600, 300)):
        assert dpi_for(PageFacts(595, 842, dpi=dpi)) == expected
    assert dpi_for(PageFacts(7200, 7200, dpi=300)) < 40


def test_a_damaged_page_comes_back_empty(tmp_path: Path, recogniser: Recogniser) -> None:
    document = pypdfium2.PdfDocument(pdf(tmp_path, "x"))
    read = read_page(recogniser, document.raw, 7, [], PageFacts(595, 842))
    document.close()
    assert (read.fragments, read.width) == ([], 595)


def test_an_earlier_ocrs_invisible_text_is_used(tmp_path: Path) -> None:
    picture = tmp_path / "empty.png"
    Image.new("L", (100, 100), 200).save(picture)
    facts = PageFacts(595, 842, characters=200, invisible=200, covered=1.0)
    assert usable(told("The bank keeps all records for at least five years."), facts)
