"""An administrator's work on the tenant's OpenID providers: add, change, list, remove, link members."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from lionrock.errors import Conflict, NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.member_fields import MemberFields
from lionrock.kernel.oidc import store, subjects
from lionrock.kernel.oidc.providers import ALGORITHMS, Provider
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault


class ProviderSettings(BaseModel):
    """What a provider is told by; see `Provider` for each field."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=80)
    issuer: str = Field(max_length=500)
    client_id: str = Field(max_length=255)
    redirect_uri: str = Field(max_length=500)
    scopes: list[str] = Field(default=["openid"], max_length=20)
    algorithms: list[str] = Field(default=sorted(ALGORITHMS), max_length=10)
    role_claim: str = Field(default="", max_length=200)
    role_map: dict[str, Role] = Field(default={}, max_length=200)
    acr_values: list[str] = Field(default=[], max_length=20)
    amr_values: list[str] = Field(default=[], max_length=20)
    provision: bool = False
    provision_roles: list[Role] = Field(default=[], max_length=20)
    enabled: bool = True


class NewProvider(ProviderSettings):
    client_secret: SecretStr | None = Field(
        default=None, max_length=1000, description="Left out of a change: the one that is kept."
    )


class KeptProvider(ProviderSettings):
    id: UUID
    has_secret: bool
    """The secret itself is never shown."""


class Administration:
    def __init__(self, database: Database, vault: Vault, fields: MemberFields) -> None:
        self._database, self._vault, self._fields = database, vault, fields

    async def listing(self, actor: Actor) -> list[KeptProvider]:
        """Every provider of the tenant, those that are off too, by name."""
        require(actor, P.IDENTITY_PROVIDER_MANAGE)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                "SELECT * FROM oidc_providers WHERE tenant_id = $1 ORDER BY name, id",
                actor.tenant_id,
            )
        return [_kept(row) for row in rows]

    async def add(self, actor: Actor, wanted: NewProvider) -> UUID:
        """`InvalidInput` if it could not be safely used. The provider itself is not asked yet."""
        require(actor, P.IDENTITY_PROVIDER_MANAGE)
        made = uuid4()
        async with _one_an_issuer(), self._database.tenant_session(actor) as db:
            await store.save(db, actor, self._vault, _provider(actor, made, wanted, ""))
        return made

    async def change(self, actor: Actor, provider_id: UUID, wanted: NewProvider) -> None:
        """Replace what it is told by. Its subjects are known by the issuer, so that stays."""
        require(actor, P.IDENTITY_PROVIDER_MANAGE)
        async with self._database.tenant_session(actor) as db:
            if (await self._row(db, actor, provider_id))["issuer"] != wanted.issuer:
                raise Conflict(
                    "The issuer of a provider cannot be changed: members are linked to its subjects. "
                    "Add the other one, and remove this."
                )
            old = await store.load(
                db, self._vault, actor.tenant_id, provider_id, also_disabled=True
            )
            secret = old.client_secret if old else ""
            await store.save(db, actor, self._vault, _provider(actor, provider_id, wanted, secret))

    async def remove(self, actor: Actor, provider_id: UUID) -> None:
        """With it goes which members its subjects are."""
        require(actor, P.IDENTITY_PROVIDER_MANAGE)
        async with self._database.tenant_session(actor) as db:
            await store.remove(db, actor, provider_id)

    async def link(self, actor: Actor, provider_id: UUID, subject: str, member_id: UUID) -> None:
        """Let `subject` (the `sub` of the provider's tokens) sign in as a member of the tenant."""
        require(actor, P.IDENTITY_PROVIDER_MANAGE)
        async with self._database.tenant_session(actor) as db:
            issuer = (await self._row(db, actor, provider_id))["issuer"]
            member = await db.fetchval(
                "SELECT id FROM members WHERE tenant_id = $1 AND id = $2 FOR SHARE",
                *(actor.tenant_id, member_id),
            )
            if member is None:
                raise NotFound(ABSENT)
            await subjects.link(db, self._fields, actor, issuer, subject, member_id)

    async def _row(self, db: asyncpg.Connection, actor: Actor, provider_id: UUID) -> asyncpg.Record:
        row = await db.fetchrow(
            "SELECT issuer FROM oidc_providers WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
            *(actor.tenant_id, provider_id),
        )
        if row is None:
            raise NotFound(ABSENT)
        return row


@asynccontextmanager
async def _one_an_issuer() -> AsyncIterator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise Conflict("A provider with this issuer is set up already: change that one.") from error


def _provider(actor: Actor, provider_id: UUID, wanted: NewProvider, kept_secret: str) -> Provider:
    given = wanted.client_secret
    return Provider(
        id=provider_id, tenant_id=actor.tenant_id, name=wanted.name, issuer=wanted.issuer,
        client_id=wanted.client_id, redirect_uri=wanted.redirect_uri,
        client_secret=kept_secret if given is None else given.get_secret_value(),
        scopes=tuple(wanted.scopes), algorithms=frozenset(wanted.algorithms),
        role_claim=wanted.role_claim, role_map=wanted.role_map,
        acr_values=tuple(wanted.acr_values), amr_values=tuple(wanted.amr_values),
        provision=wanted.provision, provision_roles=frozenset(wanted.provision_roles),
        enabled=wanted.enabled,
    )  # fmt: skip


def _kept(row: asyncpg.Record) -> KeptProvider:
    return KeptProvider(
        **{n: row[n] for n in ProviderSettings.model_fields if n != "role_map"},
        role_map=json.loads(row["role_map"]), id=row["id"],
        has_secret=row[store.SECRET] is not None,
    )  # fmt: skip
