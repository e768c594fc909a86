"""At start, after a database was put back from an older copy: what was erased since goes again.

The key store knows every key that was destroyed. Documents, whose keys are gone, are removed by the
vault's own reconciling; here go what has no key of its own (runs, and the answers that quote an
erased document) and people's records. Before the reconciling, so that a hold which the older copy
still has does not stand in its way: there is nothing left for it to hold.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from lionrock.kernel.actors import worker
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.privacy.people_data import erase_subject
from lionrock.kernel.privacy.run_data import erase_answers, erase_run
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.service import Vault

if TYPE_CHECKING:
    import asyncpg

Again = Callable[["asyncpg.Connection", UUID, UUID], Awaitable[object]]
"""Removes the rows of a tenant's thing, in the open transaction; nothing where there are none."""
_AGAIN: Mapping[str, Again] = {
    "document": erase_answers, "run": erase_run, "subject": erase_subject,
}  # fmt: skip


async def replay(database: Database, vault: Vault, rooms: Mapping[str, Again] | None = None) -> int:
    """How many erasures were done again; `rooms` are other rooms' kinds. Growth: linear in the scopes
    ever destroyed."""
    again, done = {**_AGAIN, **(rooms or {})}, 0
    for tenant in await database.tenants():
        gone = [s for s in vault.store.destroyed(tenant) if s.kind in again]
        if gone:
            done += await _of_tenant(database, tenant, gone, again)
    return done


async def _of_tenant(
    database: Database, tenant: UUID, gone: Iterable[Scope], again: Mapping[str, Again]
) -> int:
    house = worker(tenant)
    async with database.tenant_session(house) as db:
        rows = await db.fetch(
            "SELECT kind, name FROM vault_tombstones WHERE tenant_id = $1", tenant
        )
        known = {Scope(r["kind"], r["name"]) for r in rows}
        unknown = sorted(set(gone) - known, key=str)
        for scope in unknown:
            target = UUID(hex=scope.name)
            await db.execute(
                "INSERT INTO replayed_erasures (tenant_id, kind, target_id) VALUES ($1, $2, $3)"
                " ON CONFLICT DO NOTHING",
                *(tenant, scope.kind, target),
            )
            await again[scope.kind](db, tenant, target)
        if unknown:
            details = {"scopes": len(unknown)}
            await record(db, house, Event.PRIVACY_ERASURE_REPLAY, tenant, details)
    return len(unknown)
