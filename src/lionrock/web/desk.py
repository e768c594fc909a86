"""The desk: every task on documents in one place, and the choice of documents for one of them."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from lionrock.documents.listing import Wanted
from lionrock.documents.schemas import State
from lionrock.doors import house
from lionrock.kernel.capabilities import capabilities
from lionrock.kernel.permissions import Permission as P
from lionrock.web.auth import Reader
from lionrock.web.forms import chosen_ids, takes
from lionrock.web.rendering import page
from lionrock.web.sections import FIRST, may
from lionrock.web.work import past

OFFERED = 12
"""Documents to choose from at once; a name finds the others."""
_RECENT = 8
_READABLE = (State.READY, State.INDEXED)

routes = APIRouter()


@routes.get("/desk")
async def desk(request: Request, actor: Reader) -> Response:
    """The tasks that the reader may do; with `documents`, those that take documents."""
    chosen = chosen_ids(request.query_params)
    names = await house(request).documents.some(actor, chosen) if chosen else []
    done = await past(request, actor, 100) if may(actor, P.KERNEL_RUN_READ) else []
    tasks = [t for t in capabilities() if t.name != FIRST and may(actor, t.permission)]
    return page(
        request, "desk.html", tasks=[t for t in tasks if takes(t) or not chosen],
        chosen=names, here="/desk",
        recent=[run for run in done if run["name"] != FIRST][:_RECENT],
    )  # fmt: skip


@routes.get("/desk/documents")
async def documents(
    request: Request, actor: Reader, field: str, many: bool = False, look: str = ""
) -> Response:
    """Documents to choose for a field: those chosen first, then the newest whose names have `look`."""
    kept = house(request).documents
    chosen = await kept.some(actor, chosen_ids(request.query_params, field))
    wanted = Wanted(states=tuple(map(str, _READABLE)), name=look.strip()[:200])
    found = await kept.listing(actor, wanted, limit=OFFERED)
    others = [d for d in found.documents if d.id not in {c.id for c in chosen}]
    return page(
        request, "desk-documents.html", field=field, many=many, chosen=chosen,
        others=others, more=max(0, found.total - len(found.documents)), look=look.strip(),
    )  # fmt: skip
