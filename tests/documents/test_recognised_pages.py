"""A scanned page from its file to its citation: read by OCR, turned upright, and said so."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from lionrock.documents.parsing.talk import Ocr
from lionrock.documents.schemas import State
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.building import chunks, house_of, settled
from tests.documents.parsing.making import pdf

SOURCE = """#set text(size: 14pt)
#v(6cm) Each customer must be identified before an account is opened, and the record kept.

開立帳戶前須識別每名客戶的身分，並備存紀錄。
#text(fill: red)[Counterparty]
"""


def scan(folder: Path) -> bytes:
    """A text page, then the same page as a picture that lies on its side."""
    page = pypdfium2.PdfDocument(pdf(folder, SOURCE))[0]
    picture = page.render(scale=150 / 72).to_pil().rotate(90, expand=True)
    file = BytesIO()
    picture.save(file, "PDF", resolution=150)
    whole = pypdfium2.PdfDocument.new()
    whole.import_pages(pypdfium2.PdfDocument(pdf(folder, SOURCE)))
    whole.import_pages(pypdfium2.PdfDocument(file.getvalue()))
    file = BytesIO()
    whole.save(file)
    return file.getvalue()


async def test_a_scanned_page_is_recognised_turned_and_says_how_sure_it_is(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with house_of(database, actor, tmp_path) as house:
        house.ingest._ocr = Ocr(True, 300)
        added = await house.documents.add(actor, "scan.pdf", chunks(scan(tmp_path)))
        house.ingest.wake()
        document = await settled(house, actor, added)
        assert (document.state, document.unread) == (State.READY, [])
        text, seen = [await house.documents.page(actor, document.id, n) for n in (1, 2)]
        assert (text.recognised, text.turn, text.confidence) == (False, 0, None)
        assert (seen.recognised, seen.turn) == (True, 1)
        assert seen.confidence is not None and seen.confidence > 0.9
        assert "識別每名客戶的身分" in seen.text
        assert seen.width < seen.height, "it is shown upright"

        layout = (await house.documents.layouts(actor, document.id, [2]))[2]
        start = seen.text.index("Counterparty")
        (box,) = layout.boxes(start, start + len("Counterparty"))
        png = await house.documents.page_image(actor, document.id, 2)
        picture = Image.open(BytesIO(png)).convert("RGB")
        width, height = picture.size
        assert width < height
        around = (box.x0 * width - 3, box.y0 * height - 3, box.x1 * width + 3, box.y1 * height + 3)
        raw = picture.crop(tuple(map(int, around))).tobytes()
        red = [r for r, g in zip(raw[0::3], raw[1::3], strict=True) if r > 180 > 2 * g]
        assert len(red) > 20, "the box stands where the word is in the picture"


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_page_that_is_not_read_is_named_and_the_others_are_there(
    database: Database, actor: Actor, tmp_path: Path, wanted: bool
) -> None:
    async with house_of(database, actor, tmp_path) as house:
        house.ingest._ocr = Ocr(wanted, 1 if wanted else 300)  # a second is not enough for a page
        added = await house.documents.add(actor, "scan.pdf", chunks(scan(tmp_path)))
        house.ingest.wake()
        document = await settled(house, actor, added)
        page = await house.documents.page(actor, document.id, 2)
        assert (document.state, document.unread) == (State.READY, [2])
        assert (page.unread, page.recognised, page.text) == (True, False, "")
        assert "Counterparty" in (await house.documents.page(actor, document.id, 1)).text
