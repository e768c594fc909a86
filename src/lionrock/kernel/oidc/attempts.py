"""Sign-ins under way: bound to one browser by a cookie, used once, gone after ten minutes.

The cookie is a 256-bit secret that names its tenant. The state, the nonce and the PKCE verifier are
derived from it, so only the browser that began can end, and a reader of the database learns nothing
that would let another browser do so.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Self
from uuid import UUID

import asyncpg

from lionrock.kernel.secrets import new_token, token_hash

LIFE: Final = timedelta(minutes=10)
_KEPT_AFTER = timedelta(days=1)
"""So that a replay is told from an unknown attempt, and its event written."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """43 characters of base64url each: 256 bits (RFC 7636, section 4.1, asks for that form)."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @classmethod
    def of(cls, cookie: str) -> Self:
        return cls(*(_derived(cookie, name) for name in ("state", "nonce", "verifier")))


def _derived(cookie: str, name: str) -> str:
    digest = hmac.digest(cookie.encode(), b"lionrock oidc " + name.encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Attempt:
    provider_id: UUID
    next: str
    fresh: bool
    """Not used before and not expired."""


async def begin(db: asyncpg.Connection, tenant_id: UUID, provider_id: UUID, next: str) -> str:
    """Keep a new attempt, drop those long over, and return the cookie: its only copy."""
    cookie = new_token(tenant_id)
    await db.execute(
        "DELETE FROM oidc_attempts WHERE tenant_id = $1 AND expires_at < now() - $2::interval",
        *(tenant_id, _KEPT_AFTER),
    )
    await db.execute(
        "INSERT INTO oidc_attempts (tenant_id, cookie_hash, provider_id, next, expires_at)"
        " VALUES ($1, $2, $3, $4, now() + $5::interval)",
        *(tenant_id, token_hash(cookie), provider_id, next, LIFE),
    )
    return cookie


async def use(db: asyncpg.Connection, tenant_id: UUID, cookie: str) -> Attempt | None:
    """The attempt of this browser, used up with this call; None if there is no such one."""
    key = (tenant_id, token_hash(cookie))
    row = await db.fetchrow(
        "UPDATE oidc_attempts SET used_at = now() WHERE tenant_id = $1 AND cookie_hash = $2"
        " AND used_at IS NULL AND expires_at > now() RETURNING provider_id, next",
        *key,
    )
    fresh = row is not None
    if row is None:
        row = await db.fetchrow(
            "SELECT provider_id, next FROM oidc_attempts WHERE tenant_id = $1 AND cookie_hash = $2",
            *key,
        )
    return Attempt(row["provider_id"], row["next"], fresh) if row else None
