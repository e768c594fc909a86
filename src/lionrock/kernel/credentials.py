"""Rows behind every credential: one-time links, invitations, sessions, service keys. Only hashes are kept.

Everything here works inside an open tenant transaction; who may do it was decided before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID, uuid4

import asyncpg

from lionrock.kernel.permissions import Permission
from lionrock.kernel.secrets import new_token, token_hash

LINK_LIFE = timedelta(hours=12)
INVITATION_LIFE = timedelta(days=7)
SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=1)
"""A session that was not used for so long is over (seen to the minute)."""
KEY_LIFE = timedelta(days=90)

Kind = Literal["link", "invitation", "session", "key"]
LIVES: dict[Kind, timedelta] = {
    "link": LINK_LIFE, "invitation": INVITATION_LIFE, "session": SESSION_LIFE, "key": KEY_LIFE,
}  # fmt: skip

GENERAL = "general"
"""The purpose of a session or collection for which no other was stated."""


class Ended(StrEnum):
    """Why a credential ended. All but the first two take down what runs under it."""

    USED = "used"
    SIGNED_OUT = "signed-out"
    REVOKED = "revoked"
    REPLACED = "replaced"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Made:
    """A new credential. `token` is its only copy."""

    id: UUID
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """What narrows a session or key."""

    purpose: str = GENERAL
    scopes: frozenset[Permission] | None = None
    addresses: tuple[str, ...] = ()
    zero_retention: bool = False


async def make(
    db: asyncpg.Connection,
    tenant_id: UUID,
    member_id: UUID,
    kind: Kind,
    *,
    life: timedelta | None = None,
    limits: Limits = Limits(),
    name: str = "",
    created_by: UUID | None = None,
) -> Made:
    made = Made(uuid4(), new_token(tenant_id), datetime.now(UTC) + (life or LIVES[kind]))
    scopes = None if limits.scopes is None else sorted(limits.scopes)
    await db.execute(
        "INSERT INTO credentials (tenant_id, id, hash, kind, member_id, purpose, expires_at, name,"
        " prefix, scopes, addresses, zero_retention, created_by)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        *(tenant_id, made.id, token_hash(made.token), kind, member_id, limits.purpose),
        *(made.expires_at, name, prefix(made.token), scopes, list(limits.addresses)),
        *(limits.zero_retention, created_by),
    )
    return made


def prefix(token: str) -> str:
    """How a key is recognised in a list: the first 6 characters of its 43 random ones."""
    return token.partition(".")[2][:6]


async def use(db: asyncpg.Connection, tenant_id: UUID, token: str, kind: Kind) -> UUID | None:
    """End a one-time credential and return its member; None if it is not valid any more."""
    member: UUID | None = await db.fetchval(
        "UPDATE credentials SET ended_at = now(), ended_why = $4 WHERE tenant_id = $1 AND hash = $2"
        " AND kind = $3 AND ended_at IS NULL AND expires_at > now() RETURNING member_id",
        *(tenant_id, token_hash(token), kind, Ended.USED.value),
    )
    return member


async def peek(
    db: asyncpg.Connection, tenant_id: UUID, token: str, kind: Kind
) -> asyncpg.Record | None:
    """Id and sealed e-mail address of the member behind a one-time credential that is still valid."""
    return await db.fetchrow(
        "SELECT m.id, m.email FROM credentials c"
        " JOIN members m ON (m.tenant_id, m.id) = (c.tenant_id, c.member_id)"
        " WHERE c.tenant_id = $1 AND c.hash = $2 AND c.kind = $3 AND c.ended_at IS NULL"
        " AND c.expires_at > now()",
        *(tenant_id, token_hash(token), kind),
    )


async def end_token(db: asyncpg.Connection, tenant_id: UUID, token: str, why: Ended) -> None:
    await db.execute(
        "UPDATE credentials SET ended_at = now(), ended_why = $3"
        " WHERE tenant_id = $1 AND hash = $2 AND ended_at IS NULL",
        *(tenant_id, token_hash(token), why.value),
    )


async def end_of_member(
    db: asyncpg.Connection,
    tenant_id: UUID,
    member_id: UUID,
    why: Ended,
    *,
    kinds: Iterable[Kind] = ("link", "invitation", "session", "key"),
    keep: UUID | None = None,
) -> int:
    """End every live credential of a member, of the kinds named, except `keep`; how many."""
    rows = await db.fetch(
        "UPDATE credentials SET ended_at = now(), ended_why = $3 WHERE tenant_id = $1"
        " AND member_id = $2 AND kind = ANY($4) AND ended_at IS NULL AND id IS DISTINCT FROM $5"
        " RETURNING id",
        *(tenant_id, member_id, why.value, list(kinds), keep),
    )
    return len(rows)
