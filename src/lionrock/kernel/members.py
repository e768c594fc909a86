"""Members of a tenant: invited, listed, given roles, suspended, restored, removed.

Nobody changes their own roles or suspends themselves, and a tenant keeps at least one administrator
who can sign in. A member is never deleted: what they did must stay theirs.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, ConfigDict

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel import credentials
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.credentials import Ended, Made
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.grants import ALONE, ASSIGNABLE
from lionrock.kernel.member_fields import FIRST_NAME, MemberFields, email_address, person_name
from lionrock.kernel.permissions import Permission as P


class Member(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: UUID
    person: UUID
    name: str
    email: str
    roles: list[Role]
    state: str
    """invited, active, suspended or removed"""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    member_id: UUID
    made: Made


class Members:
    def __init__(self, database: Database, fields: MemberFields) -> None:
        self._database, self._fields = database, fields

    async def listing(self, actor: Actor) -> list[Member]:
        """Every member, in the order they came."""
        require(actor, P.MEMBERS_MEMBER_READ)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                "SELECT id, person, name, email, roles, state, suspended_at, created_at FROM members"
                " WHERE tenant_id = $1 ORDER BY created_at, id",
                actor.tenant_id,
            )
        return [self._member(actor.tenant_id, r) for r in rows]

    def _member(self, tenant_id: UUID, row: asyncpg.Record) -> Member:
        values = dict(row)
        suspended = values.pop("suspended_at") is not None
        for column in ("name", "email"):
            values[column] = self._fields.open(tenant_id, row["id"], column, row[column])
        values["name"] = values["name"] or (FIRST_NAME if not values["email"] else "")
        values["state"] = "suspended" if suspended and row["state"] == "active" else row["state"]
        return Member(**values)

    async def name_of(self, actor: Actor) -> str:
        """What the actor's member is called."""
        async with self._database.tenant_session(actor) as db:
            kept = await db.fetchval(
                "SELECT name FROM members WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, actor.id),
            )
        return self._fields.open(actor.tenant_id, actor.id, "name", kept) or FIRST_NAME

    async def invite(
        self,
        actor: Actor,
        email: str,
        roles: Collection[Role],
        *,
        same_person_as: UUID | None = None,
    ) -> Invited:
        """A new member and their one-time invitation. `same_person_as` names another membership of
        the same natural person: then neither can judge the other's work."""
        require(actor, P.MEMBERS_MEMBER_INVITE)
        _fit(roles)
        if Role.SERVICE in roles:
            raise InvalidInput("A machine's account is added, not invited: it has keys alone.")
        async with self._database.tenant_session(actor) as db:
            person = await _person(db, actor.tenant_id, same_person_as)
            return await write_invited(db, self._fields, actor, email, roles, person)

    async def add_service(self, actor: Actor, name: str) -> UUID:
        """A machine's account: it has keys and no way to sign in."""
        require(actor, P.MEMBERS_MEMBER_INVITE)
        member = uuid4()
        sealed = await self._fields.seal(actor.tenant_id, member, "name", person_name(name))
        async with self._database.tenant_session(actor) as db:
            await db.execute(
                "INSERT INTO members (tenant_id, id, name, roles, invited_by)"
                " VALUES ($1, $2, $3, $4, $5)",
                *(actor.tenant_id, member, sealed, [Role.SERVICE.value], actor.id),
            )
            details = {"roles": Role.SERVICE.value}
            await record(db, actor, Event.MEMBER_INVITATION_ISSUE, member, details)
        return member

    async def invite_again(self, actor: Actor, member_id: UUID) -> Invited:
        """Another invitation, for one who lost theirs or their password. Their codes are void once it
        is accepted; until then nothing changes for them but that older invitations are."""
        require(actor, P.MEMBERS_MEMBER_INVITE)
        async with self._database.tenant_session(actor) as db:
            row = await self._other(db, actor, member_id)
            if Role.SERVICE in row["roles"]:
                raise Conflict("A machine's account has keys; nobody signs in to it.")
            await credentials.end_of_member(
                db, actor.tenant_id, member_id, Ended.REPLACED, kinds=("invitation",)
            )
            return await _invite(db, actor, member_id, row["roles"])

    async def change_roles(self, actor: Actor, member_id: UUID, roles: Collection[Role]) -> None:
        """Takes effect with the member's next request."""
        require(actor, P.MEMBERS_ROLES_CHANGE)
        _fit(roles)
        async with self._database.tenant_session(actor) as db:
            row = await self._other(db, actor, member_id)
            was = frozenset(row["roles"])
            if (Role.SERVICE in was) != (Role.SERVICE in roles):
                raise Conflict("A machine's account stays one, and a person's stays a person's.")
            await db.execute(
                "UPDATE members SET roles = $3 WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, member_id, sorted(set(roles))),
            )
            await _some_administrator(db, actor.tenant_id)
            details = {"from": ",".join(sorted(was)), "to": ",".join(sorted(set(roles)))}
            await record(db, actor, Event.MEMBER_ROLES_CHANGE, member_id, details)

    async def same_person(self, actor: Actor, member_id: UUID, other: UUID) -> None:
        """State that two memberships are of one natural person. It cannot be unsaid: that would open
        what was closed for them."""
        require(actor, P.MEMBERS_ROLES_CHANGE)
        async with self._database.tenant_session(actor) as db:
            person = await _person(db, actor.tenant_id, other)
            mine = await _person(db, actor.tenant_id, member_id)
            await db.execute(
                "UPDATE members SET person = $3 WHERE tenant_id = $1 AND person = $2",
                *(actor.tenant_id, mine, person),
            )
            details = {"same_person_as": str(other)}
            await record(db, actor, Event.MEMBER_PROFILE_CHANGE, member_id, details)

    async def suspend(self, actor: Actor, member_id: UUID) -> None:
        """End every session and key of the member, now; restoring gives none of them back."""
        require(actor, P.MEMBERS_MEMBER_SUSPEND)
        async with self._database.tenant_session(actor) as db:
            await self._other(db, actor, member_id)
            await db.execute(
                "UPDATE members SET suspended_at = coalesce(suspended_at, now())"
                " WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, member_id),
            )
            await self._close(db, actor, member_id, Event.MEMBER_MEMBER_SUSPEND)

    async def remove(self, actor: Actor, member_id: UUID) -> None:
        """Suspend for good: the member cannot be restored, and their address is free again."""
        require(actor, P.MEMBERS_MEMBER_SUSPEND)
        async with self._database.tenant_session(actor) as db:
            await self._other(db, actor, member_id)
            await db.execute(
                "UPDATE members SET state = 'removed', suspended_at = coalesce(suspended_at, now()),"
                " email_hash = NULL WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, member_id),
            )
            await self._close(db, actor, member_id, Event.MEMBER_MEMBER_REMOVE)

    async def restore(self, actor: Actor, member_id: UUID) -> None:
        require(actor, P.MEMBERS_MEMBER_SUSPEND)
        async with self._database.tenant_session(actor) as db:
            await self._other(db, actor, member_id)
            await db.execute(
                "UPDATE members SET suspended_at = NULL WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, member_id),
            )
            await record(db, actor, Event.MEMBER_MEMBER_RESTORE, member_id)

    async def _close(
        self, db: asyncpg.Connection, actor: Actor, member_id: UUID, event: Event
    ) -> None:
        await _some_administrator(db, actor.tenant_id)
        ended = await credentials.end_of_member(db, actor.tenant_id, member_id, Ended.SUSPENDED)
        await record(db, actor, event, member_id, {"credentials_ended": ended})

    async def _other(self, db: asyncpg.Connection, actor: Actor, member_id: UUID) -> asyncpg.Record:
        """A member who is there and is someone else; changes to members take turns in a tenant."""
        await db.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('members' || $1::text, 0))",
            str(actor.tenant_id),
        )
        row = await db.fetchrow(
            "SELECT id, person, roles FROM members WHERE tenant_id = $1 AND id = $2"
            " AND state <> 'removed'",
            *(actor.tenant_id, member_id),
        )
        if row is None:
            raise NotFound(ABSENT)
        if actor.kind is not ActorKind.HOUSE and actor.people & {row["id"], row["person"]}:
            raise Forbidden("This is yourself: another administrator does it.")
        return row


