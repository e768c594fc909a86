"""Providers in the database. Functions work within an open tenant transaction.

Who may change a provider is decided by the caller; the change and its event commit together.
"""

from __future__ import annotations

import asyncio
import json
from uuid import UUID

import asyncpg

from lionrock.errors import NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.events import Event, record
from lionrock.kernel.oidc.providers import Provider
from lionrock.kernel.vault.service import Vault

TABLE, SECRET = "oidc_providers", "client_secret"


async def save(db: asyncpg.Connection, actor: Actor, vault: Vault, provider: Provider) -> None:
    """Add or replace `provider` of the actor's tenant. The secret is kept sealed only."""
    secret = None
    if provider.client_secret:
        secret = await asyncio.to_thread(
            vault.seal_text, actor.tenant_id, TABLE, provider.id, SECRET, provider.client_secret
        )
    await db.execute(
        "INSERT INTO oidc_providers (tenant_id, id, name, issuer, client_id, client_secret,"
        " redirect_uri, scopes, algorithms, role_claim, role_map, acr_values, amr_values, provision,"
        " provision_roles, enabled)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
        " ON CONFLICT (tenant_id, id) DO UPDATE SET (name, issuer, client_id, client_secret,"
        " redirect_uri, scopes, algorithms, role_claim, role_map, acr_values, amr_values, provision,"
        " provision_roles, enabled) = (EXCLUDED.name, EXCLUDED.issuer, EXCLUDED.client_id,"
        " EXCLUDED.client_secret, EXCLUDED.redirect_uri, EXCLUDED.scopes, EXCLUDED.algorithms,"
        " EXCLUDED.role_claim, EXCLUDED.role_map, EXCLUDED.acr_values, EXCLUDED.amr_values,"
        " EXCLUDED.provision, EXCLUDED.provision_roles, EXCLUDED.enabled)",
        *(actor.tenant_id, provider.id, provider.name, provider.issuer, provider.client_id, secret),
        *(provider.redirect_uri, list(provider.scopes), sorted(provider.algorithms)),
        *(provider.role_claim, json.dumps(dict(provider.role_map))),
        *(list(provider.acr_values), list(provider.amr_values), provider.provision),
        *(sorted(provider.provision_roles), provider.enabled),
    )
    await record(
        db, actor, Event.TENANT_PROVIDER_CHANGE, provider.id, {"enabled": provider.enabled}
    )


async def remove(db: asyncpg.Connection, actor: Actor, provider_id: UUID) -> None:
    """Remove a provider and with it which members its subjects are. `NotFound` if there is none."""
    done = await db.execute(
        "DELETE FROM oidc_providers WHERE tenant_id = $1 AND id = $2", actor.tenant_id, provider_id
    )
    if done == "DELETE 0":
        raise NotFound("There is no such identity provider here.")
    await record(db, actor, Event.TENANT_PROVIDER_REMOVE, provider_id)


async def load(
    db: asyncpg.Connection,
    vault: Vault,
    tenant_id: UUID,
    provider_id: UUID,
    *,
    also_disabled: bool = False,
) -> Provider | None:
    """The enabled provider with its secret opened, or None."""
    row = await db.fetchrow(
        "SELECT * FROM oidc_providers WHERE tenant_id = $1 AND id = $2 AND (enabled OR $3)",
        *(tenant_id, provider_id, also_disabled),
    )
    if row is None:
        return None
    secret = ""
    if row[SECRET] is not None:
        secret = await asyncio.to_thread(
            vault.open_text, tenant_id, TABLE, provider_id, SECRET, row[SECRET]
        )
    return Provider(
        id=provider_id, tenant_id=tenant_id, name=row["name"], issuer=row["issuer"],
        client_id=row["client_id"], client_secret=secret,
        redirect_uri=row["redirect_uri"], scopes=tuple(row["scopes"]),
        algorithms=frozenset(row["algorithms"]), role_claim=row["role_claim"],
        role_map={k: Role(v) for k, v in json.loads(row["role_map"]).items()},
        acr_values=tuple(row["acr_values"]), amr_values=tuple(row["amr_values"]),
        provision=row["provision"], provision_roles=frozenset(map(Role, row["provision_roles"])),
        enabled=row["enabled"],
    )  # fmt: skip


async def offered(db: asyncpg.Connection, tenant_id: UUID) -> list[tuple[UUID, str]]:
    """Id and name of each provider that can be signed in with, by name."""
    rows = await db.fetch(
        "SELECT id, name FROM oidc_providers WHERE tenant_id = $1 AND enabled ORDER BY name, id",
        tenant_id,
    )
    return [(row["id"], row["name"]) for row in rows]
