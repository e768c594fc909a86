"""Retention: what is past its time, by the class of its collection. Nothing goes by itself unless
its class says so, and nothing goes that a hold keeps.

Classes are the tenant's (`kernel/purposes.py`); the days that start a period other than the day a
document was added are set here. Classes of money-laundering records cannot be set below five years
after the relationship or the transaction (Cap. 615, Sch. 2, s. 20): the database refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final, Literal, Protocol
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict

from lionrock.errors import InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy import clock

AML_MONTHS: Final = 60
Starts = Literal["relationship-end", "transaction", "decision"]
Begins = Literal["collection", "document", "customer"]
"""What a day can be set for."""
Kind = Literal["document", "customer", "case", "screening", "batch"]
_TABLES: Final = {
    "collection": "collections", "document": "documents", "customer": "screening_customers",
}  # fmt: skip

_DUE: Final = """
SELECT d.id, d.collection_id, d.created_at, k.code, k.starts, k.minimum_months, k.maximum_months,
       k.automatic, coalesce(own.on_day, whole.on_day) AS started_on, hold_on('document', d.id) AS hold,
       CASE k.starts WHEN 'last-use' THEN (SELECT max(r.started_at) FROM run_sources u
            JOIN runs r ON (r.tenant_id, r.id) = (u.tenant_id, u.run_id)
            WHERE u.tenant_id = d.tenant_id AND u.document_id = d.id) END AS used_at
FROM documents d
JOIN collections c ON (c.tenant_id, c.id) = (d.tenant_id, d.collection_id)
JOIN retention_classes k ON (k.tenant_id, k.code) = (c.tenant_id, c.retention_class)
LEFT JOIN retention_starts own ON own.tenant_id = d.tenant_id AND own.kind = 'document'
    AND own.target_id = d.id AND own.starts = k.starts
LEFT JOIN retention_starts whole ON whole.tenant_id = d.tenant_id AND whole.kind = 'collection'
    AND whole.target_id = c.id AND whole.starts = k.starts
WHERE d.tenant_id = $1 AND k.active AND k.maximum_months IS NOT NULL
ORDER BY d.created_at, d.id
"""


class Due(BaseModel):
    """A thing and the day on which its longest time ends. `collection_id`: of a document."""

    model_config = ConfigDict(frozen=True)
    kind: Kind = "document"
    target_id: UUID
    collection_id: UUID | None = None
    retention_class: str
    starts: str
    started_on: date
    due_on: date
    automatic: bool
    hold: UUID | None


class Ageing(Protocol):
    """A room whose things have a class too, other than by a collection."""

    async def due(self, db: asyncpg.Connection, tenant: UUID, today: date) -> list[Due]:
        """What is past its longest time and not kept by a law; a thousand of a kind at most."""
        ...


class Retention:
    def __init__(self, database: Database, rooms: Sequence[Ageing] = ()) -> None:
        self._database, self._rooms = database, rooms

    async def due(self, actor: Actor, *, today: date | None = None) -> list[Due]:
        """What is past its longest time, the oldest first; what is held is listed with its hold.

        A period whose starting day nobody has set has not begun. Growth: linear in documents.
        """
        require(actor, P.PRIVACY_RETENTION_MANAGE)
        return await self.due_for_worker(actor, today=today)

    async def due_for_worker(self, actor: Actor, *, today: date | None = None) -> list[Due]:
        day = today or clock.hong_kong_date(datetime.now(UTC))
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(_DUE, actor.tenant_id)
            found = [d for r in rows if (d := _due(r)) is not None and d.due_on <= day]
            for room in self._rooms:
                found += await room.due(db, actor.tenant_id, day)
        return sorted(found, key=lambda d: (d.started_on, d.due_on))

    async def start(
        self, actor: Actor, kind: Begins, target: UUID, starts: Starts, on_day: date
    ) -> None:
        """Say on which day a relationship ended, a transaction was completed, a decision made."""
        require(actor, P.PRIVACY_RETENTION_MANAGE)
        table = _TABLES[kind]
        async with self._database.tenant_session(actor) as db:
            if not await db.fetchval(
                f"SELECT true FROM {table} WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, target),
            ):
                raise NotFound(ABSENT)
            await db.execute(
                "INSERT INTO retention_starts (tenant_id, kind, target_id, starts, on_day, set_by)"
                " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, kind, target_id, starts)"
                " DO UPDATE SET on_day = excluded.on_day, set_by = excluded.set_by, set_at = now()",
                *(actor.tenant_id, kind, target, starts, on_day, actor.id),
            )
            details = {"kind": kind, "starts": starts, "on": on_day.isoformat()}
            await record(db, actor, Event.RETENTION_START_SET, target, details)


def check_floor(code: str, minimum_months: int, starts: str) -> None:
    """`InvalidInput` for a class of money-laundering records that would keep them too shortly."""
    if not code.startswith("aml-"):
        return
    if minimum_months < AML_MONTHS or starts not in ("relationship-end", "transaction"):
        raise InvalidInput(
            "Records of customer due diligence and transactions are kept at least five years after "
            "the relationship ends or the transaction is completed (Cap. 615, Sch. 2, s. 20): "
            f"{AML_MONTHS} months or more, from the relationship's end or the transaction."
        )


def _due(row: asyncpg.Record) -> Due | None:
    started: date | None = row["started_on"]
    if started is None and row["starts"] in ("added", "last-use"):
        started = clock.hong_kong_date(max(row["created_at"], row["used_at"] or row["created_at"]))
    if started is None:
        return None
    months = max(row["maximum_months"], row["minimum_months"])
    return Due(
        target_id=row["id"], collection_id=row["collection_id"], retention_class=row["code"],
        starts=row["starts"], started_on=started, due_on=clock.months_after(started, months),
        automatic=row["automatic"], hold=row["hold"],
    )  # fmt: skip
