"""What was asked at the OpenAI door and answered, where it was kept, over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.gateway.exchanges.records import Exchange, Listed
from lionrock.gateway.exchanges.service import MOST, ExchangeService


class Exchanges(BaseModel):
    """The newest first. `next`: what to give as `before` for those before them; None: there are none."""

    exchanges: list[Listed]
    next: UUID | None


routes = APIRouter(prefix="/gateway/exchanges", tags=["gateway"])


@routes.get("")
async def list_exchanges(
    request: Request,
    actor: ActorDep,
    member: UUID | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> Exchanges:
    """What was kept of calls, without its content. Who may not read everyone's sees their own, and a
    key what was asked with it."""
    found = await _service(request).listing(actor, member=member, before=before, limit=limit)
    return Exchanges(exchanges=found, next=found[-1].id if len(found) == limit else None)


@routes.get("/{exchange_id}")
async def get_exchange(request: Request, actor: ActorDep, exchange_id: UUID) -> Exchange:
    """One, with what was sent and what was answered. Another's is read on record."""
    return await _service(request).get(actor, exchange_id)


def _service(request: Request) -> ExchangeService:
    found = house(request)
    return ExchangeService(found.database, found.vault)
