"""A document shown by LibreOffice: its pages as PDF, and as pictures kept under artefacts/docx/."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pypdfium2 as pdfium
import pytest

SHOWN = Path(__file__).parents[3] / "artefacts" / "docx"
_PATIENCE = 180


def pictured(data: bytes, name: str, scratch: Path) -> str:
    """The text of the rendered pages; `name`-1.png … are kept. Skips where LibreOffice is not."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed: no DOCX was opened and rendered")
    source = scratch / f"{name}.docx"
    source.write_bytes(data)
    profile = (scratch / "profile").as_uri()
    subprocess.run(
        [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf",
         "--outdir", str(scratch), str(source)],
        check=True, capture_output=True, timeout=_PATIENCE,
    )  # fmt: skip
    SHOWN.mkdir(parents=True, exist_ok=True)
    texts = []
    with pdfium.PdfDocument(scratch / f"{name}.pdf") as pages:
        for number, page in enumerate(pages, 1):
            page.render(scale=1.5).to_pil().save(SHOWN / f"{name}-{number}.png")
            texts.append(page.get_textpage().get_text_bounded())
    return "\n".join(texts)
