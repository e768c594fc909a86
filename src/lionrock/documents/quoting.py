"""A citation of any place on a page, also of headings and parts of lines, which no passage holds."""

from __future__ import annotations

from collections.abc import Sequence

from lionrock.documents.citations import Box, Citation
from lionrock.documents.parsed import ParsedPage
from lionrock.documents.schemas import Document
from lionrock.kernel.privacy.corrections import Note


def quoted(
    document: Document, page: ParsedPage, start: int, end: int, notes: Sequence[Note]
) -> Citation:
    """The citation of `page.text[start:end]`; `page` is of the version that `document` tells."""
    boxes = [box._asdict() for box in page.boxes(start, end)]
    return Citation(
        document_id=document.id,
        version_id=document.version_id,
        document=document.name,
        page=page.number,
        boxes=[Box(**{side: round(at, 4) for side, at in box.items()}) for box in boxes],
        quote=page.text[start:end],
        notes=[note.note for note in notes if note.page in (None, page.number)],
        held=document.held,
    )
