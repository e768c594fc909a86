"""The second factor of local accounts: one-time codes by time, and recovery codes for a lost phone."""

from __future__ import annotations

import base64
import secrets
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.errors import Conflict, InvalidInput
from lionrock.kernel import totp
from lionrock.kernel.actors import Actor, visitor
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.member_fields import MemberFields

RECOVERY_CODES: Final = 10
_RECOVERY_BYTES: Final = 10
"""80 random bits each."""


class SecondFactor:
    def __init__(self, database: Database, fields: MemberFields) -> None:
        self._database, self._fields = database, fields

    async def enrolled(self, actor: Actor) -> bool:
        async with self._database.tenant_session(actor) as db:
            return bool(
                await db.fetchval(
                    "SELECT totp IS NOT NULL FROM member_proofs WHERE tenant_id = $1"
                    " AND member_id = $2",
                    *(actor.tenant_id, actor.id),
                )
            )

    async def begin(self, actor: Actor) -> str:
        """A new secret, shown to its member once; it counts when a code of it has been given."""
        secret = totp.new_secret()
        sealed = await self._fields.seal(actor.tenant_id, actor.id, "totp_pending", secret)
        async with self._database.tenant_session(actor) as db:
            await db.execute(
                "INSERT INTO member_proofs (tenant_id, member_id, totp_pending) VALUES ($1, $2, $3)"
                " ON CONFLICT (tenant_id, member_id) DO UPDATE SET totp_pending = $3",
                *(actor.tenant_id, actor.id, sealed),
            )
        return secret

    async def pending(self, actor: Actor) -> str:
        """The secret that waits for its first code; empty if none does."""
        async with self._database.tenant_session(actor) as db:
            kept = await db.fetchval(
                "SELECT totp_pending FROM member_proofs WHERE tenant_id = $1 AND member_id = $2",
                *(actor.tenant_id, actor.id),
            )
        return self._fields.open(actor.tenant_id, actor.id, "totp_pending", kept)

    async def confirm(self, actor: Actor, code: str) -> list[str]:
        """Take the pending secret into use; its recovery codes, shown once."""
        tenant, member = actor.tenant_id, actor.id
        async with self._database.tenant_session(actor) as db:
            kept = await db.fetchval(
                "SELECT totp_pending FROM member_proofs WHERE tenant_id = $1 AND member_id = $2"
                " FOR UPDATE",
                *(tenant, member),
            )
            secret = self._fields.open(tenant, member, "totp_pending", kept)
            step = totp.accepted_step(secret, code, 0) if secret else None
            if step is None:
                raise InvalidInput("The code is not right. Give the one the app shows now.")
            sealed = await self._fields.seal(tenant, member, "totp", secret)
            await db.execute(
                "UPDATE member_proofs SET totp = $3, totp_pending = NULL, totp_step = $4"
                " WHERE tenant_id = $1 AND member_id = $2",
                *(tenant, member, sealed, step),
            )
            await record(db, actor, Event.MEMBER_TOTP_ENROL, member)
            return await self._new_codes(db, actor)

    async def remove(self, actor: Actor) -> None:
        """Once the member has proven themselves again."""
        async with self._database.tenant_session(actor) as db:
            await self.forget(db, actor.tenant_id, actor.id)
            await record(db, actor, Event.MEMBER_TOTP_REMOVE, actor.id)

    async def renew_codes(self, actor: Actor) -> list[str]:
        """New recovery codes; the old ones are void."""
        if not await self.enrolled(actor):
            raise Conflict("Recovery codes go with an authenticator app: set one up first.")
        async with self._database.tenant_session(actor) as db:
            await record(db, actor, Event.MEMBER_RECOVERY_RENEW, actor.id)
            return await self._new_codes(db, actor)

    async def _new_codes(self, db: asyncpg.Connection, actor: Actor) -> list[str]:
        codes = [_new_code() for _ in range(RECOVERY_CODES)]
        await self._forget_codes(db, actor.tenant_id, actor.id)
        await db.executemany(
            "INSERT INTO recovery_codes VALUES ($1, $2, $3)",
            [(actor.tenant_id, actor.id, self._hash(actor.tenant_id, actor.id, c)) for c in codes],
        )
        return codes

    async def forget(self, db: asyncpg.Connection, tenant_id: UUID, member_id: UUID) -> None:
        await db.execute(
            "UPDATE member_proofs SET totp = NULL, totp_pending = NULL"
            " WHERE tenant_id = $1 AND member_id = $2",
            *(tenant_id, member_id),
        )
        await self._forget_codes(db, tenant_id, member_id)

    async def _forget_codes(self, db: asyncpg.Connection, tenant_id: UUID, member_id: UUID) -> None:
        await db.execute(
            "DELETE FROM recovery_codes WHERE tenant_id = $1 AND member_id = $2",
            *(tenant_id, member_id),
        )

    async def passed(
        self, db: asyncpg.Connection, tenant_id: UUID, member_id: UUID, code: str
    ) -> bool:
        """Is `code` right, or none needed? A code that was taken is spent with the transaction."""
        row = await db.fetchrow(
            "SELECT totp, totp_step FROM member_proofs WHERE tenant_id = $1 AND member_id = $2"
            " FOR UPDATE",
            *(tenant_id, member_id),
        )
        if row is None or row["totp"] is None:
            return True
        secret = self._fields.open(tenant_id, member_id, "totp", row["totp"])
        step = totp.accepted_step(secret, code, row["totp_step"]) if secret else None
        if step is None:
            return await self._recovered(db, tenant_id, member_id, code)
        await db.execute(
            "UPDATE member_proofs SET totp_step = $3 WHERE tenant_id = $1 AND member_id = $2",
            *(tenant_id, member_id, step),
        )
        return True

    async def _recovered(
        self, db: asyncpg.Connection, tenant_id: UUID, member_id: UUID, code: str
    ) -> bool:
        used = await db.fetchval(
            "DELETE FROM recovery_codes WHERE tenant_id = $1 AND member_id = $2 AND hash = $3"
            " RETURNING member_id",
            *(tenant_id, member_id, self._hash(tenant_id, member_id, code)),
        )
        if used is not None:
            await record(db, visitor(tenant_id), Event.MEMBER_RECOVERY_USE, member_id)
        return used is not None

    def _hash(self, tenant_id: UUID, member_id: UUID, code: str) -> bytes:
        plain = code.replace("-", "").replace(" ", "").upper()
        return self._fields.keyed("recovery", tenant_id.bytes, member_id.bytes, plain.encode())


def _new_code() -> str:
    """Sixteen characters of base 32 in fours, as `ABCD-EFGH-IJKL-MNOP`."""
    plain = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode()
    return "-".join(plain[i : i + 4] for i in range(0, len(plain), 4))
