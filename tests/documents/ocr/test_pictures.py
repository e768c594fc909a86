"""A picture becomes a PDF page of its own size, the right way up; a bomb is refused."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lionrock.documents.ocr import pictures
from lionrock.documents.ocr.pictures import picture_copy
from lionrock.errors import UnreadableDocument


def kept(folder: Path, picture: Image.Image, kind: str, **options: Any) -> Path:
    path = folder / f"picture.{kind.lower()}"
    picture.save(path, kind, **options)
    return path


def sizes(copy: bytes) -> list[tuple[float, float]]:
    with pypdfium2.PdfDocument(copy) as document:
        return [document.get_page_size(i) for i in range(len(document))]


def shown(copy: bytes) -> Image.Image:
    with pypdfium2.PdfDocument(copy) as document:
        found: Image.Image = document[0].render(scale=1).to_pil().convert("RGB")
    return found


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF"])
def test_each_format_becomes_a_page(tmp_path: Path, kind: str) -> None:
    copy = picture_copy(kept(tmp_path, Image.new("RGB", (300, 600), "navy"), kind))
    assert len(sizes(copy)) == 1
    width, height = sizes(copy)[0]
    assert height == pytest.approx(2 * width, abs=1)
    assert shown(copy).getpixel((10, 10))[2] > 100  # type: ignore[index]


def test_the_size_is_what_the_picture_says_or_an_a4_page(tmp_path: Path) -> None:
    said = picture_copy(kept(tmp_path, Image.new("L", (1000, 500)), "PNG", dpi=(200, 200)))
    assert sizes(said)[0] == pytest.approx((360, 180), abs=0.5)
    unsaid = picture_copy(kept(tmp_path, Image.new("L", (3000, 4000)), "JPEG"))
    assert sizes(unsaid)[0][1] == pytest.approx(842, abs=1)
    absurd = picture_copy(kept(tmp_path, Image.new("L", (3000, 4000)), "JPEG", dpi=(72, 72)))
    assert sizes(absurd)[0][1] == pytest.approx(842, abs=1)


def test_each_page_of_a_tiff_is_one_and_moving_pictures_count_once(tmp_path: Path) -> None:
    pages = [Image.new("1", (200, 300), n % 2) for n in range(3)]
    more = {"save_all": True, "append_images": pages[1:]}
    assert len(sizes(picture_copy(kept(tmp_path, pages[0], "TIFF", **more)))) == 3
    frames = [Image.new("P", (200, 300), n) for n in range(3)]
    more = {"save_all": True, "append_images": frames[1:]}
    assert len(sizes(picture_copy(kept(tmp_path, frames[0], "GIF", **more)))) == 1


def test_a_photograph_is_turned_as_its_camera_says(tmp_path: Path) -> None:
    lying = Image.new("RGB", (400, 200), "white")
    lying.paste("red", (0, 0, 100, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    copy = picture_copy(kept(tmp_path, lying, "JPEG", exif=exif))
    width, height = sizes(copy)[0]
    assert height == pytest.approx(2 * width, abs=1)
    picture = shown(copy)
    assert picture.getpixel((picture.width // 2, 5)) == pytest.approx((254, 0, 0), abs=6)
    assert picture.getpixel((5, picture.height - 5)) == pytest.approx((255, 255, 255), abs=6)


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    copy = picture_copy(kept(tmp_path, Image.new("RGBA", (200, 200), (0, 0, 0, 0)), "PNG"))
    assert shown(copy).getpixel((50, 50)) == (255, 255, 255)


def test_sixteen_bits_are_brought_to_eight(tmp_path: Path) -> None:
    deep = Image.new("I;16", (200, 100), 60000)
    deep.paste(100, (0, 0, 100, 100))
    picture = shown(picture_copy(kept(tmp_path, deep, "TIFF")))
    assert picture.getpixel((5, 5))[0] < 20  # type: ignore[index]
    assert picture.getpixel((picture.width - 5, 5))[0] > 235  # type: ignore[index]


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    bomb = kept(tmp_path, Image.new("1", (30_000, 30_000)), "PNG")
    assert bomb.stat().st_size < 200_000
    with pytest.raises(UnreadableDocument, match="900 megapixels; at most 60 are read"):
        picture_copy(bomb)


def test_a_file_of_too_many_pages_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_MOST_PAGES", 2)
    pages = [Image.new("1", (20, 20))] * 3
    path = kept(tmp_path, pages[0], "TIFF", save_all=True, append_images=pages[1:])
    with pytest.raises(UnreadableDocument, match="3 pages; at most 2"):
        picture_copy(path)


def test_nothing_the_camera_knew_reaches_the_copy(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCameraMaker"
    copy = picture_copy(kept(tmp_path, Image.new("L", (100, 100)), "JPEG", exif=exif))
    assert b"SecretCameraMaker" not in copy


WHOLE = BytesIO()
Image.effect_noise((60, 40), 60).save(WHOLE, "PNG")


@given(st.integers(8, len(WHOLE.getvalue()) - 1), st.binary(max_size=20))
def test_a_damaged_picture_is_refused_or_read_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, cut: int, more: bytes
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "a.png"
    path.write_bytes(WHOLE.getvalue()[:cut] + more)
    try:
        assert picture_copy(path).startswith(b"%PDF")
    except UnreadableDocument as refusal:
        assert "damaged" in refusal.detail
