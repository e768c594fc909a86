"""Members who have joined, for tests that need more than the administrator."""

from __future__ import annotations

from uuid import UUID, uuid4

from lionrock.kernel import identity
from lionrock.kernel.accounts import SignedIn, SignIn
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.people import People

PASSWORD = "three small words"


def new_email() -> str:
    return f"{uuid4().hex[:12]}@bank.example"


async def joined(
    database: Database,
    people: People,
    administrator: Actor,
    *roles: Role,
    same_person_as: UUID | None = None,
) -> Actor:
    """A new member who accepted their invitation, as the actor of their session."""
    invited = await people.members.invite(
        administrator, new_email(), roles or (Role.ANALYST,), same_person_as=same_person_as
    )
    return await accepted(database, people, invited.made.token)


async def accepted(database: Database, people: People, token: str) -> Actor:
    entered = await people.accounts.accept(token, name="陳大文", password=PASSWORD)
    return await as_actor(database, entered)


async def as_actor(database: Database, entered: SignedIn) -> Actor:
    return await identity.resolve(database, entered.session, ("session",))


async def handle_for(database: Database, tenant: UUID) -> str:
    """Give a tenant a handle, by which its members sign in."""
    handle = f"t-{tenant.hex[:12]}"
    async with database.directory_session() as db:
        await db.execute(
            "UPDATE tenant_directory SET handle = $2 WHERE tenant_id = $1", tenant, handle
        )
    return handle


async def events(database: Database, actor: Actor) -> list[str]:
    """What happened in the actor's tenant, in order."""
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT event FROM events WHERE tenant_id = $1 ORDER BY id", actor.tenant_id
        )
    return [r["event"] for r in rows]


def signing_in(handle: str, email: str, password: str = PASSWORD, **more: str) -> SignIn:
    return SignIn(email=email, password=password, organisation=handle, **more)
