"""Pictures of pages, for showing a quote where it stands. Drawn in the confined child."""

from __future__ import annotations

from pathlib import Path

from lionrock.documents.parsing.sandbox import Limits, ask_child

_SECONDS = 60
_MEMORY_BYTES = 2**30


async def page_image(pdf_path: Path, page: int, *, dpi: int = 110) -> bytes:
    """Page number `page` (from 1) of a PDF as a PNG, as a viewer shows it: cropped and turned, in
    the proportions of `ParsedPage.width` and `height`.

    Raises `UnreadableDocument` if the PDF or the page cannot be read.
    """
    request: dict[str, object] = {
        "task": "page-image",
        "path": str(pdf_path.resolve()),
        "page": page,
        "dpi": dpi,
    }
    _, png = await ask_child(request, Limits(pdf_path.name, _SECONDS, _MEMORY_BYTES))
    return png
