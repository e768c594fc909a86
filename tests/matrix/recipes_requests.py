"""Access and correction requests: pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.request_models import RequestKind
from tests.matrix.calling import Sent
from tests.matrix.recipe import Make, Recipe, request
from tests.matrix.recipes_privacy import fresh_request, officer, packaged, searched
from tests.matrix.surface import Slot
from tests.matrix.world import Institution

_ASK: Final = P.PRIVACY_REQUEST_MANAGE
_NOBODYS: Final = "00000000-0000-4000-8000-000000000000"


def of_one(
    form: dict[str, Any] | None = None,
    asked: Callable[[Institution], Awaitable[UUID]] = fresh_request,
) -> Make:
    """A request in the path; `form` as the body."""

    async def make(of: Institution) -> Sent:
        return Sent({"request_id": str(await asked(of))}, form=form)

    return make


async def with_findings(of: Institution) -> UUID:
    return (await searched(of))[0]


async def ready(of: Institution) -> UUID:
    """Packaged, and who asks has shown who they are."""
    asked = await packaged(of)
    await of.house.privacy.requests.check_identity(await officer(of), asked, "id-document")
    return asked


async def place(of: Institution) -> Sent:
    asked, finding = await searched(of)
    path = {"request_id": str(asked), "finding_id": str(finding)}
    return Sent(path, form={"decision": "include"})


async def correction(of: Institution) -> Sent:
    asked = await fresh_request(of, RequestKind.CORRECTION)
    form = {"field": "note", "target": str(await of.fresh_document()), "text": "He says otherwise."}
    return Sent({"request_id": str(asked)}, form=form)


_NEW: Final = {"kind": "access", "received_on": "2026-11-01", "known-name": "Chan Tai Man"}
_REFUSED: Final = {"ground": "identity", "reason": "No document was shown."}
_LATE: Final = {"reason": "The archive is away."}
_TARGET: Final = ((Slot("body", ("target",)), _NOBODYS),)

RECIPES: Final[dict[str, Recipe]] = {
    "GET /admin/requests": Recipe(request(), _ASK),
    "GET /admin/requests/new": Recipe(request(), _ASK),
    "GET /admin/requests/{request_id}": Recipe(of_one(), _ASK),
    "GET /admin/requests/{request_id}/package.zip": Recipe(of_one(asked=packaged), _ASK),
    "GET /admin/requests/{request_id}/places": Recipe(of_one(asked=with_findings), _ASK),
    "POST /admin/requests": Recipe(request(form=_NEW), _ASK),
    "POST /admin/requests/{request_id}/correct": Recipe(correction, _ASK, more=_TARGET),
    "POST /admin/requests/{request_id}/deliver": Recipe(
        of_one({"method": "by hand"}, ready), _ASK
    ),
    "POST /admin/requests/{request_id}/extend": Recipe(of_one(_LATE), _ASK),
    "POST /admin/requests/{request_id}/fee": Recipe(of_one({"dollars": "50"}), _ASK),
    "POST /admin/requests/{request_id}/identity": Recipe(of_one({"method": "id-document"}), _ASK),
    "POST /admin/requests/{request_id}/package": Recipe(of_one({}, packaged), _ASK),
    "POST /admin/requests/{request_id}/places/{finding_id}": Recipe(place, _ASK),
    "POST /admin/requests/{request_id}/refuse": Recipe(of_one(_REFUSED), _ASK),
    "POST /admin/requests/{request_id}/search": Recipe(of_one({}), _ASK),
}  # fmt: skip
