"""A file of pictures to a PDF of one page a picture: its reading copy, and what is recognised."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageOps
import pypdfium2 as pdfium

from lionrock.errors import UnreadableDocument

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")

_MOST_PIXELS = 60_000_000
_KEPT_PIXELS = 20_000_000
"""A larger picture is made smaller for the copy: A4 at 400 dpi passes."""

_MOST_PAGES = 2000
_QUALITY = 90
_LARGEST = 17.0
"""Inches: a page said to be larger than A3 is a photograph or a screenshot that tells no size."""

_USUAL = 11.69  # inches, the long side of A4
_PLAUSIBLE = range(70, 1201)


def picture_copy(path: Path) -> bytes:
    """The PDF. Each page of a TIFF is one page; of moving pictures the first counts.

    Raises `UnreadableDocument`: more than 60 megapixels in one picture or 2,000 in a file, nothing
    that can be decoded. What a picture says of its camera or place does not reach the copy.
    """
    copy = pdfium.PdfDocument.new()
    try:
        for picture, dpi in _pictures(path):
            _add(copy, picture, dpi)
        file = BytesIO()
        copy.save(file)
        return file.getvalue()
    finally:
        copy.close()


def _pictures(path: Path) -> Iterator[tuple[PIL.Image.Image, float]]:
    PIL.Image.MAX_IMAGE_PIXELS = None  # the limit is ours, below, before anything is decoded
    try:
        with PIL.Image.open(path, formats=FORMATS) as file:
            count = getattr(file, "n_frames", 1) if file.format == "TIFF" else 1
            if count > _MOST_PAGES:
                raise UnreadableDocument(
                    f"it has {count:,} pages; at most {_MOST_PAGES:,} are read"
                )
            for number in range(count):
                if number:
                    file.seek(number)
                longest, dpi = max(file.size), _dpi(file)
                picture = _upright(file, number + 1)
                yield picture, dpi * max(picture.size) / longest
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError) as error:
        raise UnreadableDocument("it is damaged: not a complete picture") from error


def _upright(file: PIL.Image.Image, number: int) -> PIL.Image.Image:
    """Decoded, turned as its camera says, without transparency, grey or RGB, within bounds."""
    width, height = file.size
    if width * height > _MOST_PIXELS:
        raise UnreadableDocument(
            f"picture {number} has {width * height / 1e6:,.0f} megapixels; "
            f"at most {_MOST_PIXELS // 10**6} are read"
        )
    if width * height > _KEPT_PIXELS:
        file.draft(None, (width // 2, height // 2))  # a JPEG can be decoded at half its size
    picture = PIL.ImageOps.exif_transpose(file)
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        paper = PIL.Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        picture = paper
    elif picture.mode.startswith(("I", "F")):
        picture = _eight_bits(picture)
    else:
        picture = picture.convert("L" if picture.mode in ("1", "L") else "RGB")
    scale = (_KEPT_PIXELS / (picture.width * picture.height)) ** 0.5
    if scale < 1:
        size = max(int(picture.width * scale), 1), max(int(picture.height * scale), 1)
        picture = picture.resize(size, PIL.Image.Resampling.BOX)
    return picture


def _eight_bits(picture: PIL.Image.Image) -> PIL.Image.Image:
    """Sixteen bits or floating point, brought to eight: Pillow's own conversion cuts them off."""
    low, high = (float(value) for value in picture.convert("F").getextrema())  # type: ignore[arg-type]
    spread = 255 / (high - low) if high > low else 0.0
    return picture.convert("F").point(lambda value: value * spread - low * spread).convert("L")


def _dpi(file: PIL.Image.Image) -> float:
    """What the picture says, where that makes a page of a usual size; else as if it were an A4."""
    try:
        said = round(float(file.info.get("dpi", (0, 0))[0]))
    except (TypeError, ValueError, IndexError, ArithmeticError):
        said = 0
    longest = max(file.size)
    if said in _PLAUSIBLE and longest / said <= _LARGEST:
        return float(said)
    return max(longest / _USUAL, 96.0)


def _add(copy: Any, picture: PIL.Image.Image, dpi: float) -> None:
    width, height = picture.width * 72 / dpi, picture.height * 72 / dpi
    data = BytesIO()
    picture.save(data, "JPEG", quality=_QUALITY)
    data.seek(0)
    page = copy.new_page(width, height)
    image = pdfium.PdfImage.new(copy)
    image.load_jpeg(data, inline=True, autoclose=True)
    image.set_matrix(pdfium.PdfMatrix().scale(width, height))
    page.insert_obj(image)
    page.gen_content()
    page.close()
