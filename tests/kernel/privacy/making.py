"""People for the tests of privacy work: officers who are members, and two customers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind
from tests.conftest import new_tenant

K = IdentifierKind

CHAN = [
    Identifier(kind=K.NAME, value="Chan Tai Man"),
    Identifier(kind=K.NAME, value="陳大文"),
    Identifier(kind=K.HKID, value="A123456(3)"),
    Identifier(kind=K.EMAIL, value="taiman.chan@example.com"),
    Identifier(kind=K.PHONE, value="+852 9123 4567"),
]
LEE = [
    Identifier(kind=K.NAME, value="Lee Mei Ling"),
    Identifier(kind=K.NAME, value="李美玲"),
    Identifier(kind=K.HKID, value="Z683365(A)"),
    Identifier(kind=K.EMAIL, value="meiling@example.org"),
    Identifier(kind=K.PHONE, value="6012 3456"),
]
LEES = ("李美玲", "Lee Mei", "LEE", "Mei Ling", "Z683365", "meiling", "6012 3456")
"""Words of hers that must be in no copy handed to him."""

TWO_PEOPLE = """# Customers of the branch

Customer 陳大文 (CHAN, Tai-man), HKID A123456(3), opened his account on 3 March 2024.

Customer 李美玲 (LEE Mei Ling), HKID Z683365(A), e-mail meiling@example.org, telephone 6012 3456.

陈大文 was introduced by Ms LEE Mei-ling (6012 3456); his own number is 9123 4567.
"""


@dataclass(frozen=True)
class Officers:
    """Two privacy officers of one tenant, members both, and different people."""

    first: Actor
    second: Actor


async def officer(
    database: Database, like: Actor, *, roles: frozenset[Role] | None = None
) -> Actor:
    roles = roles or frozenset({Role.PRIVACY_OFFICER})
    member, person = uuid4(), uuid4()
    async with database.tenant_session(like) as db:
        await db.execute(
            "INSERT INTO members (tenant_id, id, person, roles) VALUES ($1, $2, $3, $4)",
            *(like.tenant_id, member, person, sorted(roles)),
        )
    return Actor(like.tenant_id, member, ActorKind.MEMBER, roles, "access-request", person=person)


async def officers(database: Database) -> tuple[Actor, Officers]:
    """An administrator of a new tenant, and two officers beside."""
    administrator = await new_tenant(database)
    pair = Officers(await officer(database, administrator), await officer(database, administrator))
    return administrator, pair
