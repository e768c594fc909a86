from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from pydantic import ValidationError

from lionrock.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from lionrock.kernel import identity, service_keys
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import decide
from lionrock.kernel.people import People
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.service_keys import NewKey
from tests.kernel.joining import joined

SEARCH = frozenset({P.SEARCH_PASSAGE_READ})


async def opened(database: Database, key: str, address: str | None = None) -> Actor:
    return await identity.resolve(database, key, ("key",), address=address)


async def test_a_key_carries_its_limits(database: Database, actor: Actor) -> None:
    wanted = NewKey(name="report", scopes=SEARCH, purpose="complaint-handling", zero_retention=True)
    made = await service_keys.create(database, actor, wanted)
    key = await opened(database, made.key)
    assert (key.kind, key.id, key.name) == (ActorKind.SERVICE, actor.id, "report")
    assert (key.scopes, key.purpose, key.zero_retention) == (SEARCH, "complaint-handling", True)
    assert decide(key, P.SEARCH_PASSAGE_READ)
    assert not decide(key, P.DOCUMENTS_DOCUMENT_READ)


async def test_a_key_is_shown_once_and_recognised_by_its_first_characters(
    database: Database, actor: Actor
) -> None:
    made = await service_keys.create(database, actor, NewKey(name="report", scopes=SEARCH))
    (listed,) = await service_keys.listing(database, actor)
    secret = made.key.partition(".")[2]
    assert listed.prefix == secret[:6]
    async with database.tenant_session(actor) as db:
        kept = await db.fetchval("SELECT row_to_json(c)::text FROM credentials c")
    assert secret not in kept and secret[:8] not in kept


async def test_an_ended_key_opens_nothing(database: Database, actor: Actor) -> None:
    made = await service_keys.create(database, actor, NewKey(name="report", scopes=SEARCH))
    await service_keys.end(database, actor, made.id)
    with pytest.raises(Unauthenticated):
        await opened(database, made.key)
    assert await service_keys.listing(database, actor) == []
    with pytest.raises(NotFound):
        await service_keys.end(database, actor, made.id)


@pytest.mark.parametrize(
    ("addresses", "given", "let_in"),
    [
        (("10.1.0.0/16",), "10.1.2.3", True),
        (("10.1.0.0/16",), "::ffff:10.1.2.3", True),
        (("10.1.0.0/16",), "10.2.0.1", False),
        (("10.1.2.3",), "10.1.2.3", True),
        (("2001:db8::/32",), "2001:db8::7", True),
        (("2001:db8::/32",), "10.1.2.3", False),
        (("10.1.0.0/16",), None, False),
        (("10.1.0.0/16",), "unknown", False),
        ((), None, True),
    ],
)
async def test_a_key_bound_to_addresses_opens_from_them_alone(
    database: Database, actor: Actor, addresses: tuple[str, ...], given: str | None, let_in: bool
) -> None:
    wanted = NewKey(name="bound", scopes=SEARCH, addresses=addresses)
    made = await service_keys.create(database, actor, wanted)
    if let_in:
        assert await opened(database, made.key, given)
    else:
        with pytest.raises(Forbidden, match="address"):
            await opened(database, made.key, given)


async def test_a_key_holds_no_more_than_its_owner_and_never_judges(
    database: Database, actor: Actor
) -> None:
    for beyond in (P.PRIVACY_HOLD_MANAGE, P.PLATFORM_TENANT_CREATE):
        with pytest.raises(InvalidInput, match=beyond):
            await service_keys.create(
                database, actor, NewKey(name="more", scopes=SEARCH | {beyond})
            )
    reviewer = replace(actor, roles=actor.roles | {Role.REVIEWER})
    with pytest.raises(InvalidInput, match="proposal:decide"):
        await service_keys.create(
            database, reviewer, NewKey(name="judge", scopes={P.APPROVALS_PROPOSAL_DECIDE})
        )


