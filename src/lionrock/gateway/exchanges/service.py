"""Who may read what was exchanged: the member it was with, and those whose office it is, on record.

A key without `gateway:exchange:read` sees what was asked with it, not what its owner asked elsewhere. To
everybody else an exchange is not there.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final
from uuid import UUID

from lionrock.errors import NotFound
from lionrock.gateway.exchanges.records import FACTS, TABLE, Exchange, Listed, listed, opened
from lionrock.kernel.actors import Actor, ActorKind
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, decide, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault

MOST: Final = 200
_LAST: Final = UUID(int=2**128 - 1)
_THEIRS: Final = "($2::uuid IS NULL OR member_id = $2) AND ($3::uuid IS NULL OR key_id = $3)"
_LIST: Final = f"""
SELECT {FACTS} FROM {TABLE} WHERE tenant_id = $1 AND {_THEIRS} AND ($4::uuid IS NULL OR member_id = $4)
AND id < $5 ORDER BY id DESC LIMIT $6
"""
_ONE: Final = f"""
SELECT {FACTS}, key_period, request, answer FROM {TABLE}
WHERE tenant_id = $1 AND {_THEIRS} AND id = $4
"""


class ExchangeService:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def listing(
        self,
        actor: Actor,
        *,
        member: UUID | None = None,
        before: UUID | None = None,
        limit: int = 50,
    ) -> list[Listed]:
        """The newest first, at most 200; `before`: older than this one. Who may not read everyone's
        sees their own."""
        theirs = _theirs(actor)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                _LIST,
                *(actor.tenant_id, *theirs, member, before or _LAST, max(1, min(limit, MOST))),
            )
        return [listed(row) for row in rows]

    async def get(self, actor: Actor, id: UUID) -> Exchange:
        """One, opened. `NotFound` for another's, too. Read by another than its member, it is an event
        in the same transaction; `Erased` once its month's key is gone."""
        theirs = _theirs(actor)
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(_ONE, actor.tenant_id, *theirs, id)
            if row is None:
                raise NotFound(ABSENT)
            found = await asyncio.to_thread(opened, self._vault, actor.tenant_id, row)
            if row["member_id"] != actor.id:
                details: dict[str, Any] = {"model": row["model"]}
                await record(db, actor, Event.GATEWAY_EXCHANGE_READ, id, details)
        return found


def _theirs(actor: Actor) -> tuple[UUID | None, UUID | None]:
    """The member and key whose exchanges they see; None: of all. `Forbidden` for who may see none."""
    if decide(actor, P.GATEWAY_EXCHANGE_READ):
        return None, None
    require(actor, P.GATEWAY_MODEL_CALL)
    return actor.id, actor.credential if actor.kind is ActorKind.SERVICE else None
