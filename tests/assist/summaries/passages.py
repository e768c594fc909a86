"""Passages made for tests: text under a heading, on page 1."""

from __future__ import annotations

from uuid import UUID, uuid4

from lionrock.assist.reading import Piece, pieces
from lionrock.documents.schemas import Passage

DOCUMENT = UUID(int=1)


def passage(
    text: str, heading: str = "", *, kind: str = "paragraph", language: str = "en"
) -> Passage:
    return Passage(
        id=uuid4(), version_id=DOCUMENT, document_id=DOCUMENT, document="paper.md", ordinal=0,
        kind=kind, number="", heading=heading, language=language, text=text,
        slices=[(1, 0, len(text))],
    )  # fmt: skip


def pieces_of(*passages: Passage) -> list[Piece]:
    return [piece for one in passages for piece in pieces(one)]
