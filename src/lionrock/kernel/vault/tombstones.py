"""Destroyed keys stay destroyed: tombstones in the database and in the key store, kept alike.

A key store put back from a backup has keys again that the database knows to be destroyed; a
database put back has content again whose key is gone. `reconcile` at each start lets neither live.
Putting both back, from before an erasure, undoes it: why the key store's backups have a short life.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from lionrock.errors import VaultClosed
from lionrock.kernel.actors import Actor, worker
from lionrock.kernel.database import Database
from lionrock.kernel.vault.scopes import Scope

if TYPE_CHECKING:
    import asyncpg

    from lionrock.kernel.vault.service import Vault

    Erase = Callable[[asyncpg.Connection, Actor, Sequence[Scope]], Awaitable[None]]

_ADD = "INSERT INTO vault_tombstones (tenant_id, kind, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"


async def condemn(db: asyncpg.Connection, tenant: UUID, scope: Scope) -> None:
    """In the transaction that erases: from its commit on, the scope's key is dead."""
    await db.execute(_ADD, tenant, scope.kind, scope.name)


async def reconcile(database: Database, vault: Vault, erase: Erase) -> None:
    """At start: whatever either side knows to be destroyed is destroyed on both.

    `erase` removes the content of such scopes in the open transaction: rows that came back with the
    database, files that a killed server left. Growth: linear in the scopes ever destroyed.
    """
    for tenant in await database.tenants():
        actor = worker(tenant)
        there = set(vault.store.destroyed(tenant))
        async with database.tenant_session(actor) as db:
            known = await _known(db, tenant)
            if known != there:
                await erase(db, actor, sorted(known ^ there, key=str))
                await db.executemany(_ADD, [(tenant, s.kind, s.name) for s in there - known])
        for scope in known - there:
            vault.destroy(tenant, scope)


async def _known(db: asyncpg.Connection, tenant: UUID) -> set[Scope]:
    rows = await db.fetch("SELECT kind, name FROM vault_tombstones WHERE tenant_id = $1", tenant)
    return {Scope(r["kind"], r["name"]) for r in rows}


async def sealed_tenants(database: Database, vault: Vault) -> set[UUID]:
    """Tenants whose content is all sealed. `VaultClosed` if the key of one of them is not here."""
    sealed = set()
    for tenant in await database.tenants():
        async with database.tenant_session(worker(tenant)) as db:
            key_id = await db.fetchval(
                "SELECT key_id FROM vault_tenants WHERE tenant_id = $1", tenant
            )
        if key_id is None:
            continue
        kept = vault.store.tenant(tenant)
        if kept is None or kept.id != key_id:
            raise VaultClosed(
                f"The key store has not the key that the content of tenant {tenant} was sealed "
                "with. Put back the folder keys/data of this installation from its own backup. "
                "See docs/encryption.md."
            )
        sealed.add(tenant)
    return sealed
