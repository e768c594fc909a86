"""Documents whose names somebody has screened on a page, see `held_runs`; what outlives a run besides its
event is what was put on record of hits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from lionrock.documents.service import DocumentService
from lionrock.errors import Conflict, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.watch import Watch
from lionrock.screening.documents.progress import Stage
from lionrock.screening.documents.service import DocumentScreening, Screened
from lionrock.screening.held_runs import HeldRun, HeldRuns

MOST_KEPT: Final = 5
"""Ended runs of one member; the oldest goes first."""


@dataclass(slots=True, kw_only=True)
class DocumentRun(HeldRun[Stage, Screened]):
    document_id: UUID
    document: str
    stage: Stage = Stage.LISTS


class DocumentRuns(HeldRuns[DocumentRun]):
    """Every method asks for `screening:name:screen`, and knows the caller's own runs only."""

    def __init__(self) -> None:
        super().__init__(P.SCREENING_NAME_SCREEN, MOST_KEPT)

    def begin(
        self, actor: Actor, screening: DocumentScreening, document_id: UUID, document: str, watch: Watch
    ) -> DocumentRun:  # fmt: skip
        """Let it run; `document` is its name. It ends with the actor's access, as `watch` sees it.

        `Conflict` while another of theirs is under way.
        """
        if self._busy(actor):
            raise Conflict("A document of yours is being screened: wait for it, or stop it.")
        run = DocumentRun(actor=actor, document_id=document_id, document=document)
        return self._start(run, lambda: screening.run(actor, document_id, run.tell), watch)

    async def read(self, actor: Actor, run_id: UUID, documents: DocumentService) -> DocumentRun:
        """As `get`; `NotFound`, and the run is dropped, once they may not read the document any more or
        it is erased."""
        run = self.get(actor, run_id)
        try:
            await documents.get(actor, run.document_id)
        except NotFound:
            self.drop(run)
            raise
        return run