async def test_a_key_makes_no_key_that_holds_more_than_itself(
    database: Database, actor: Actor
) -> None:
    made = await service_keys.create(
        database, actor, NewKey(name="maker", scopes=SEARCH | {P.KEYS_KEY_CREATE})
    )
    key = await opened(database, made.key)
    with pytest.raises(InvalidInput, match="documents:document:remove"):
        await service_keys.create(
            database, key, NewKey(name="more", scopes={P.DOCUMENTS_DOCUMENT_REMOVE})
        )
    assert await service_keys.create(database, key, NewKey(name="less", scopes=SEARCH))


async def test_a_key_loses_what_its_owner_loses(
    database: Database, people: People, actor: Actor
) -> None:
    other = await joined(database, people, actor, Role.ADMINISTRATOR)
    made = await service_keys.create(
        database, other, NewKey(name="x", scopes=SEARCH | {P.DOCUMENTS_DOCUMENT_REMOVE})
    )
    await people.members.change_roles(actor, other.id, {Role.ANALYST})
    key = await opened(database, made.key)
    assert decide(key, P.SEARCH_PASSAGE_READ)
    assert not decide(key, P.DOCUMENTS_DOCUMENT_REMOVE)
    await people.members.suspend(actor, other.id)
    with pytest.raises(Unauthenticated):
        await opened(database, made.key)
    await people.members.restore(actor, other.id)
    with pytest.raises(Unauthenticated):
        await opened(database, made.key)


async def test_a_key_is_made_for_oneself_or_a_machine_and_no_other_person(
    database: Database, people: People, actor: Actor, stranger: Actor
) -> None:
    other = await joined(database, people, actor)
    machine = await people.members.add_service(actor, "nightly")
    with pytest.raises(Forbidden, match="machine"):
        await service_keys.create(database, actor, NewKey(name="x", scopes=SEARCH, owner=other.id))
    made = await service_keys.create(
        database, actor, NewKey(name="x", scopes=SEARCH, owner=machine)
    )
    assert (await opened(database, made.key)).id == machine
    with pytest.raises(InvalidInput, match="documents:document:remove"):
        await service_keys.create(
            database, actor,
            NewKey(name="x", scopes={P.DOCUMENTS_DOCUMENT_REMOVE}, owner=machine),
        )  # fmt: skip
    for absent in (stranger.id, uuid4()):
        with pytest.raises(NotFound):
            await service_keys.create(
                database, actor, NewKey(name="x", scopes=SEARCH, owner=absent)
            )


async def test_a_purpose_that_is_not_there_is_refused(database: Database, actor: Actor) -> None:
    with pytest.raises(InvalidInput, match="no purpose"):
        await service_keys.create(
            database, actor, NewKey(name="x", scopes=SEARCH, purpose="curiosity")
        )


@pytest.mark.parametrize(
    "values",
    [{"scopes": []}, {"scopes": ["all"]}, {"days": 366}, {"days": 0}, {"addresses": ["x"]},
     {"name": ""}, {"roles": ["administrator"]}, {"tenant_id": str(uuid4())}],
)  # fmt: skip
def test_what_is_no_key_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NewKey.model_validate({"name": "x", "scopes": ["search:passage:read"], **values})


async def test_another_tenants_key_is_not_there(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    made = await service_keys.create(database, stranger, NewKey(name="x", scopes=SEARCH))
    with pytest.raises(NotFound):
        await service_keys.end(database, actor, made.id)
    assert await opened(database, made.key)


async def test_who_is_no_administrator_makes_no_key(
    database: Database, people: People, actor: Actor
) -> None:
    analyst = await joined(database, people, actor)
    with pytest.raises(Forbidden):
        await service_keys.create(database, analyst, NewKey(name="x", scopes=SEARCH))
    with pytest.raises(Forbidden):
        await service_keys.listing(database, analyst)


async def test_the_command_lines_key_of_a_killed_server_dies_with_the_next_start(
    database: Database, actor: Actor
) -> None:
    left = await identity.issue_local_key(database, actor.tenant_id, actor.id)
    made = await service_keys.create(
        database, actor, NewKey(name=identity.COMMAND_LINE, scopes=SEARCH)
    )
    new = await identity.issue_local_key(database, actor.tenant_id, actor.id)
    with pytest.raises(Unauthenticated):
        await opened(database, left)
    assert await opened(database, new)
    assert await opened(database, made.key), "a member's key of the same name is theirs"
