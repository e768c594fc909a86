"""Pictures of pages, for showing a quote where it stands. Drawn in the confined child."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lionrock.documents.parsing.sandbox import Limits, ask_child

Mask = Mapping[str, list[list[float]] | None]
_SECONDS = 60
_MEMORY_BYTES = 2**30


async def page_image(
    pdf: Path | int, page: int, *, name: str = "", dpi: int = 110, mask: Mask | None = None,
    turn: int = 0,
) -> bytes:  # fmt: skip
    """Page number `page` (from 1) of a PDF as a PNG, as a viewer shows it: cropped and turned, in
    the proportions of `ParsedPage.width` and `height`, whose `turn` it wants.

    `pdf` is a path, or an open descriptor, and then `name` what the user calls the file. With a
    `mask` no pixel of what it covers leaves the child: `show` and `hide`, boxes in fractions of the
    page, as `picture.page_png` says. Raises
    `UnreadableDocument` if the PDF or the page cannot be read.
    """
    request: dict[str, object] = {"task": "page-image", "page": page, "dpi": dpi, "mask": mask,
                                  "turn": turn}  # fmt: skip
    called = name or (pdf.name if isinstance(pdf, Path) else "the document")
    _, png = await ask_child(request, Limits(called, _SECONDS, _MEMORY_BYTES), source=pdf)
    return png
