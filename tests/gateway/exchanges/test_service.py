"""An exchange is read by its member, and by those whose office it is, on record; to others it is not there."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest

from lionrock.errors import Erased, Forbidden, NotFound, SealBroken
from lionrock.gateway.exchanges.records import month
from lionrock.gateway.exchanges.service import ExchangeService
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.permissions import Permission
from lionrock.kernel.vault.service import Vault
from tests.gateway.exchanges.making import by_key, colleague, put


@pytest.fixture
def service(database: Database, vault: Vault) -> ExchangeService:
    return ExchangeService(database, vault)


async def readings(database: Database, actor: Actor) -> list[asyncpg.Record]:
    async with database.tenant_session(actor) as db:
        return list(
            await db.fetch(
                "SELECT p.payload FROM events e JOIN event_payloads p ON p.event_id = e.id"
                " WHERE e.event = 'gateway:exchange:read'"
            )
        )


async def test_a_member_reads_their_own_and_no_event_is_written(
    database: Database, vault: Vault, actor: Actor, service: ExchangeService
) -> None:
    id = await put(database, vault, actor, "mine", "yours")
    found = await service.get(actor, id)
    assert "mine" in found.request and found.answer["choices"][0]["content"] == "yours"
    (line,) = await service.listing(actor)
    assert line.id == id and "mine" not in line.model_dump_json()
    assert await readings(database, actor) == []


@pytest.mark.parametrize(
    "role", [Role.ANALYST, Role.ADMINISTRATOR, Role.REVIEWER, Role.MODEL_OWNER]
)
async def test_to_a_colleague_it_is_not_there(
    database: Database, vault: Vault, actor: Actor, service: ExchangeService, role: Role
) -> None:
    id, other = await put(database, vault, actor, "mine"), colleague(actor, role)
    with pytest.raises(NotFound):
        await service.get(other, id)
    assert await service.listing(other) == []
    assert await service.listing(other, member=actor.id) == []


async def test_nor_to_another_tenant(
    database: Database, vault: Vault, actor: Actor, stranger: Actor, service: ExchangeService
) -> None:
    id = await put(database, vault, actor, "mine")
    officer = colleague(stranger, Role.AUDITOR)
    with pytest.raises(NotFound):
        await service.get(officer, id)
    assert await service.listing(officer) == []


async def test_who_may_call_no_model_and_holds_no_office_is_refused(
    actor: Actor, service: ExchangeService
) -> None:
    with pytest.raises(Forbidden):
        await service.listing(colleague(actor, Role.PLATFORM_OPERATOR))
    with pytest.raises(Forbidden):
        await service.get(colleague(actor, Role.REGULATOR_OBSERVER), uuid4())


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PRIVACY_OFFICER])
async def test_an_officer_reads_everyones_each_time_on_record(
    database: Database, vault: Vault, actor: Actor, service: ExchangeService, role: Role
) -> None:
    id, officer = await put(database, vault, actor, "mine"), colleague(actor, role)
    assert [one.id for one in await service.listing(officer, member=actor.id)] == [id]
    assert await readings(database, actor) == []
    for times in (1, 2):
        assert "mine" in (await service.get(officer, id)).request
        told = await readings(database, actor)
        assert len(told) == times and all(str(id) in t["payload"] for t in told)
        assert all(str(officer.id) in t["payload"] and "mine" not in t["payload"] for t in told)


async def test_a_key_sees_what_was_asked_with_it_and_not_what_its_owner_asked(
    database: Database, vault: Vault, actor: Actor, service: ExchangeService
) -> None:
    key, other = uuid4(), uuid4()
    with_it = await put(database, vault, actor, "a", key=key)
    elsewhere = [await put(database, vault, actor, "b", key=k) for k in (other, None)]
    assert [one.id for one in await service.listing(by_key(actor, key))] == [with_it]
    for id in elsewhere:
        with pytest.raises(NotFound):
            await service.get(by_key(actor, key), id)
    assert len(await service.listing(actor)) == 3, "its owner, signed in, sees all of theirs"


async def test_the_newest_stand_first_page_by_page(
    database: Database, vault: Vault, actor: Actor, service: ExchangeService
) -> None:
    ids = [await put(database, vault, actor, f"{n}") for n in range(5)][::-1]
    ids.sort(reverse=True)
    first = await service.listing(actor, limit=2)
    rest = await service.listing(actor, before=first[-1].id, limit=200)
    assert [one.id for one in [*first, *rest]] == ids


async def test_what_someone_changed_in_the_database_does_not_open(
    database: Database, vault: Vault, actor: Actor, postgres: str, service: ExchangeService
) -> None:
    one, two = [await put(database, vault, actor, t) for t in ("a", "b")]
    admin = await asyncpg.connect(postgres)
    try:
        await admin.execute(
            "UPDATE lionrock.gateway_exchanges SET request = (SELECT request FROM"
            " lionrock.gateway_exchanges WHERE id = $1) WHERE id = $2",
            *(one, two),
        )
    finally:
        await admin.close()
    with pytest.raises(SealBroken):
        await service.get(actor, two)
    assert await service.get(actor, one)


async def test_the_product_itself_cannot_change_what_was_kept(
    database: Database, vault: Vault, actor: Actor
) -> None:
    await put(database, vault, actor, "a")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.tenant_session(actor) as db:
            await db.execute("UPDATE gateway_exchanges SET model = 'other'")


async def test_once_the_months_key_is_gone_nothing_of_it_opens(
    database: Database, vault: Vault, actor: Actor, service: ExchangeService
) -> None:
    then = datetime(2025, 3, 3, tzinfo=UTC)
    id = await put(database, vault, actor, "a", at=then)
    vault.destroy(actor.tenant_id, month(then))
    with pytest.raises(Erased):
        await service.get(actor, id)
    assert len(await service.listing(actor)) == 1


async def test_a_narrow_key_of_an_officer_reads_its_own_alone(
    database: Database, vault: Vault, actor: Actor, service: ExchangeService
) -> None:
    from dataclasses import replace

    id = await put(database, vault, actor, "a")
    officer = replace(
        by_key(colleague(actor, Role.AUDITOR, Role.ANALYST), uuid4()),
        scopes=frozenset({Permission.GATEWAY_MODEL_CALL}),
    )
    with pytest.raises(NotFound):
        await service.get(officer, id)
