"""Recognition happens in the confined child, within its limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from lionrock.documents.parsing import sandbox
from lionrock.documents.parsing.talk import Ocr
from lionrock.errors import UnreadableDocument
from tests.documents.ocr.making import sheet
from tests.documents.parsing.making import check

LINES = ["客戶盡職審查須於建立業務關係時進行。", "本行保留十年內之交易紀錄。"]


async def test_a_picture_is_read_in_the_confined_child_and_has_a_reading_copy(
    tmp_path: Path,
) -> None:
    path = tmp_path / "scan.png"
    sheet(LINES).save(path, dpi=(150, 150))
    parsed = await sandbox.parse(
        path,
        "scan.png",
        seconds=300,
        memory_bytes=3 * 2**29,
        ocr=Ocr(wanted=True, page_seconds=300),
    )
    check(parsed)
    assert parsed.media_type == "image/png"
    assert parsed.reading_copy is not None
    assert parsed.reading_copy.startswith(b"%PDF")
    assert parsed.pages[0].width == pytest.approx(480, abs=0.5)
    text = parsed.pages[0].text
    assert "客戶盡職審查須於建立業務關係時進行" in text
    start = text.index("業務關係")
    box = parsed.pages[0].boxes(start, start + 4)[0]
    assert box.x0 == pytest.approx((80 + 26 * 10) / 1000, abs=0.01)


async def test_a_picture_bomb_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (30_000, 30_000)).save(path)
    with pytest.raises(UnreadableDocument, match=r"bomb\.png cannot be read: .*900 megapixels"):
        await sandbox.parse(path, "bomb.png", seconds=60, memory_bytes=2**30)
