"""What the citations of a run are held against: the PDFs behind the pictures, glyph by glyph.

Nothing of it comes from what the product stored of a page: a rectangle is compared with where PDFium
finds the glyphs of the file that was uploaded, of the reading copy that was typeset, or, for a scan,
of the file that was on the paper before it was scanned.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageStat

from lionrock.documents.files import FileId, Files
from lionrock.kernel.vault.service import Vault

SAMPLES = Path(__file__).parents[2] / "samples"
SCAN_DPI = 150
SCANNED = (
    ("circular-cdd-remote.pdf", 1), ("circular-cdd-remote.pdf", 2), ("account-opening-form.pdf", 1),
)  # fmt: skip
"""What lies in the scanner's tray: file and page."""


class Box(NamedTuple):
    """A rectangle in fractions of the page from its top left corner."""

    x0: float
    y0: float
    x1: float
    y1: float

    def covers(self, other: Box) -> float:
        """The part of `other` that lies within."""
        wide = min(self.x1, other.x1) - max(self.x0, other.x0)
        high = min(self.y1, other.y1) - max(self.y0, other.y0)
        area = (other.x1 - other.x0) * (other.y1 - other.y0)
        return max(wide, 0.0) * max(high, 0.0) / area


@dataclass(frozen=True)
class Printed:
    """A page as it was printed: its picture, and where each glyph of its text layer lies."""

    file: bytes
    number: int

    @cached_property
    def _page(self) -> pdfium.PdfPage:
        return pdfium.PdfDocument(self.file)[self.number - 1]

    @cached_property
    def glyphs(self) -> list[tuple[str, Box]]:
        """In the order of the file; what leaves no ink is left out."""
        width, height = self._page.get_size()
        text = self._page.get_textpage()
        found = []
        for i in range(text.count_chars()):
            character = text.get_text_range(i, 1)
            left, bottom, right, top = text.get_charbox(i)
            if character.strip() and right > left and top > bottom:
                box = Box(left / width, 1 - top / height, right / width, 1 - bottom / height)
                found.append((character, box))
        return found

    def under(self, boxes: Iterable[Box]) -> list[str]:
        """The glyphs that each rectangle covers by half or more."""
        return ["".join(c for c, at in self.glyphs if b.covers(at) >= 0.5) for b in boxes]

    def picture(self, dpi: int) -> Image.Image:
        drawn: Image.Image = self._page.render(scale=dpi / 72).to_pil()
        return drawn.convert("L")

    def differs(self, shown: Image.Image) -> float:
        """How far a picture is from this page, in mean levels of grey, from 0 to 255."""
        own = self.picture(72).resize((300, 424))
        other = shown.convert("L").resize((300, 424))
        return float(ImageStat.Stat(ImageChops.difference(own, other)).mean[0])


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def scan() -> bytes:
    """A PDF of pictures alone, as a scanner makes it."""
    first, *rest = [Printed(sample(name), page).picture(SCAN_DPI) for name, page in SCANNED]
    kept = BytesIO()
    first.save(kept, "PDF", resolution=SCAN_DPI, save_all=True, append_images=rest, quality=85)
    return kept.getvalue()


def reading_copy(home: Path, document: UUID, version: UUID) -> bytes:
    """The PDF that was typeset of a document, out of a server's home."""
    files = Files(home / "files", 2**30, Vault.open(home / "keys", make=False))
    tenant = next(p.name for p in files.directory.iterdir() if (p / document.hex[:2]).is_dir())
    return b"".join(files.segments(FileId(UUID(tenant), document, version), "reading copy"))


def darkest(picture: Image.Image, box: Box) -> int:
    """The darkest level of grey within, from 0 to 255."""
    across, down = picture.size
    part = picture.crop((box.x0 * across, box.y0 * down, box.x1 * across, box.y1 * down))
    return next(level for level, count in enumerate(part.convert("L").histogram()) if count)


def bare(text: str) -> str:
    """A text without its blanks."""
    return "".join(text.split())


def unlike(quote: str, glyphs: Sequence[str], *, edges: int) -> str:
    """ "" if the glyphs under the rectangles are the quote; else what is wrong. With `edges`, so many
    may be missing or too many at the ends of each rectangle: a recognised line has no sharper ones."""
    wanted, at = bare(quote), 0
    for told in glyphs:
        if not told:
            return "a rectangle covers nothing"
        tries = [(a, b) for a in range(edges + 1) for b in range(edges + 1)]
        core = next(
            ((told[a : len(told) - b], a, b) for a, b in sorted(tries, key=sum)
             if len(told) > a + b and 0 <= wanted.find(told[a : len(told) - b], at) - at <= 2 * edges),
            None,
        )  # fmt: skip
        if core is None:
            return f"{told!r} is marked where {wanted[at : at + len(told) + 2]!r} is quoted"
        at = wanted.find(core[0], at) + len(core[0])
    left = wanted[at:]
    return f"{left!r} is quoted and not marked" if len(left) > edges else ""
