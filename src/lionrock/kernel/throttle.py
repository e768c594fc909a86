"""How often signing in may fail: by account, by known device and by address, never for ever.

Each attempt is charged before it is looked at, so that a hundred at once are a hundred. After some
failures the next attempt has to wait, twice as long each time, up to a limit. A browser that has
signed in before holds a device cookie and is counted apart from the account (OWASP, "Slow down
online guessing attacks with device cookies"): who guesses at an account from elsewhere cannot keep
its owner out. Rows hold keyed hashes and are void after a day.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.errors import TooManyAttempts
from lionrock.kernel.member_fields import MemberFields

_CHARGE: Final = """
INSERT INTO sign_in_attempts AS a (tenant_id, bucket, failures, at, next_at)
VALUES ($1, $2, 1, clock_timestamp(), clock_timestamp())
ON CONFLICT (tenant_id, bucket) DO UPDATE SET
    failures = CASE WHEN a.at < now() - interval '1 day' THEN 1 ELSE a.failures + 1 END,
    at = clock_timestamp(),
    next_at = clock_timestamp() + CASE
        WHEN a.at < now() - interval '1 day' OR a.failures + 1 < $3 THEN interval '0'
        ELSE least($4, power(2, least(a.failures + 1 - $3, 20))) * interval '1 second' END
WHERE a.next_at <= clock_timestamp() OR a.at < now() - interval '1 day'
RETURNING failures
"""

_WAIT: Final = """
SELECT extract(epoch FROM next_at - clock_timestamp())::float FROM sign_in_attempts
WHERE tenant_id = $1 AND bucket = $2
"""


@dataclass(frozen=True, slots=True)
class Bucket:
    key: bytes
    free: int
    """Failures before there is a wait."""
    longest: int
    """Seconds; the wait doubles up to it."""


def account(fields: MemberFields, email_hash: bytes) -> Bucket:
    """Attempts on an account from browsers it does not know, whether the account exists or not."""
    return Bucket(fields.keyed("attempts account", email_hash), 5, 900)


def device(fields: MemberFields, nonce: str) -> Bucket:
    return Bucket(fields.keyed("attempts device", nonce.encode()), 5, 900)


def address(fields: MemberFields, client: str) -> Bucket:
    """All attempts from one address, behind which may be a whole office."""
    return Bucket(fields.keyed("attempts address", client.encode()), 50, 60)


async def charge(db: asyncpg.Connection, tenant_id: UUID, buckets: Sequence[Bucket]) -> None:
    """Count an attempt in each bucket; `TooManyAttempts` if one of them has to wait."""
    for bucket in sorted(buckets, key=lambda b: b.key):  # One order: no two wait for each other.
        counted = await db.fetchval(
            _CHARGE, tenant_id, bucket.key, bucket.free, float(bucket.longest)
        )
        if counted is None:
            seconds = await db.fetchval(_WAIT, tenant_id, bucket.key)
            raise TooManyAttempts(
                f"Signing in failed too often. Try again in {max(1, ceil(seconds or 1))} seconds."
            )


async def forgive(db: asyncpg.Connection, tenant_id: UUID, buckets: Sequence[Bucket]) -> None:
    """After a success: the account's or device's count is void, the address's is one less."""
    for bucket in buckets:
        if bucket.longest > 60:
            await db.execute(
                "DELETE FROM sign_in_attempts WHERE tenant_id = $1 AND bucket = $2",
                *(tenant_id, bucket.key),
            )
        else:
            await db.execute(
                "UPDATE sign_in_attempts SET failures = failures - 1"
                " WHERE tenant_id = $1 AND bucket = $2 AND failures > 0",
                *(tenant_id, bucket.key),
            )
    await db.execute(
        "DELETE FROM sign_in_attempts WHERE tenant_id = $1 AND at < now() - interval '1 day'",
        tenant_id,
    )


def new_device(fields: MemberFields, tenant: UUID, member: UUID) -> str:
    """A device cookie for a browser that has signed in as this member. It opens no door."""
    nonce = secrets.token_urlsafe(12)
    return f"{nonce}.{_mark(fields, tenant, member, nonce)}"


def known_device(fields: MemberFields, tenant: UUID, member: UUID | None, cookie: str) -> str:
    """The nonce of a device cookie given to this member; empty for any other."""
    nonce, _, mark = cookie.partition(".")
    right = _mark(fields, tenant, member or UUID(int=0), nonce)
    same = hmac.compare_digest(mark.encode(), right.encode())
    return nonce if same and member else ""


def _mark(fields: MemberFields, tenant: UUID, member: UUID, nonce: str) -> str:
    return fields.keyed("device", tenant.bytes, member.bytes, nonce.encode()).hex()
