"""Small documents made for these tests, and what must hold of anything parsed."""

from __future__ import annotations

import importlib.util
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import typst
from PIL import Image

from lionrock.documents.parsed import Block, Box, ParsedDocument, ParsedPage
from lionrock.documents.parsing.pdf import parse_pdf
from lionrock.documents.parsing.picture import page_png

RED = (255, 0, 0)


@cache
def fonts() -> Any:
    package = importlib.util.find_spec("noto_cjk_sans_otc")
    assert package is not None and package.origin is not None
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(Path(package.origin).parent)],
    )


def pdf(folder: Path, source: str, name: str = "made.pdf") -> Path:
    """Typeset a typst source."""
    path = folder / name
    head = '#set text(font: ("Libertinus Serif", "Noto Sans CJK HK"), size: 11pt)\n'
    path.write_bytes(bytes(typst.compile((head + source).encode(), font_paths=fonts())))
    return path


def changed(
    path: Path, turn: int = 0, crop: tuple[float, float, float, float] | None = None
) -> Path:
    """The PDF with its pages turned clockwise and cropped."""
    document = pypdfium2.PdfDocument(path)
    for page in document:
        page.set_rotation(turn)
        if crop:
            page.set_cropbox(*crop)
    other = path.with_name(f"changed-{turn}-{path.name}")
    document.save(other)
    document.close()
    return other


def parsed(path: Path) -> ParsedDocument:
    document = parse_pdf(path, path.stem, lambda _done, _total: None)
    check(document)
    return document


def parsed_source(folder: Path, source: str) -> ParsedDocument:
    return parsed(pdf(folder, source))


def texts(document: ParsedDocument, *kinds: str) -> list[str]:
    """The texts of the blocks of these kinds, or of all."""
    return [document.text_of(b) for b in document.blocks if not kinds or b.kind in kinds]


def block(document: ParsedDocument, beginning: str) -> Block:
    """The one block whose text begins so."""
    (found,) = [b for b in document.blocks if document.text_of(b).startswith(beginning)]
    return found


def red_box(pdf_path: Path, page: int = 1) -> Box:
    """Where the page's picture is red, in fractions."""
    picture = Image.open(BytesIO(page_png(pdf_path, page, 110))).convert("RGB")
    width, height = picture.size
    pixels = picture.load()
    assert pixels is not None
    red = [
        (x, y)
        for x in range(width)
        for y in range(height)
        if pixels[x, y][0] > 200 and pixels[x, y][1] < 90 and pixels[x, y][2] < 90
    ]
    xs, ys = [x for x, _ in red], [y for _, y in red]
    return Box(min(xs) / width, min(ys) / height, max(xs) / width, max(ys) / height)


def word_box(page: ParsedPage, word: str) -> Box:
    start = page.text.index(word)
    (found,) = page.boxes(start, start + len(word))
    return found


def covers(outer: Box, inner: Box, slack: float = 0.006) -> bool:
    """Whether `inner` lies in `outer`, and `outer` is not much larger."""
    inside = (
        outer.x0 - slack <= inner.x0
        and inner.x1 <= outer.x1 + slack
        and outer.y0 - slack <= inner.y0
        and inner.y1 <= outer.y1 + slack
    )
    reach = 0.03
    tight = max(inner.x0 - outer.x0, outer.x1 - inner.x1, inner.y0 - outer.y0) < reach
    return inside and tight


def check(document: ParsedDocument) -> None:
    """What every parsed document promises."""
    covered: dict[int, int] = {page.number: 0 for page in document.pages}
    for found in document.blocks:
        assert found.slices, "a block stands somewhere"
        for part in found.slices:
            page = document.pages[part.page - 1]
            assert 0 <= part.start < part.end <= len(page.text)
            text = page.text[part.start : part.end]
            assert text == text.strip() and "\n" not in text
            covered[part.page] += part.end - part.start
        assert "  " not in document.text_of(found) or found.kind == "row"
    for number, page in enumerate(document.pages, 1):
        assert page.number == number and page.width > 0 and page.height > 0
        slices = sum(part.page == number for b in document.blocks for part in b.slices)
        # The slices and the newlines between them are the whole text of the page.
        assert covered[number] + max(slices - 1, 0) == len(page.text)
        check_runs(page)


def check_runs(page: ParsedPage) -> None:
    at = 0
    for run in page.runs:
        assert at <= run.start < run.end <= len(page.text), "runs are sorted and do not overlap"
        assert len(run.xs) == run.end - run.start + 1
        assert list(run.xs) == sorted(run.xs)
        assert run.xs[0] >= 0 and run.xs[-1] <= 1 and 0 <= run.y0 <= run.y1 <= 1
        assert not page.text[at : run.start].strip(), "all but white space stands in a run"
        at = run.end
    assert not page.text[at:].strip()
