"""Events as an auditor reads them: the leaf's metadata with its payload, where that is not erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict

from lionrock.errors import NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import parse
from lionrock.kernel.audit.leaves import pseudonym
from lionrock.kernel.database import Database
from lionrock.kernel.events import pseudonym_key

MOST = 500
"""Events on a page."""

_COLUMNS = """
SELECT e.id, e.at, e.event, e.actor_kind, e.position, p.payload, p.salt
FROM events e LEFT JOIN event_payloads p ON (p.tenant_id, p.event_id) = (e.tenant_id, e.id)
"""
_PAGE = f"""{_COLUMNS}
WHERE e.tenant_id = $1 AND ($2::text IS NULL OR e.event = $2) AND ($3::bytea IS NULL OR e.subject = $3)
  AND ($4::bytea IS NULL OR e.actor = $4) AND ($5::timestamptz IS NULL OR e.at >= $5)
  AND ($6::uuid IS NULL OR e.id < $6)
ORDER BY e.id DESC LIMIT $7
"""


class Entry(BaseModel):
    """An event. `position` is its index in the log (None: not sequenced yet); who, about whom and why
    are None once the payload is erased."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    at: datetime
    event: str
    actor_kind: str
    position: int | None
    erased: bool
    actor_id: UUID | None = None
    subject_id: UUID | None = None
    purpose: str | None = None
    details: dict[str, Any] | None = None
    salt: str | None = None
    """Hex; with the payload it opens the leaf's commitment."""


@dataclass(frozen=True, slots=True)
class Filter:
    event: str | None = None
    subject: UUID | None = None
    actor: UUID | None = None
    since: datetime | None = None
    before: UUID | None = None
    """Id of the last event of the page before."""
    limit: int = 100


async def page(db: asyncpg.Connection, tenant_id: UUID, wanted: Filter) -> list[Entry]:
    """Events of the open tenant transaction, the newest first."""
    subject = actor = None
    if wanted.subject or wanted.actor:
        key = await pseudonym_key(db, tenant_id)
        subject = pseudonym(key, wanted.subject) if wanted.subject else None
        actor = pseudonym(key, wanted.actor) if wanted.actor else None
    rows = await db.fetch(
        _PAGE,
        *(tenant_id, wanted.event, subject, actor, wanted.since, wanted.before),
        min(max(wanted.limit, 1), MOST),
    )
    return [of_row(row) for row in rows]


async def everything(database: Database, actor: Actor, wanted: Filter) -> Sequence[Entry]:
    """All events that `wanted` names, the oldest first."""
    found: list[Entry] = []
    async with database.tenant_session(actor) as db:
        before = None
        while True:
            batch = await page(
                db,
                actor.tenant_id,
                Filter(wanted.event, wanted.subject, wanted.actor, wanted.since, before, MOST),
            )
            found += batch
            if len(batch) < MOST:
                return found[::-1]
            before = batch[-1].id


async def one(db: asyncpg.Connection, tenant_id: UUID, event_id: UUID) -> Entry:
    """`NotFound` if there is no such event in the tenant."""
    row = await db.fetchrow(f"{_COLUMNS} WHERE e.tenant_id = $1 AND e.id = $2", tenant_id, event_id)
    if row is None:
        raise NotFound("There is no such event here.")
    return of_row(row)


async def positions(database: Database, actor: Actor, first: int, end: int) -> list[asyncpg.Record]:
    """Position, salt and payload of the entries first … end that are not erased."""
    async with database.tenant_session(actor) as db:
        return list(
            await db.fetch(
                "SELECT e.position, p.salt, p.payload FROM events e JOIN event_payloads p"
                " ON (p.tenant_id, p.event_id) = (e.tenant_id, e.id)"
                " WHERE e.tenant_id = $1 AND e.position >= $2 AND e.position < $3 ORDER BY position",
                *(actor.tenant_id, first, end),
            )
        )


def of_row(row: asyncpg.Record) -> Entry:
    plain = {k: row[k] for k in ("id", "at", "event", "actor_kind", "position")}
    if row["payload"] is None:
        return Entry(**plain, erased=True)
    payload: Any = parse(row["payload"])
    return Entry(**plain, erased=False, salt=row["salt"].hex(), **payload)
