"""At start, after a database was put back from an older copy: what was erased since goes again.

The key store knows every key that was destroyed. Documents, whose keys are gone, are removed by the
vault's own reconciling; here go what has no key of its own (runs, and the answers that quote an
erased document) and people's records. Before the reconciling, so that a hold which the older copy
still has does not stand in its way: there is nothing left for it to hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from lionrock.kernel.actors import worker
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.privacy.people_data import erase_subject
from lionrock.kernel.privacy.run_data import erase_answers, erase_run
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.service import Vault

_AGAIN = {"document": erase_answers, "run": erase_run, "subject": erase_subject}


async def replay(database: Database, vault: Vault) -> int:
    """How many erasures were done again. Growth: linear in the scopes ever destroyed."""
    done = 0
    for tenant in await database.tenants():
        gone = [s for s in vault.store.destroyed(tenant) if s.kind in _AGAIN]
        if gone:
            done += await _of_tenant(database, tenant, gone)
    return done


async def _of_tenant(database: Database, tenant: UUID, gone: Iterable[Scope]) -> int:
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
            await _AGAIN[scope.kind](db, tenant, target)
        if unknown:
            details = {"scopes": len(unknown)}
            await record(db, house, Event.PRIVACY_ERASURE_REPLAY, tenant, details)
    return len(unknown)
