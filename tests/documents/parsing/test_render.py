"""Pictures of pages."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from lionrock.documents.parsing import picture
from lionrock.documents.parsing.picture import page_png
from lionrock.documents.render import page_image
from lionrock.errors import UnreadableDocument
from tests.documents.parsing.making import changed, pdf


async def test_a_page_is_a_png_of_its_proportions(tmp_path: Path) -> None:
    path = pdf(tmp_path, "#set page(width: 10cm, height: 20cm)\nText.\n#pagebreak()\n#rect()")
    png = await page_image(path, 2, dpi=110)
    picture = Image.open(BytesIO(png))
    assert picture.format == "PNG"
    assert picture.size == (round(10 / 2.54 * 110), round(20 / 2.54 * 110))


async def test_a_page_that_is_not_there_is_refused_by_number(tmp_path: Path) -> None:
    path = pdf(tmp_path, "Text.")
    for number in (0, 2, 10**6):
        with pytest.raises(
            UnreadableDocument, match=f"made.pdf cannot be read: it has no page {number}"
        ):
            await page_image(path, number)


async def test_what_is_no_pdf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "not.pdf"
    path.write_bytes(b"not a pdf")
    with pytest.raises(UnreadableDocument, match=r"not\.pdf cannot be read: it is damaged"):
        await page_image(path, 1)


def test_a_turned_page_is_shown_turned(tmp_path: Path) -> None:
    path = changed(pdf(tmp_path, "#set page(width: 10cm, height: 20cm)\nText."), 90)
    width, height = Image.open(BytesIO(page_png(path, 1, 72))).size
    assert width > height


def test_a_huge_page_is_drawn_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "_MOST_PIXELS", 100_000)
    path = pdf(tmp_path, "#set page(width: 500cm, height: 400cm)\nText.")
    width, height = Image.open(BytesIO(page_png(path, 1, 200))).size
    assert 90_000 < width * height < 101_000
