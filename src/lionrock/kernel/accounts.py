"""Local accounts: signing in with password and one-time code, accepting an invitation, changing both.

Every refusal to sign in says the same and costs the same work, whatever was wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from lionrock.errors import Conflict, Forbidden, InvalidInput, Unauthenticated
from lionrock.kernel import credentials, identity, sessions, tenants, throttle
from lionrock.kernel.actors import NOBODY, Actor, ActorKind, visitor
from lionrock.kernel.credentials import Ended, Limits
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.member_fields import MemberFields, email_address, person_name
from lionrock.kernel.passwords import Passwords, fit
from lionrock.kernel.second_factor import SecondFactor
from lionrock.kernel.secrets import token_tenant

WRONG = "The e-mail address, password or code is not right."
INVITATION_OVER = "This invitation has been used or has expired. Ask an administrator for another."


@dataclass(frozen=True, slots=True)
class SignIn:
    """What someone says who signs in."""

    email: str
    password: str = field(repr=False)
    code: str = field(default="", repr=False)
    """Of the authenticator app, or a recovery code; empty if none is set up."""
    organisation: str = ""
    """The tenant's handle; may be empty where there is one tenant."""
    purpose: str = credentials.GENERAL
    address: str = ""
    device: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    session: str = field(repr=False)
    device: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is kept of the one who signs in; all empty for nobody."""

    member_id: UUID | None = None
    password: str = ""


class Accounts:
    def __init__(self, database: Database, fields: MemberFields) -> None:
        self._database, self._fields = database, fields
        self._passwords = Passwords()
        self.second_factor = SecondFactor(database, fields)

    async def sign_in(self, said: SignIn) -> SignedIn:
        """`Unauthenticated` if anything is wrong, `TooManyAttempts` before it is looked at."""
        tenant_id = await tenants.by_handle(self._database, said.organisation)
        try:
            email = email_address(said.email)
        except InvalidInput:
            email = ""
        if tenant_id is None or not email:
            await self._passwords.verify("", said.password)
            raise Unauthenticated(WRONG)
        known, buckets = await self._charge(tenant_id, email, said)
        right = await self._passwords.verify(known.password, said.password)
        if not right or known.member_id is None:
            await self._refuse(tenant_id, known, "password" if known.member_id else "unknown")
        return await self._enter(tenant_id, known, said, buckets)

    async def _charge(
        self, tenant_id: UUID, email: str, said: SignIn
    ) -> tuple[_Known, list[throttle.Bucket]]:
        key = self._fields.email_hash(tenant_id, email)
        async with self._database.tenant_session(visitor(tenant_id)) as db:
            row = await db.fetchrow(
                "SELECT m.id, p.password FROM members m LEFT JOIN member_proofs p"
                " ON (p.tenant_id, p.member_id) = (m.tenant_id, m.id)"
                " WHERE m.tenant_id = $1 AND m.email_hash = $2",
                *(tenant_id, key),
            )
            known = _Known(row["id"], row["password"] or "") if row else _Known()
            nonce = throttle.known_device(self._fields, tenant_id, known.member_id, said.device)
            own = (
                throttle.device(self._fields, nonce)
                if nonce
                else throttle.account(self._fields, key)
            )
            buckets = [own, throttle.address(self._fields, said.address)]
            await throttle.charge(db, tenant_id, buckets)
        return known, buckets

    async def _enter(
        self, tenant_id: UUID, known: _Known, said: SignIn, buckets: list[throttle.Bucket]
    ) -> SignedIn:
        """The password was right: the code, the member's state and the session in one transaction."""
        member_id, why = known.member_id, ""
        assert member_id is not None
        async with self._database.tenant_session(visitor(tenant_id)) as db:
            if not await self._still(db, tenant_id, known):
                why = "password"
            elif not await identity.may_enter(db, tenant_id, member_id):
                why = "suspended"
            elif not await self.second_factor.passed(db, tenant_id, member_id, said.code):
                why = "code"
            else:
                await sessions.known_purpose(db, tenant_id, said.purpose)
                await throttle.forgive(db, tenant_id, buckets)
                limits = Limits(purpose=said.purpose)
                session = await sessions.start(
                    db, tenant_id, member_id, by="password", limits=limits
                )
                return self._signed_in(tenant_id, member_id, session)
        return await self._refuse(tenant_id, known, why)

    async def _still(self, db: asyncpg.Connection, tenant_id: UUID, known: _Known) -> bool:
        """Is the password that was verified still the one that is kept?"""
        kept = await db.fetchval(
            "SELECT password FROM member_proofs WHERE tenant_id = $1 AND member_id = $2 FOR UPDATE",
            *(tenant_id, known.member_id),
        )
        return bool(kept == known.password)

    def _signed_in(self, tenant_id: UUID, member_id: UUID, session: str) -> SignedIn:
        return SignedIn(session, throttle.new_device(self._fields, tenant_id, member_id))

    async def _refuse(self, tenant_id: UUID, known: _Known, why: str) -> SignedIn:
        async with self._database.tenant_session(visitor(tenant_id)) as db:
            subject = known.member_id or NOBODY
            await record(db, visitor(tenant_id), Event.MEMBER_SIGNIN_REFUSE, subject, {"why": why})
        raise Unauthenticated(WRONG)

    async def accept(self, token: str, *, name: str, password: str) -> SignedIn:
        """Accept an invitation: the member gets a name and a password and is signed in. Whatever
        proved them before is void, and so is every other session of theirs."""
        tenant_id, name = token_tenant(token), person_name(name)
        await self._invited(tenant_id, token, password)
        hashed = await self._passwords.hash(password)
        async with self._database.tenant_session(visitor(tenant_id)) as db:
            member_id = await credentials.use(db, tenant_id, token, "invitation")
            if member_id is None or not await self._activate(db, tenant_id, member_id, name):
                raise Unauthenticated(INVITATION_OVER)
            await credentials.end_of_member(db, tenant_id, member_id, Ended.REPLACED)
            await self._keep(db, tenant_id, member_id, hashed)
            await self.second_factor.forget(db, tenant_id, member_id)
            await record(db, visitor(tenant_id), Event.MEMBER_INVITATION_ACCEPT, member_id)
            session = await sessions.start(db, tenant_id, member_id, by="invitation")
        return self._signed_in(tenant_id, member_id, session)

    async def _invited(self, tenant_id: UUID, token: str, password: str) -> None:
        """Is there such an invitation, and may this be its password? Before the work of hashing."""
        async with self._database.tenant_session(visitor(tenant_id)) as db:
            row = await credentials.peek(db, tenant_id, token, "invitation")
        if row is None:
            raise Unauthenticated(INVITATION_OVER)
        fit(password, other_than=self._fields.open(tenant_id, row["id"], "email", row["email"]))

    async def _activate(
        self, db: asyncpg.Connection, tenant_id: UUID, member_id: UUID, name: str
    ) -> bool:
        sealed = await self._fields.seal(tenant_id, member_id, "name", name)
        await db.execute(
            "UPDATE members SET name = $3, state = 'active' WHERE tenant_id = $1 AND id = $2"
            " AND state IN ('invited', 'active')",
            *(tenant_id, member_id, sealed),
        )
        return await identity.may_enter(db, tenant_id, member_id)

    async def _keep(
        self, db: asyncpg.Connection, tenant_id: UUID, member_id: UUID, hashed: str
    ) -> None:
        await db.execute(
            "INSERT INTO member_proofs (tenant_id, member_id, password) VALUES ($1, $2, $3)"
            " ON CONFLICT (tenant_id, member_id) DO UPDATE SET password = $3, changed_at = now()",
            *(tenant_id, member_id, hashed),
        )

    async def change_password(self, actor: Actor, old: str, new: str) -> None:
        """Ends every other session and link of the member. Keys stay: they were made to outlast it."""
        member(actor)
        await self.prove(actor, old)
        fit(new)
        hashed = await self._passwords.hash(new)
        async with self._database.tenant_session(actor) as db:
            await self._keep(db, actor.tenant_id, actor.id, hashed)
            ended = await credentials.end_of_member(
                db, actor.tenant_id, actor.id, Ended.REPLACED,
                kinds=("link", "invitation", "session"), keep=actor.credential,
            )  # fmt: skip
            details = {"sessions_ended": ended}
            await record(db, actor, Event.MEMBER_PASSWORD_CHANGE, actor.id, details)

    async def prove(self, actor: Actor, password: str) -> None:
        """`Forbidden` unless this is the member's password. A stolen session proves nothing more, so
        what changes an account asks again; it is throttled as signing in is."""
        member(actor)
        key = self._fields.keyed("prove", actor.tenant_id.bytes, actor.id.bytes)
        bucket = throttle.account(self._fields, key)
        async with self._database.tenant_session(actor) as db:
            await throttle.charge(db, actor.tenant_id, [bucket])
            kept = await db.fetchval(
                "SELECT password FROM member_proofs WHERE tenant_id = $1 AND member_id = $2",
                *(actor.tenant_id, actor.id),
            )
        if not kept:
            raise Conflict("You have no password here. Ask an administrator for an invitation.")
        if not await self._passwords.verify(kept, password):
            raise Forbidden("The password is not right.")
        async with self._database.tenant_session(actor) as db:
            await throttle.forgive(db, actor.tenant_id, [bucket])


def member(actor: Actor) -> None:
    if actor.kind is not ActorKind.MEMBER:
        raise Forbidden("A key has no account to change.")