_KNOWN = "There is a member with this e-mail address already."


def _fit(roles: Collection[Role]) -> None:
    if not roles:
        raise InvalidInput("Name at least one role.")
    if barred := set(roles) - ASSIGNABLE:
        raise InvalidInput(f"The role {min(barred)} cannot be given in a tenant.")
    if (alone := set(roles) & ALONE) and len(set(roles)) > 1:
        raise InvalidInput(f"The role {min(alone)} is held alone.")


async def _person(db: asyncpg.Connection, tenant_id: UUID, member_id: UUID | None) -> UUID:
    if member_id is None:
        return uuid4()
    person: UUID | None = await db.fetchval(
        "SELECT person FROM members WHERE tenant_id = $1 AND id = $2", tenant_id, member_id
    )
    if person is None:
        raise NotFound(ABSENT)
    return person


async def _some_administrator(db: asyncpg.Connection, tenant_id: UUID) -> None:
    there = await db.fetchval(
        "SELECT EXISTS (SELECT FROM members WHERE tenant_id = $1 AND $2 = ANY (roles)"
        " AND state = 'active' AND suspended_at IS NULL)",
        *(tenant_id, Role.ADMINISTRATOR.value),
    )
    if not there:
        raise Conflict("This is the last administrator. Make another member one first.")


async def write_invited(
    db: asyncpg.Connection,
    fields: MemberFields,
    actor: Actor,
    email: str,
    roles: Collection[Role],
    person: UUID | None = None,
) -> Invited:
    """Write a new member of the actor's tenant and their invitation, in the open transaction."""
    tenant, member, address = actor.tenant_id, uuid4(), email_address(email)
    # Looked for first: sealing gives the member a key of their own, which a refusal would leave behind.
    known = await db.fetchval(
        "SELECT EXISTS (SELECT FROM members WHERE tenant_id = $1 AND email_hash = $2)",
        *(tenant, fields.email_hash(tenant, address)),
    )
    if known:
        raise Conflict(_KNOWN)
    sealed = await fields.seal(tenant, member, "email", address)
    written = await db.fetchval(
        "INSERT INTO members (tenant_id, id, email, email_hash, person, roles, state, invited_by)"
        " VALUES ($1, $2, $3, $4, $5, $6, 'invited', $7) ON CONFLICT DO NOTHING RETURNING id",
        *(tenant, member, sealed, fields.email_hash(tenant, address), person or uuid4()),
        *(sorted(set(roles)), actor.id),
    )
    if written is None:
        raise Conflict(_KNOWN)
    return await _invite(db, actor, member, roles)


async def _invite(
    db: asyncpg.Connection, actor: Actor, member: UUID, roles: Collection[str]
) -> Invited:
    made = await credentials.make(db, actor.tenant_id, member, "invitation", created_by=actor.id)
    details = {"roles": ",".join(sorted(set(roles))), "credential": str(made.id)}
    await record(db, actor, Event.MEMBER_INVITATION_ISSUE, member, details)
    return Invited(member, made)
