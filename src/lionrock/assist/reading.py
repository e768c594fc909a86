"""A document as the desk reads it: sentences and table rows in order, each of which can be cited."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lionrock.documents.citations import Citation
from lionrock.documents.schemas import Passage
from lionrock.documents.sentences import sentences
from lionrock.kernel.capabilities import RunContext


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` is `passage.text[start:end]`: a sentence, or a whole table row."""

    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]


async def read(run: RunContext, document: UUID) -> list[Piece]:
    """Every piece of the version in force, in order. `NotFound`, `Conflict` as for `passages_of`."""
    return [
        piece
        for passage in await run.documents.passages_of(run.actor, document)
        for piece in pieces(passage)
    ]


def pieces(passage: Passage) -> list[Piece]:
    """The passage's sentences; of a table row the whole, whose cells mean nothing alone."""
    if passage.kind == "row":
        return [Piece(passage, 0, len(passage.text))]
    return [Piece(passage, start, end) for start, end in sentences(passage.text) if end > start]


async def cited(run: RunContext, piece: Piece) -> Citation | None:
    """The piece as it stands on its page; None where it does not stand there as one."""
    return await run.documents.cite(run.actor, piece.passage, piece.start, piece.end)
