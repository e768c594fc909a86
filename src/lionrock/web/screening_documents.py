"""The names of a document against the lists: begun from the document's page, followed, then shown by page.

The work goes on in the server; what it found is held there for a while, for the one who began it alone
(`screening/documents/runs`).
"""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from lionrock.doors import house
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.documents.runs import DocumentRuns
from lionrock.screening.documents.service import DocumentScreening, Place, Screened
from lionrock.web.administration import done
from lionrock.web.auth import Reader
from lionrock.web.rendering import page, translator
from lionrock.web.screening_words import scored, table
from lionrock.web.sections import SCREENING

PATH: Final = f"{SCREENING}/desk/documents"

routes = APIRouter()


@routes.post(f"{PATH}/{{document_id}}")
async def begin(request: Request, actor: Reader, document_id: UUID) -> Response:
    """Screen the names of a document, on record."""
    require(actor, P.SCREENING_NAME_SCREEN)
    found = house(request)
    document = await found.documents.get(actor, document_id)
    screening = DocumentScreening(found.database, found.documents, found.screening.registry)
    run = _runs(request).begin(actor, screening, document.id, document.name, found.runs.watch)
    return done(request, f"{PATH}/{run.id}")


@routes.get(f"{PATH}/{{run_id}}")
async def one(request: Request, actor: Reader, run_id: UUID) -> Response:
    """How far the run is; then the names, those with hits first; while the document may be read."""
    run = await _runs(request).read(actor, run_id, house(request).documents)
    if run.found is None:
        return page(request, "screening/document-run.html", run=run)
    return page(
        request, "screening/document-names.html", run=run, found=run.found,
        **_shown(request, run.found),
    )  # fmt: skip


@routes.post(f"{PATH}/{{run_id}}/stop")
async def stop(request: Request, actor: Reader, run_id: UUID) -> Response:
    run = _runs(request).get(actor, run_id)
    _runs(request).stop(actor, run_id)
    return done(request, f"/documents/{run.document_id}")


def _runs(request: Request) -> DocumentRuns:
    return house(request).screening.documents


def _shown(request: Request, found: Screened) -> dict[str, Any]:
    speak = translator(request)
    clear = sorted(
        (p for name in found.names if not name.hits for p in name.places),
        key=lambda place: (place.page, place.start),
    )
    return {
        "said": lambda hit: table(hit.match.evidence, speak), "scored": scored, "marked": _marked,
        "clear": [(number, list(places)) for number, places in groupby(clear, lambda p: p.page)],
        "clear_names": sum(not name.hits for name in found.names),
    }  # fmt: skip


def _marked(document_id: UUID, place: Place) -> str:
    """The address of a page on which the place is marked, see `viewer`."""
    where = f"{place.page}-{place.start}-{place.end}"
    return f"/documents/{document_id}/pages/{place.page}?mark={where}"
