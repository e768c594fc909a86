"""Service keys: what a machine, or a member's script, opens the API with. Shown once, kept as a hash.

A key does what is in its scopes and what its owner may do now: with the owner's role or membership it
ends too. A key is made for oneself or for a machine's account, never for another person.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field, field_validator

from lionrock.errors import Forbidden, InvalidInput, NotFound
from lionrock.kernel import credentials
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.credentials import GENERAL, Ended, Limits
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.grants import GRANTS, JUDGEMENTS
from lionrock.kernel.names import Name
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.sessions import known_purpose

LONGEST_DAYS = 365


class NewKey(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Name
    scopes: frozenset[P] = Field(min_length=1, description="Permissions; the most the key may do.")
    purpose: str = Field(default=GENERAL, max_length=40)
    days: int = Field(default=90, ge=1, le=LONGEST_DAYS)
    addresses: tuple[str, ...] = Field(
        default=(), max_length=20, description="Networks it may be used from, as 10.1.0.0/16."
    )
    zero_retention: bool = False
    owner: UUID | None = Field(default=None, description="A machine's account; default: yourself.")

    @field_validator("addresses")
    @classmethod
    def networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ipaddress.ip_network(a, strict=False)) for a in given)


class Key(BaseModel):
    """A live key as listed; nothing of its secret but the first six characters."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    name: str
    prefix: str
    owner: UUID
    scopes: list[str] | None
    """None: everything its owner may do (the command line's own key)."""
    purpose: str
    addresses: list[str]
    zero_retention: bool
    created_by: UUID | None
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class MadeKey:
    id: UUID
    key: str = field(repr=False)
    """Its only copy."""
    expires_at: datetime


async def create(database: Database, actor: Actor, wanted: NewKey) -> MadeKey:
    require(actor, P.KEYS_KEY_CREATE)
    async with database.tenant_session(actor) as db:
        owner, roles = await _owner(db, actor, wanted.owner)
        _within(actor, wanted.scopes, roles)
        await known_purpose(db, actor.tenant_id, wanted.purpose)
        limits = Limits(wanted.purpose, wanted.scopes, wanted.addresses, wanted.zero_retention)
        made = await credentials.make(
            db, actor.tenant_id, owner, "key", life=timedelta(days=wanted.days), limits=limits,
            name=wanted.name, created_by=actor.id,
        )  # fmt: skip
        details = {
            "owner": str(owner), "scopes": len(wanted.scopes), "purpose": wanted.purpose,
            "days": wanted.days, "addresses": len(wanted.addresses),
            "zero_retention": wanted.zero_retention,
        }  # fmt: skip
        await record(db, actor, Event.KEY_KEY_CREATE, made.id, details)
    return MadeKey(made.id, made.token, made.expires_at)


async def _owner(
    db: asyncpg.Connection, actor: Actor, owner: UUID | None
) -> tuple[UUID, frozenset[Role]]:
    if owner is None or owner == actor.id:
        return actor.id, actor.roles
    roles = await db.fetchval(
        "SELECT roles FROM members WHERE tenant_id = $1 AND id = $2 AND state = 'active'"
        " AND suspended_at IS NULL",
        *(actor.tenant_id, owner),
    )
    if roles is None:
        raise NotFound(ABSENT)
    if Role.SERVICE not in roles:
        raise Forbidden("A key is made for yourself or for a machine's account, not for a person.")
    return owner, frozenset(Role(r) for r in roles)


def _within(actor: Actor, scopes: frozenset[P], roles: frozenset[Role]) -> None:
    """Nothing that the owner may not do, nor that a key never may, nor more than a key that makes it."""
    may = frozenset[P]().union(*(GRANTS[r] for r in roles)) - JUDGEMENTS
    if actor.scopes is not None:
        may &= actor.scopes
    if beyond := sorted(scopes - may):
        raise InvalidInput(f"Its owner's key may not hold: {', '.join(beyond)}.")


async def listing(database: Database, actor: Actor) -> list[Key]:
    """Every live key of the tenant, the newest first."""
    require(actor, P.KEYS_KEY_READ)
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT id, name, prefix, member_id AS owner, scopes, purpose, addresses,"
            " zero_retention, created_by, created_at, seen_at, expires_at FROM credentials"
            " WHERE tenant_id = $1 AND kind = 'key' AND ended_at IS NULL AND expires_at > now()"
            " ORDER BY created_at DESC, id",
            actor.tenant_id,
        )
    return [Key(**dict(r)) for r in rows]


async def end(database: Database, actor: Actor, key_id: UUID) -> None:
    """End a key; what runs under it stops."""
    require(actor, P.KEYS_KEY_END)
    async with database.tenant_session(actor) as db:
        ended = await db.fetchval(
            "UPDATE credentials SET ended_at = now(), ended_why = $3 WHERE tenant_id = $1"
            " AND id = $2 AND kind = 'key' AND ended_at IS NULL RETURNING id",
            *(actor.tenant_id, key_id, Ended.REVOKED.value),
        )
        if ended is None:
            raise NotFound(ABSENT)
        await record(db, actor, Event.KEY_KEY_END, key_id)
